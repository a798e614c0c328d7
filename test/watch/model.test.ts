import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nsPerMs } from '../../core/limits.ts';
import { keyRange } from '../../core/mvcc/index.ts';
import { noWatchId, type WatchLimits, type WatchStream } from '../../core/watch/index.ts';
import { History, WatcherOracle } from './oracle.ts';
import { responseText, text, WatchBench, type Change } from './support.ts';

type Step =
  | { readonly kind: 'txn'; readonly changes: readonly Change[] }
  | { readonly kind: 'burst'; readonly key: string; readonly count: number }
  | { readonly kind: 'compact'; readonly back: number }
  | {
      readonly kind: 'create';
      readonly stream: number;
      readonly key: string;
      readonly end: string;
      /** Null: from now on; else against the present revision. */
      readonly start: number | null;
      readonly flags: number;
    }
  | { readonly kind: 'cancel'; readonly stream: number; readonly watcher: number }
  | { readonly kind: 'take'; readonly stream: number; readonly count: number }
  | { readonly kind: 'unsynced' | 'victims' | 'settle' }
  | { readonly kind: 'progress'; readonly stream: number }
  | { readonly kind: 'interval' }
  | { readonly kind: 'reopen'; readonly stream: number }
  | {
      readonly kind: 'restore';
      readonly missed: readonly (readonly Change[])[];
      readonly back: number | null;
    };

const names = ['a', 'b', 'c', 'd'];
const name = fc.constantFrom(...names);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(name, fc.constantFrom('1', '2', 'long value')) },
  { weight: 1, arbitrary: fc.tuple(name, fc.constant(null)) },
);
// As clients may ask: no key twice. A compaction at the revision would drop all but the last change of such a key.
const changes = fc.uniqueArray(change, { minLength: 1, maxLength: 4, selector: ([key]) => key });
const stream = fc.nat(2);
const kind = <Kind extends string>(...kinds: Kind[]): fc.Arbitrary<Kind> => fc.constantFrom(...kinds);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: kind('txn'), changes }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('burst'), key: name, count: fc.integer({ min: 2, max: 6 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('compact'), back: fc.nat(6) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: kind('create'),
      stream,
      key: name,
      end: fc.constantFrom('', '\0', 'c', 'e'),
      start: fc.option(fc.integer({ min: -12, max: 6 }), { freq: 4 }),
      flags: fc.nat(31),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('cancel'), stream, watcher: fc.nat(4) }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('take'), stream, count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: kind('unsynced', 'victims') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('settle') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('progress'), stream }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('interval') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('reopen'), stream }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('restore'),
      missed: fc.array(changes, { minLength: 1, maxLength: 6 }),
      back: fc.option(fc.nat(5)),
    }),
  },
);

const limits: fc.Arbitrary<Partial<WatchLimits>> = fc.record({
  channelSlots: fc.integer({ min: 1, max: 6 }),
  controlSlots: fc.integer({ min: 1, max: 4 }),
  watchersPerSync: fc.integer({ min: 1, max: 5 }),
  batchRevisionsMax: fc.integer({ min: 1, max: 4 }),
  responseBytesMax: fc.constantFrom(70, 200, 10_000),
  progressIntervalMs: fc.constant(100),
});

interface Client {
  readonly stream: WatchStream;
  /** By watch id; canceled ones stay until the id is used again. */
  readonly watchers: Map<number, WatcherOracle>;
}

/** The system and the oracle side by side. */
class World {
  readonly bench: WatchBench;
  readonly history = new History();
  readonly clients: Client[];
  readonly seen = { events: 0, compacted: 0, victims: 0, progress: 0 };
  private nowNs = 0;

  constructor(limitsOfRun: Partial<WatchLimits>) {
    this.bench = new WatchBench(limitsOfRun);
    this.clients = names.slice(0, 3).map(() => this.client());
  }

  private client(): Client {
    return { stream: this.bench.stream(), watchers: new Map() };
  }

  private at(index: number): Client {
    return this.clients[index] as Client;
  }

  run(one: Step): void {
    const { bench } = this;
    if (one.kind === 'txn') this.txn(one.changes);
    else if (one.kind === 'burst') for (let i = 0; i < one.count; i++) this.txn([[one.key, String(i)]]);
    else if (one.kind === 'compact') this.compact(one.back);
    else if (one.kind === 'create') this.create(one);
    else if (one.kind === 'cancel') this.cancel(this.at(one.stream), one.watcher);
    else if (one.kind === 'take') this.take(this.at(one.stream), one.count);
    else if (one.kind === 'unsynced') bench.watch.syncUnsynced();
    else if (one.kind === 'victims') bench.watch.syncVictims();
    else if (one.kind === 'progress') this.at(one.stream).stream.requestProgress();
    else if (one.kind === 'restore') this.restore(one.missed, one.back);
    else if (one.kind === 'reopen') {
      this.at(one.stream).stream.close();
      this.clients[one.stream] = this.client();
    } else if (one.kind === 'interval') {
      this.nowNs += 120 * nsPerMs;
      bench.watch.tickProgress(this.nowNs);
    } else this.settle();
    this.seen.victims += bench.watch.victimCount;
    expect(bench.store.currentRevision).toBe(this.history.revision);
  }

  private txn(list: readonly Change[]): void {
    this.bench.txn(...list);
    this.history.add(list);
  }

  private compact(back: number): void {
    const revision = this.history.revision - back;
    if (revision > Math.max(0, this.bench.store.compactRevision)) this.bench.compact(revision);
  }

  private restore(missed: readonly (readonly Change[])[], back: number | null): void {
    for (const list of missed) this.history.add(list);
    // A leader's compactions reach the others sooner or later, never the other way round.
    const revision = Math.max(this.bench.store.compactRevision, this.history.revision - (back ?? Infinity));
    this.bench.restore(missed, revision > 0 ? revision : undefined);
  }

  private create({ stream: index, key, end, start, flags }: Step & { readonly kind: 'create' }): void {
    const client = this.at(index);
    while (!client.stream.acceptsRequests) this.take(client, 1);
    const present = this.history.revision;
    const start_revision = start === null ? 0 : Math.max(1, present + start);
    const flag = (bit: number): boolean => (flags & (1 << bit)) !== 0;
    const request = {
      key: text(key),
      range_end: text(end),
      start_revision,
      prev_kv: flag(0),
      fragment: flag(1),
      progress_notify: flag(2),
      filters: [
        ...(flag(3) ? (['NOPUT'] as const) : []),
        ...(flag(4) && !flag(3) ? (['NODELETE'] as const) : []),
      ],
    };
    const id = client.stream.create(request);
    if (id === null) {
      expect(end !== '' && end !== '\0' && end <= key, 'only an empty range is refused').toBe(true);
      return;
    }
    client.watchers.set(
      id,
      new WatcherOracle(this.history, {
        range: keyRange(request.key, request.range_end),
        start: start_revision === 0 ? present + 1 : start_revision,
        progressFrom: start_revision === 0 ? present : start_revision,
        noPut: request.filters.includes('NOPUT'),
        noDelete: request.filters.includes('NODELETE'),
        prevKv: request.prev_kv,
      }),
    );
  }

  private cancel(client: Client, position: number): void {
    const id = [...client.watchers.keys()][position];
    if (id === undefined) return;
    while (!client.stream.acceptsRequests) this.take(client, 1);
    const watcher = client.watchers.get(id);
    if (watcher !== undefined) watcher.asked = true;
    client.stream.cancel(id);
  }

  private take({ stream: taken, watchers }: Client, count: number): void {
    for (const response of taken.takeResponses(count)) {
      this.seen.events += response.events.length;
      if (response.compact_revision > 0) this.seen.compacted++;
      if (response.watch_id === noWatchId) {
        if (response.created) continue;
        this.seen.progress++;
        for (const watcher of watchers.values()) {
          if (watcher.created && !watcher.canceled) watcher.takeProgress(response.revision);
        }
        continue;
      }
      const watcher = watchers.get(response.watch_id);
      if (watcher === undefined) throw new Error(`no such watcher: ${responseText(response)}`);
      watcher.take(response, this.bench.store.compactRevision);
    }
  }

  /** Everybody reads and catches up; then nobody may lack anything. */
  settle(): void {
    const { watch } = this.bench;
    for (let round = 0; ; round++) {
      expect(round, 'catching up ends').toBeLessThan(2000);
      for (const client of this.clients) this.take(client, Infinity);
      if (watch.unsyncedCount === 0 && watch.victimCount === 0) break;
      watch.syncUnsynced();
      watch.syncVictims();
    }
    for (const { stream: settled, watchers } of this.clients) {
      expect(settled.hasResponses).toBe(false);
      for (const watcher of watchers.values()) watcher.settle();
    }
    const live = this.clients
      .flatMap(({ watchers }) => [...watchers.values()])
      .filter((one) => !one.canceled);
    expect(watch.syncedCount, 'nobody is lost').toBe(live.length);
  }
}

describe('watching against the whole history', () => {
  it('each watcher sees exactly what it asked for, whatever the clients, compactions and snapshots do', () => {
    const seen = { events: 0, compacted: 0, victims: 0, progress: 0 };
    fc.assert(
      fc.property(
        limits,
        fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }),
        (limitsOfRun, steps) => {
          const world = new World(limitsOfRun);
          for (const one of steps) world.run(one);
          world.settle();
          for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += world.seen[key];
        },
      ),
      { numRuns: 150 },
    );
    // Sometimes is checked, too.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(20);
  });
});
