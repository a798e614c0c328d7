import { fromText, type ByteString } from '../../core/base/bytes.ts';
import type { KeyValue, RevisionRecord } from '../../core/mvcc/index.ts';
import { noLease } from '../../core/mvcc/index.ts';
import { WatchableStore, type WatchSource, type WatchStream } from '../../core/watch/index.ts';
import { RandomStream } from '../../sim/random.ts';
import { fastestSeconds, type Figure } from './measure.ts';

const watcherCount = 10_000;
/** Each client's watchers fit into its channel. */
const watchersPerStream = 100;
const fanOutPuts = 50;
const distinctPuts = 100_000;
const value = fromText('v'.repeat(100));
const keys = Array.from({ length: watcherCount }, (_, i) => fromText(`key/${String(i).padStart(6, '0')}`));

/** A history that is only watched, so that watching is measured and not storing. */
class BenchSource implements WatchSource {
  currentRevision = 1;
  readonly compactRevision = -1;
  private readonly records: RevisionRecord[] = [];

  put(key: ByteString): RevisionRecord {
    this.currentRevision++;
    const main = this.currentRevision;
    const kv: KeyValue = {
      key,
      create_revision: main,
      mod_revision: main,
      version: 1,
      value,
      lease: noLease,
    };
    const record = { revision: { main, sub: 0 }, tombstone: false, kv };
    this.records.push(record);
    return record;
  }

  visitChanges(low: number, high: number, visitor: (record: RevisionRecord) => boolean): void {
    for (let main = low; main < high; main++) if (!visitor(this.records[main - 2] as RevisionRecord)) return;
  }

  pairAt(): undefined {}
}

class WatchBench {
  readonly source = new BenchSource();
  readonly store = new WatchableStore(this.source);
  readonly streams: WatchStream[] = [];
  events = 0;

  /** Makes all watchers; `end` makes them ranges, and a revision makes them read history first. */
  create(keyAt: (i: number) => ByteString, end?: ByteString, start_revision = 0): void {
    const random = new RandomStream('bench/watch');
    for (let i = 0; i < watcherCount; i++) {
      if (i % watchersPerStream === 0) this.streams.push(this.store.openStream(0, random));
      const stream = this.streams[this.streams.length - 1] as WatchStream;
      stream.create({ key: keyAt(i), start_revision, ...(end === undefined ? {} : { range_end: end }) });
      stream.takeResponses();
    }
    this.drain();
  }

  put(key: ByteString): void {
    const record = this.source.put(key);
    this.store.onWrite(record.revision.main, [record]);
    this.drain();
  }

  drain(): void {
    for (const stream of this.store.takeReadyStreams()) {
      for (const { events } of stream.takeResponses()) this.events += events.length;
    }
  }

  expectEvents(count: number): void {
    if (this.events !== count) throw new Error(`${this.events} events instead of ${count}`);
    this.events = 0;
  }
}

const firstKey = keys[0] as ByteString;
const keyAt = (i: number): ByteString => keys[i % watcherCount] as ByteString;

/** Puts to a key that everybody watches. Returns the seconds of all of them. */
function fanOut(end?: ByteString): number {
  const bench = new WatchBench();
  bench.create(() => firstKey, end);
  return fastestSeconds(3, () => {
    for (let i = 0; i < fanOutPuts; i++) bench.put(firstKey);
    bench.expectEvents(fanOutPuts * watcherCount);
  });
}

function distinctKeys(end: (i: number) => ByteString | undefined): number {
  const bench = new WatchBench();
  const random = new RandomStream('bench/watch');
  for (let i = 0; i < watcherCount; i++) {
    if (i % watchersPerStream === 0) bench.streams.push(bench.store.openStream(0, random));
    const range_end = end(i);
    const stream = bench.streams[bench.streams.length - 1] as WatchStream;
    stream.create({ key: keyAt(i), ...(range_end === undefined ? {} : { range_end }) });
    stream.takeResponses();
  }
  bench.drain();
  return fastestSeconds(3, () => {
    // 7919 is prime and so visits every key.
    for (let i = 0; i < distinctPuts; i++) bench.put(keyAt(i * 7919));
    bench.expectEvents(distinctPuts);
  });
}

/** All watchers start in the past, 100 revisions ago. */
function catchUp(): number {
  const history = 100;
  return fastestSeconds(2, () => {
    const bench = new WatchBench();
    for (let i = 0; i < history; i++) bench.put(firstKey);
    bench.create(() => firstKey, undefined, 2);
    while (bench.store.unsyncedCount > 0) bench.store.syncUnsynced();
    bench.drain();
    bench.expectEvents(history * watcherCount);
  });
}

/** What one change costs with 10,000 watchers, what it costs to make them, and to bring them up to date. */
export function benchWatch(): Figure[] {
  const perSecond = (count: number, seconds: number): number => Math.round(count / seconds);
  const fanOutSeconds = fanOut();
  return [
    {
      name: `one put to ${watcherCount} watchers of its key`,
      unit: 'events/s',
      value: perSecond(fanOutPuts * watcherCount, fanOutSeconds),
    },
    {
      name: `one put to ${watcherCount} watchers of its key, each`,
      unit: 'ms',
      value: (fanOutSeconds * 1000) / fanOutPuts,
    },
    {
      name: `one put to ${watcherCount} watchers of a range`,
      unit: 'events/s',
      value: perSecond(fanOutPuts * watcherCount, fanOut('\0' as ByteString)),
    },
    {
      name: `puts to ${watcherCount} watched keys`,
      unit: 'puts/s',
      value: perSecond(
        distinctPuts,
        distinctKeys(() => undefined),
      ),
    },
    {
      name: `puts to ${watcherCount} watched ranges of one key`,
      unit: 'puts/s',
      value: perSecond(
        distinctPuts,
        distinctKeys((i) => `${keyAt(i)}\0` as ByteString),
      ),
    },
    {
      name: 'watchers made',
      unit: 'watchers/s',
      value: perSecond(
        watcherCount,
        fastestSeconds(3, () => new WatchBench().create(keyAt)),
      ),
    },
    {
      name: `${watcherCount} watchers catch up by 100 revisions`,
      unit: 'events/s',
      value: perSecond(100 * watcherCount, catchUp()),
    },
  ];
}
