import type { ByteString } from '../../core/base/bytes.ts';
import type { WatchAnswer, WatchHandle } from '../../core/client/index.ts';
import type { Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';

export interface WatchReaderOptions {
  /** What to watch. */
  readonly key: ByteString;
  readonly range_end: ByteString;
  /** Watchers begin up to so many revisions before or behind the present one. */
  readonly offsetMax: number;
  /** How long one watch is read, on average. */
  readonly watchMeanMs: number;
  /** Watches of one client at a time, on one stream. */
  readonly watches: number;
  /** Clients ask the member they are at for the present revision, so that they stay when it is cut off from the others. */
  readonly stays: boolean;
  /** Now and then they ask for a watch from a negative revision, which is to be refused. */
  readonly asksNonsense: boolean;
  /** Up to so many watches from the past join the others on their stream, one now and then. */
  readonly joining: number;
}

export const watchReaderDefaults = {
  offsetMax: 100,
  watchMeanMs: 1500,
  watches: 3,
  stays: false,
  asksNonsense: false,
  joining: 0,
} as const;

/** Clients that only watch: from the past, from now and from the future, with previous pairs and bookmarks. */
export function watchReaders(
  options: Partial<WatchReaderOptions> & Pick<WatchReaderOptions, 'key' | 'range_end'>,
): Workload {
  return (client) => readWatches(client, { ...watchReaderDefaults, ...options });
}

function* readWatches(client: WorkloadClient, options: WatchReaderOptions): Script {
  for (;;) {
    const start = yield* startRevision(client, options);
    if (start < 0) yield* client.sleep(20);
    else yield* readSome(client, options, start);
  }
}

/** 0 now and then: from now on. -1: nobody told the present revision. */
function* startRevision({ etcd, random }: WorkloadClient, options: WatchReaderOptions): Script<number> {
  if (random.chance(1, 5)) return 0;
  const { key, range_end, stays } = options;
  const now = yield* etcd.range({
    key,
    range_end,
    count_only: true,
    ...(stays ? { serializable: true } : {}),
  });
  if (now.status !== 'ok') return -1;
  const { offsetMax } = options;
  return Math.max(1, now.response.header.revision + random.between(-offsetMax, offsetMax));
}

/** Some watches from this revision on, read one after the other in turns for a while; one that was compacted goes on behind that. */
function* readSome(client: WorkloadClient, options: WatchReaderOptions, start: number): Script {
  const { etcd, random } = client;
  const { key, range_end } = options;
  const create = { key, range_end, prev_kv: true, progress_notify: true, fragment: random.chance(1, 2) };
  const watches: WatchHandle[] = [];
  if (options.asksNonsense && random.chance(1, 4)) {
    watches.push(yield* etcd.watch({ ...create, start_revision: -1 }));
    client.note('nonsense', {});
  }
  for (let i = 0; i < options.watches; i++) {
    const own = start === 0 || i === 0 ? start : start + i * 10;
    watches.push(yield* etcd.watch(own === 0 ? create : { ...create, start_revision: own }));
  }
  const untilNs = (yield* etcd.now()) + (1 + random.exponential(options.watchMeanMs)) * 1_000_000;
  while ((yield* etcd.now()) < untilNs) {
    if (watches.length < options.watches + options.joining && random.chance(1, 30)) {
      const past = Math.max(1, start - random.below(options.offsetMax));
      watches.push(yield* etcd.watch({ ...create, start_revision: past }));
    }
    const at = random.below(watches.length);
    const watch = watches[at] as WatchHandle;
    const answer: WatchAnswer | null = yield* watch.next(1 + random.below(40));
    if (answer?.kind === 'compacted') {
      yield* watch.cancel();
      watches[at] = yield* etcd.watch({ ...create, start_revision: answer.compactRevision });
    } else if (answer?.kind === 'canceled') {
      yield* etcd.sleep(1);
    } else if (answer === null && random.chance(1, 4)) {
      yield* watch.progress();
    }
  }
  for (const watch of watches) yield* watch.cancel();
}
