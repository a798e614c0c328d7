import type { EtcdOperation } from '../../sim/checkers/history/etcd_operation.ts';
import type { KvOperation } from '../../sim/checkers/history/kv_operation.ts';
import { checkLinearizability } from '../../sim/checkers/linearizability/index.ts';
import { kvModelFor } from '../../sim/checkers/linearizability/kv_model.ts';
import { judgeByModel } from '../../sim/checkers/linearizability/partition.ts';
import { PackedHistory, checkPacked, checkStore } from '../../sim/checkers/store/index.ts';
import { checkWatches } from '../../sim/checkers/watch/index.ts';
import { type HistoryShape, drawFrom, realHistory } from '../checkers/linearizability/histories.ts';
import { lies } from '../checkers/linearizability/lies.ts';
import { recordStoreHistory } from '../checkers/store/real_store.ts';
import { watchedHistory } from '../checkers/watch/real_watches.ts';
import type { Figure } from './measure.ts';

const stepsMax = 50_000_000;
const repeats = 3;

/** The fastest of a few, in ms. */
function milliseconds(once: () => string, wanted: string, times: number = repeats): number {
  let best = Infinity;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    const verdict = once();
    best = Math.min(best, performance.now() - start);
    if (verdict !== wanted) throw new Error(`expected ${wanted}, found ${verdict}`);
  }
  return Math.round(best * 10) / 10;
}

function shape(operations: number, keys: number, clients: number, unknownPer1000: number): HistoryShape {
  return { operations, keys, clients, unknownPer1000, values: 0, revisions: true };
}

const histories: readonly (readonly [string, HistoryShape])[] = [
  ['30k operations, 5 clients, 5 keys, 5 % unknown', shape(30_000, 5, 5, 50)],
  ['30k operations, 20 clients, 10 keys, 5 % unknown', shape(30_000, 10, 20, 50)],
  ['100k operations, 20 clients, 10 keys', shape(100_000, 10, 20, 0)],
  ['10k operations, 20 clients, 1 key', shape(10_000, 1, 20, 0)],
];

/** Registers per key, revisions, and for a lie its explanation. */
function benchRegisters(): Figure[] {
  const measures: Figure[] = [];
  const add = (name: string, value: number): void => {
    measures.push({ name, unit: 'ms', value });
  };
  const check = (history: readonly KvOperation[]) => (): string =>
    checkLinearizability(history, { stepsMax }).verdict;
  for (const [name, each] of histories) {
    add(`linearizability: ${name}`, milliseconds(check(realHistory(each, drawFrom(1))), 'linearizable'));
  }
  const draw = drawFrom(1);
  const lied = lies['staleRead']?.(realHistory(shape(30_000, 10, 20, 50), draw), draw);
  if (lied)
    add(
      'linearizability: 30k operations with a stale read, explained',
      milliseconds(check(lied), 'violation'),
    );
  const small = realHistory(shape(5_000, 1, 5, 0), drawFrom(2));
  const judge = judgeByModel(kvModelFor(small));
  add(
    'linearizability: 5k operations, 5 clients, 1 key, any-model search',
    milliseconds(() => judge(small, stepsMax).verdict, 'linearizable'),
  );
  return measures;
}

/** Operations with revisions: the whole store's check, from columns, with the memory that it leaves behind. */
const revisionHistories: readonly (readonly [string, number, number, number])[] = [
  ['5 clients, 1 key', 5, 1, 0],
  ['20 clients, 10 keys', 20, 10, 0],
  ['50 clients, 100 keys', 50, 100, 0],
  ['5 clients, 1 key, 5 % unknown', 5, 1, 50],
  ['20 clients, 10 keys, 5 % unknown', 20, 10, 50],
  ['50 clients, 100 keys, 5 % unknown', 50, 100, 50],
];

const million = 1_000_000;

interface Packing {
  readonly packed: PackedHistory;
  /** Processor time of writing the columns, without that of whoever hands the operations over. */
  readonly ms: number;
}

/** Operations that are handed over before any is packed: few enough that they are still warm, as they are for a recorder. */
const batchOperations = 10_000;

/**
 * Packed as a recorder does, as operations return: no plain objects are left when the check begins. They are made up once and written
 * `times` times: to make them up costs more than all else.
 */
function packedHistory(
  [operations, clients, keys, unknownPer1000]: readonly [number, number, number, number],
  times: number,
): Packing {
  const mix = { puts: 35, gets: 45, swaps: 10, deletes: 5, rich: false };
  const size = { operations, clients, keys, unknownPer1000, values: 0, ...mix };
  const written: PackedHistory[] = [];
  const ms = Array.from({ length: times }, (_, n) =>
    cpuMs(() => (written[n] = new PackedHistory(operations))),
  );
  let batch: EtcdOperation[] = [];
  const write = (): void => {
    written.forEach((packed, n) => {
      const spent = cpuMs(() => {
        for (const operation of batch) packed.add(operation);
      });
      ms[n] = (ms[n] as number) + spent;
    });
    batch = [];
  };
  recordStoreHistory(size, drawFrom(7), (operation) => {
    if (batch.push(operation) === batchOperations) write();
  });
  write();
  const [packed] = written;
  if (packed?.count !== operations)
    throw new Error(`expected ${operations} operations, found ${packed?.count}`);
  return { packed, ms: Math.round(Math.min(...ms)) };
}

/** Processor time of this process, its collector of garbage included. */
function cpuMs(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** What must hold: half a second and less than a gigabyte. */
const storeBars = { ms: 500, megabytes: 1000 } as const;

function* benchStore(): Generator<Figure> {
  for (const [name, clients, keys, unknown] of revisionHistories) {
    const { packed, ms } = packedHistory([million, clients, keys, unknown], repeats);
    const value = checkMs(packed, repeats);
    yield {
      name: `store: 1M operations with revisions, ${name}`,
      unit: 'ms',
      value,
      bar: storeBars.ms,
      lower: true,
    };
    yield { name: '  writing them into columns, before that (processor time)', unit: 'ms', value: ms };
    yield { name: '  both', unit: 'ms', value: Math.round(value + ms) };
    yield memory(storeBars.megabytes);
  }
}

function checkMs(packed: PackedHistory, times: number): number {
  const check = (): string => checkPacked(packed, { watches: [] }, { stepsMax }).verdict;
  return milliseconds(check, 'linearizable', times);
}

function memory(bar: number): Figure {
  const value = heldMegabytes();
  return { name: '  memory behind the check, garbage included', unit: 'MB', value, bar, lower: true };
}

function heldMegabytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + arrayBuffers) / 1e6);
}

/** The hardest of them at a quarter and half the length, checked once: how time and memory grow up to a million. */
function* benchStoreGrowth(): Generator<Figure> {
  for (const operations of [million / 4, million / 2]) {
    const { packed } = packedHistory([operations, 50, 100, 50], 1);
    const value = checkMs(packed, 1);
    const name = `store: ${operations / 1e6}M operations, 50 clients, 100 keys, 5 % unknown`;
    yield { name, unit: 'ms', value };
    yield memory(storeBars.megabytes);
  }
}

/** A history of watched changes, long enough for a million events. */
function benchWatches(): Figure[] {
  const history = watchedHistory(1, 100_000, 8);
  let events = 0;
  for (const { responses } of history.watches)
    for (const response of responses) events += response.events?.length ?? 0;
  const changes = checkStore(history, { stepsMax }).changes();
  const check = (): string => checkWatches(history, changes).verdict;
  const value = milliseconds(check, 'passed');
  const perMillion = Math.round((value * million) / events);
  return [
    { name: `watch: ${events} events of 8 watches`, unit: 'ms', value },
    { name: 'watch: per 1M events', unit: 'ms', value: perMillion },
  ];
}

/** Times are of whole checks; the fastest of three. Some take seconds: each figure is told when it is there. */
export function* benchCheckers(): Generator<Figure> {
  yield* benchRegisters();
  yield* benchStore();
  yield* benchStoreGrowth();
  yield* benchWatches();
}
