import type { Operation } from '../history/operation.ts';
import { timelineOf } from '../history/timeline.ts';
import type { Candidate, Model, SearchResult } from './model.ts';
import { searchWingGongLowe } from './wing_gong_lowe.ts';

/** Decides whether some operations have an order that explains them. */
export type Judge<Input, Output> = (
  operations: readonly Operation<Input, Output>[],
  stepsMax: number,
) => SearchResult;

/** What can be judged on its own: a history is linearizable if each object's part is (locality; Herlihy and Wing 1990). */
export interface Partition<State, Input, Output> {
  readonly key: string;
  /** Those that say something, in the order of the history. */
  readonly operations: readonly Operation<Input, Output>[];
  readonly model: Model<State, Input, Output>;
  readonly judge: Judge<Input, Output>;
}

/** Splits by key, in order of first use. Operations that never had an effect and reads without an answer say nothing. */
export function splitByKey<Input extends { readonly key: string }, Output>(
  history: readonly Operation<Input, Output>[],
  writes: (input: Input, output: Output | null) => boolean,
): Map<string, Operation<Input, Output>[]> {
  const byKey = new Map<string, Operation<Input, Output>[]>();
  for (const operation of history) {
    if (!saysSomething(operation, writes)) continue;
    const others = byKey.get(operation.input.key);
    if (others === undefined) byKey.set(operation.input.key, [operation]);
    else others.push(operation);
  }
  return byKey;
}

function saysSomething<Input, Output>(
  { outcome, input }: Operation<Input, Output>,
  writes: (input: Input, output: Output | null) => boolean,
): boolean {
  return outcome.status === 'ok' || (outcome.status === 'unknown' && writes(input, null));
}

/** Takes effect at any time after its call, or never. An answer without a time of return rules nothing out in time. */
export function isOpen<Input, Output>({ outcome }: Operation<Input, Output>): boolean {
  return outcome.status !== 'ok';
}

/** The judge for any model. */
export function judgeByModel<State, Input, Output>(model: Model<State, Input, Output>): Judge<Input, Output> {
  return (operations, stepsMax) => {
    const candidates = operations.map((operation): Candidate<Input, Output> => ({
      input: operation.input,
      output: operation.outcome.status === 'ok' ? operation.outcome.output : null,
      open: isOpen(operation),
    }));
    return searchWingGongLowe(model, candidates, timelineOf(operations, isOpen), stepsMax);
  };
}
