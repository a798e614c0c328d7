import { bytes, prefixRange, text } from '../../core/client/index.ts';
import type { MvccStore } from '../../core/mvcc/index.ts';
import { noBugs } from '../../core/bugs.ts';
import { Cluster } from '../../sim/cluster.ts';
import { defaultLinks } from '../../sim/limits.ts';
import type { WorkloadClient } from '../../sim/scenario.ts';
import { type Script, nsPerMs } from '../../sim/script.ts';

/** Three members, and clients whose scripts a test writes. */
export function simulated(seed: string, clients: number): Cluster {
  const cluster = new Cluster({ seed, members: 3, clients, links: defaultLinks, bugs: noBugs });
  cluster.bootAll();
  return cluster;
}

export function runMs(cluster: Cluster, ms: number): void {
  cluster.run(cluster.world.scheduler.nowNs + ms * nsPerMs);
}

/** Runs one script of a client to its end. */
export function finish(cluster: Cluster, client: number, script: (client: WorkloadClient) => Script): void {
  const actor = cluster.clients[client - 1];
  if (actor === undefined) throw new Error(`there is no client ${client}`);
  actor.start(script(actor.workloadClient));
  cluster.run(cluster.world.scheduler.nowNs + 60_000 * nsPerMs, () => actor.finished);
  if (!actor.finished) throw new Error(`the script of client ${client} did not end`);
}

export const watched = prefixRange(bytes('k'));

/** Puts k0, k1, ... one after the other with values that count up, again when nothing came of it. */
export function* counting({ etcd }: WorkloadClient, pauseMs: number): Script {
  for (let i = 0; ; i++) {
    yield* etcd.sleep(pauseMs);
    yield* etcd.put(bytes(`k${i % 7}`), bytes(String(i)));
  }
}

/** What a watcher heard: `revision key=value` for each event, and `compacted <revision>` where it had to go on. */
export interface Heard {
  readonly lines: string[];
  readonly revisions: number[];
  compactions: number;
}

export function newHeard(): Heard {
  return { lines: [], revisions: [], compactions: 0 };
}

/** Watches from a revision on, without end. A watch that was compacted goes on where it can. */
export function* hearing({ etcd }: WorkloadClient, start: number, heard: Heard): Script {
  let watch = yield* etcd.watch({ ...watched, start_revision: start });
  for (;;) {
    const answer = yield* watch.next(10_000);
    if (answer?.kind === 'compacted') {
      heard.compactions++;
      heard.lines.push(`compacted ${answer.compactRevision}`);
      yield* watch.cancel();
      watch = yield* etcd.watch({ ...watched, start_revision: answer.compactRevision });
    } else if (answer?.kind === 'events') {
      for (const { type, kv } of answer.events) {
        heard.revisions.push(kv.mod_revision);
        heard.lines.push(`${kv.mod_revision} ${type} ${text(kv.key)}=${text(kv.value)}`);
      }
    }
  }
}

/** The newest revision of the cluster, as its members' stores have it. */
export function newestRevision(cluster: Cluster): number {
  return Math.max(...cluster.processes.map(({ member }) => member?.store?.currentRevision ?? 0));
}

export function storeOf(cluster: Cluster): MvccStore {
  const store = cluster.processes.find(({ isUp }) => isUp)?.member?.store;
  if (store === undefined || store === null) throw new Error('no member runs');
  return store;
}
