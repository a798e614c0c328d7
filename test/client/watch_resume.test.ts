import { describe, expect, it } from 'vitest';
import { bytes } from '../../core/client/index.ts';
import type { Cluster } from '../../sim/cluster.ts';
import type { Script } from '../../sim/script.ts';
import type { WorkloadClient } from '../../sim/scenario.ts';
import { runs } from '../runs.ts';
import {
  type Heard,
  counting,
  finish,
  hearing,
  newHeard,
  newestRevision,
  runMs,
  simulated,
} from './simulated.ts';

/** Client 1 writes, the others watch from the beginning. Endpoints of clients come after those of the members. */
const watchers = 3;

function loaded(seed: string): { readonly cluster: Cluster; readonly heard: readonly Heard[] } {
  const cluster = simulated(seed, 2 + watchers);
  const heard = Array.from({ length: watchers }, newHeard);
  start(cluster, 1, (client) => counting(client, 5));
  heard.forEach((each, i) => start(cluster, 2 + i, (client) => hearing(client, 2, each)));
  // A leader, and the first events.
  runMs(cluster, 2500);
  return { cluster, heard };
}

function start(cluster: Cluster, number: number, script: (client: WorkloadClient) => Script): void {
  const actor = cluster.clients[number - 1];
  actor?.start(script(actor.workloadClient));
}

/** The writer stops, and everybody gets the time to hear the rest. */
function settle(cluster: Cluster): number {
  cluster.clients[0]?.stop();
  runMs(cluster, 8000);
  return newestRevision(cluster);
}

/** Every change is a put to a watched key, so the revisions from the second to the last are what there is to hear. */
function expectEverything(heard: Heard, last: number): void {
  expect(heard.revisions).toEqual(Array.from({ length: last - 1 }, (_, i) => i + 2));
}

/** What was written and acknowledged was heard with its value. */
function expectAcknowledged(cluster: Cluster, { lines }: Heard): void {
  const told = new Set(lines);
  let looked = 0;
  for (const { request, outcome } of cluster.history.requests) {
    if (request.kind !== 'put' || outcome.status !== 'ok') continue;
    expect(told).toContain(`${outcome.output.revision} PUT ${request.key}=${request.value}`);
    looked++;
  }
  expect(looked).toBeGreaterThan(50);
}

const seeds = Array.from({ length: runs(2, 20) }, (_, i) => String(i + 1));

describe.each(seeds)('watches, seed %s', (seed) => {
  it('go on across crashes of the members that serve them, with nothing twice and nothing missed', () => {
    const { cluster, heard } = loaded(`crash/${seed}`);
    for (let round = 0; round < 6; round++) {
      runMs(cluster, 700);
      const member = (round % 3) + 1;
      cluster.intervene({ kind: 'crash', member, mode: 'drop' });
      runMs(cluster, 300);
      cluster.intervene({ kind: 'restart', member });
    }
    const last = settle(cluster);
    for (const each of heard) expectEverything(each, last);
    for (const each of heard) expectAcknowledged(cluster, each);
    expect(cluster.world.facts.watchesResumed).toBeGreaterThan(watchers);
  });

  it('go on across partitions of clients and of members', () => {
    const { cluster, heard } = loaded(`partition/${seed}`);
    for (let round = 0; round < 6; round++) {
      runMs(cluster, 500);
      const member = (round % 3) + 1;
      const clients = heard.map((_, i) => cluster.world.endpointOfClient(2 + i));
      if (round % 2 === 0) cluster.intervene({ kind: 'cut', from: [member], to: clients });
      else
        cluster.intervene({ kind: 'cut', from: [member], to: [1, 2, 3].filter((each) => each !== member) });
      runMs(cluster, 1500);
      cluster.intervene({ kind: 'heal' });
    }
    const last = settle(cluster);
    for (const each of heard) expectEverything(each, last);
    for (const each of heard) expectAcknowledged(cluster, each);
    expect(cluster.world.facts.watchesResumed).toBeGreaterThan(0);
  });

  it('that lag behind a compaction are told so, and miss nothing but what was compacted', () => {
    const { cluster, heard } = loaded(`compact/${seed}`);
    const late = newHeard();
    for (let round = 0; round < 3; round++) {
      runMs(cluster, 600);
      finish(cluster, 5, function* ({ etcd }) {
        const now = yield* etcd.get(bytes('k0'));
        if (now.status === 'ok') yield* etcd.compact(now.response.header.revision - 5);
      });
      cluster.intervene({ kind: 'crash', member: round + 1, mode: 'drop' });
      runMs(cluster, 200);
      cluster.intervene({ kind: 'restart', member: round + 1 });
    }
    start(cluster, 5, (client) => hearing(client, 2, late));
    const last = settle(cluster);
    for (const each of [...heard, late]) {
      const { revisions, lines } = each;
      expect(revisions.at(-1)).toBe(last);
      // A hole is only where the watch was told of it, and ends at the revision that it was told.
      lines.forEach((line, i) => {
        const [before, after] = [Number.parseInt(lines[i - 1] ?? '1', 10), Number.parseInt(line, 10)];
        if (line.startsWith('compacted')) {
          const next = lines[i + 1] ?? '';
          expect(next.startsWith('compacted') || next.startsWith(`${line.split(' ')[1] ?? ''} `)).toBe(true);
        } else if (!(lines[i - 1] ?? '').startsWith('compacted')) expect(after).toBe(before + 1);
      });
    }
    expect(late.compactions).toBeGreaterThan(0);
  });
});
