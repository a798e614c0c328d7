import type { Operation } from '../history/operation.ts';
import type { Partition } from './partition.ts';
import { isOpen } from './partition.ts';

/** Steps that are left for explaining. Explaining stops where they end, with what was found until then. */
export class StepBudget {
  left: number;
  /** So that one hard question doesn't take everything. */
  readonly perQuestion: number;

  constructor(operations: number, stepsMax: number) {
    this.left = Math.min(stepsMax, Math.max(200_000, 300 * operations));
    this.perQuestion = Math.max(20_000, 20 * operations);
  }
}

type Verdict = 'linearizable' | 'violation' | 'unknown';

export function judgeWithin<State, Input, Output>(
  { judge }: Partition<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  budget: StepBudget,
): Verdict {
  const { verdict, steps } = judge(operations, Math.max(1, Math.min(budget.left, budget.perQuestion)));
  budget.left -= steps;
  return verdict;
}

/** Negative if `a` had returned before `b` did. Only for operations that returned. */
export function compareReturns<Input, Output>(
  a: Operation<Input, Output>,
  b: Operation<Input, Output>,
): number {
  return (
    (a.returnNs ?? 0) - (b.returnNs ?? 0) || (a.returnSequence ?? 0) - (b.returnSequence ?? 0) || a.id - b.id
  );
}

/** Real time: `a` had returned before `b` was called, so `a` must come first. */
export function precedes<Input, Output>(a: Operation<Input, Output>, b: Operation<Input, Output>): boolean {
  if (isOpen(a) || a.returnNs === null) return false;
  return a.returnNs < b.callNs || (a.returnNs === b.callNs && (a.returnSequence ?? 0) < b.callSequence);
}

/**
 * Holds only some operations to their answers and their times of return. The others are loosened: writes may have taken effect
 * or not, at any time after their calls; reads are left out. Leaving writes out, too, would make lies out of those who saw
 * them; loosening one can only make a history easier to explain.
 */
export function holdingOnly<State, Input, Output>(
  { operations, model }: Pick<Partition<State, Input, Output>, 'operations' | 'model'>,
  held: (operation: Operation<Input, Output>) => boolean,
): Operation<Input, Output>[] {
  const left: Operation<Input, Output>[] = [];
  for (const operation of operations) {
    const { outcome, input } = operation;
    if (outcome.status !== 'ok' || held(operation)) left.push(operation);
    else if (model.writes(input, outcome.output)) left.push({ ...operation, outcome: { status: 'unknown' } });
  }
  return left;
}

export interface Prefix<Input, Output> {
  /** How many operations can be explained, in the order of their returns; null if the budget didn't suffice to tell. */
  readonly explained: number | null;
  /** The next one to return: it can't be. */
  readonly culprit: Operation<Input, Output>;
  /** What had been called when the culprit returned; those still pending then are unknown. */
  readonly operations: readonly Operation<Input, Output>[];
}

/** The longest prefix, by time of return, that is linearizable, of a partition that is not. */
export function longestPrefix<State, Input, Output>(
  partition: Partition<State, Input, Output>,
  budget: StepBudget,
): Prefix<Input, Output> {
  const returned = partition.operations.filter((operation) => !isOpen(operation)).sort(compareReturns);
  const until = (count: number): Operation<Input, Output>[] => {
    const last = returned[count - 1] as Operation<Input, Output>;
    const called = partition.operations.filter((operation) => !precedes(last, operation));
    const held = new Set(returned.slice(0, count));
    return holdingOnly({ operations: called, model: partition.model }, (operation) => held.has(operation));
  };
  // Linearizability is prefix-closed: find the first count that is a violation. All of them is one.
  let [low, high] = [0, returned.length];
  let exact = true;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const verdict = judgeWithin(partition, until(middle), budget);
    if (verdict === 'violation') high = middle;
    else low = middle;
    exact &&= verdict !== 'unknown';
  }
  return {
    explained: exact ? high - 1 : null,
    culprit: returned[high - 1] as Operation<Input, Output>,
    operations: until(high),
  };
}

export interface SmallestSubHistory<Input, Output> {
  /** Held to their answers, the culprit among them: they contradict each other whatever the others did. */
  readonly held: readonly Operation<Input, Output>[];
  /** False if the budget ran out, so that it may be possible with fewer. */
  readonly smallest: boolean;
}

/** Loosens operations while the contradiction stays: halves first, then ever smaller pieces, then one by one. */
export function smallestSubHistory<State, Input, Output>(
  partition: Partition<State, Input, Output>,
  { culprit, operations }: Prefix<Input, Output>,
  budget: StepBudget,
): SmallestSubHistory<Input, Output> {
  const scope = { operations, model: partition.model };
  let decided = true;
  const contradicts = (kept: ReadonlySet<Operation<Input, Output>>): boolean => {
    const verdict = judgeWithin(
      partition,
      holdingOnly(scope, (operation) => kept.has(operation)),
      budget,
    );
    decided &&= verdict !== 'unknown';
    return verdict === 'violation';
  };
  // Reads go first, so that what stays speaks of writes where it can.
  const isWrite = ({ input, outcome }: Operation<Input, Output>): boolean =>
    outcome.status === 'ok' && partition.model.writes(input, outcome.output);
  const closed = operations.filter((operation) => operation !== culprit && !isOpen(operation));
  let held = [...closed.filter((operation) => !isWrite(operation)), ...closed.filter(isWrite)];
  for (let piece = held.length; piece > 0 && budget.left > 0;) {
    let dropped = false;
    for (let at = 0; at < held.length && budget.left > 0;) {
      const rest = [...held.slice(0, at), ...held.slice(at + piece)];
      if (contradicts(new Set([...rest, culprit]))) {
        held = rest;
        dropped = true;
      } else {
        at += piece;
      }
    }
    // One by one until nothing can go any more.
    if (piece > 1) piece = Math.min(piece >> 1, Math.max(1, held.length >> 1));
    else if (!dropped) break;
  }
  return { held: [...held.sort(compareReturns), culprit], smallest: decided && budget.left > 0 };
}
