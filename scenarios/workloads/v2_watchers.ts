import type { OpenV2Watch } from '../../sim/cluster/v2_watches.ts';
import type { V2WatchEvent } from '../../sim/checkers/v2/index.ts';
import type { Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';

export interface V2WatcherOptions {
  /** Members that run programs. */
  readonly members: number;
  readonly key: string;
  readonly recursive: boolean;
  readonly stream: boolean;
  /** The longest time that it spends on what it heard. */
  readonly pauseMsMax: number;
  /** Of a thousand events, after how many it is away for long. */
  readonly absencesPer1000: number;
  readonly absenceMs: number;
}

/**
 * What watchers noted. `settled`: all was over, its member had answered a quorum read that was asked for at `callNs`, and the watch, which
 * is left open, had told all it had to tell.
 */
export const v2WatcherTopics = {
  cleared: 'v2-watch-cleared',
  overflown: 'v2-watch-overflown',
  settled: 'v2-watch-settled',
} as const;

/** So long it waits on one answer before it asks again, maybe another member. */
const patienceMsMax = 1500;
const retryMs = 50;
/** So long it listens after the quorum read. */
const settleMs = 200;

/**
 * Follows a node as clients of etcd's v2 API do: it asks for the index behind the last one that it heard of, and if the events from
 * there on are cleared it reads what is there and goes on behind the index at which it was refused. When the load is over it listens until
 * it can have missed nothing.
 */
export function v2Watcher(options: V2WatcherOptions): Workload {
  const { members, key, recursive, stream } = options;
  return function* (client): Script {
    const { random } = client;
    let member = 1 + (client.number % members);
    for (let waitIndex = 0; ;) {
      const start = client.v2Watch(member, { key, recursive, stream, waitIndex });
      if (start.status === 'ok') {
        const { watch } = start;
        waitIndex = yield* read(client, watch, waitIndex, options);
        if (client.over && (yield* isSettled(client, watch, member))) return;
        watch.end();
        if (random.chance(1, 3)) member = 1 + (member % members);
      } else if (start.status === 'refused') {
        client.note(v2WatcherTopics.cleared, { waitIndex, etcdIndex: start.etcdIndex });
        const { status } = yield* client.v2(member, { kind: 'get', key, recursive });
        if (status === 'ok') waitIndex = start.etcdIndex + 1;
        else yield* client.sleep(retryMs);
      } else {
        member = 1 + (member % members);
        yield* client.sleep(retryMs);
      }
    }
  };
}

/** Reads one answer to its end, or until nothing comes. Returns the next index to ask for. */
function* read(
  client: WorkloadClient,
  watch: OpenV2Watch,
  waitIndex: number,
  { pauseMsMax, absencesPer1000, absenceMs }: V2WatcherOptions,
): Script<number> {
  const { random } = client;
  let next = waitIndex === 0 ? watch.etcdIndex + 1 : waitIndex;
  while (!watch.isOver) {
    const event: V2WatchEvent | null = yield* watch.next(random.between(100, patienceMsMax));
    if (event === null) break;
    next = event.index + 1;
    // Of what is past etcd tells a stream the first event and no more.
    if (event.index <= watch.etcdIndex) watch.end();
    if (client.over) continue;
    if (random.chance(absencesPer1000, 1000)) yield* client.sleep(absenceMs);
    else if (pauseMsMax > 0) yield* client.sleep(random.between(0, pauseMsMax));
  }
  if (watch.isOverflown) client.note(v2WatcherTopics.overflown, { next });
  return next;
}

/** A watch that has been silent: waits until its member knows all that was done, and it has nothing more to tell. False: it ended. */
function* isSettled(client: WorkloadClient, watch: OpenV2Watch, member: number): Script<boolean> {
  while (!watch.isOver) {
    const callNs = yield* client.etcd.now();
    const { status } = yield* client.v2(member, { kind: 'get', key: '/' });
    const event: V2WatchEvent | null = yield* watch.next(settleMs);
    if (status !== 'ok' || event !== null || watch.isOver) continue;
    client.note(v2WatcherTopics.settled, { id: watch.id, callNs });
    return true;
  }
  return false;
}
