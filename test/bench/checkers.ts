import type { KvOperation } from '../../sim/checkers/history/kv_operation.ts';
import { checkLinearizability } from '../../sim/checkers/linearizability/index.ts';
import { kvModelFor } from '../../sim/checkers/linearizability/kv_model.ts';
import { judgeByModel } from '../../sim/checkers/linearizability/partition.ts';
import { type HistoryShape, drawFrom, realHistory } from '../checkers/linearizability/histories.ts';
import { lies } from '../checkers/linearizability/lies.ts';

interface Measure {
  name: string;
  unit: string;
  value: number;
}

const stepsMax = 50_000_000;
const repeats = 3;

/** The fastest of a few, in ms. */
function milliseconds(once: () => string, wanted: string): number {
  let best = Infinity;
  for (let i = 0; i < repeats; i++) {
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

/** Times are of a whole check: registers per key, revisions, and for a lie its explanation. */
export function benchCheckers(): Measure[] {
  const measures: Measure[] = [];
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
