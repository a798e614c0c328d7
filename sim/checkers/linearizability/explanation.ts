import type { Operation } from '../history/operation.ts';
import type { ExplanationHints } from './hints.ts';
import { type Partition, isOpen } from './partition.ts';
import { type ExcludedPosition, countOrders, excludedPositions } from './positions.ts';
import {
  type Prefix,
  type StepBudget,
  compareReturns,
  holdingOnly,
  longestPrefix,
  precedes,
  smallestSubHistory,
} from './sub_history.ts';
import { Wording, plural } from './wording.ts';

/** Why a part of a history is not linearizable: sentences for people, ids for the page. Operations go by their ids. */
export interface Explanation {
  readonly key: string;
  /** The operation that can't be placed, and when it returned. */
  readonly culprit: number;
  readonly atNs: number;
  readonly sentence: string;
  readonly lines: readonly string[];
  /** An order of the longest explainable prefix, by time of return. Pending and unknown ones only where needed. */
  readonly prefix: readonly number[];
  /** These contradict each other whatever the others did; the culprit comes last. */
  readonly contradiction: readonly number[];
  /** Not held to anything, but what they could have written was seen by one in the contradiction. */
  readonly possible: readonly number[];
  /** False if the budget for explaining ran out, so that a smaller contradiction may exist. */
  readonly smallest: boolean;
  /** Where the culprit can't go, for one order of the others. */
  readonly positions: readonly ExcludedPosition[];
  /** Real time within the contradiction: the first had returned before the second was called. */
  readonly edges: readonly { readonly before: number; readonly after: number }[];
}

/** Explains a partition that its judge calls a violation. */
export function explain<State, Input, Output>(
  partition: Partition<State, Input, Output>,
  hints: ExplanationHints<State, Input, Output>,
  budget: StepBudget,
): Explanation {
  const { model, judge, key } = partition;
  const wording = new Wording(model, hints.time);
  const prefix = longestPrefix(partition, budget);
  const { culprit } = prefix;
  const { held, smallest } = smallestSubHistory(partition, prefix, budget);
  const orderOf = (operations: readonly Operation<Input, Output>[]): Operation<Input, Output>[] =>
    judge(operations, budget.perQuestion).order.map((at) => operations[at] as Operation<Input, Output>);
  const isHeld = new Set(held.filter((operation) => operation !== culprit));
  const scope = { operations: prefix.operations, model };
  const others = orderOf(
    holdingOnly(scope, (operation) => isHeld.has(operation)).filter(({ id }) => id !== culprit.id),
  );
  const possible = possibleOnes(partition, prefix, held, others, hints);
  const isExplained = others.length > 0 || isHeld.size === 0;
  const positions = isExplained ? excludedPositions(model, wording, others, culprit) : [];
  const context = {
    culprit,
    operations: partition.operations,
    refused: hints.refused,
    contradiction: held,
    wording,
  };
  const sentence =
    hints.headline(context) ??
    `${wording.withTimes(culprit)}, has no place in any order of the operations on ${key}`;
  const orders = possible.length > 0 ? null : countOrders(model, [...isHeld]);
  return {
    key,
    culprit: culprit.id,
    atNs: culprit.returnNs ?? culprit.callNs,
    sentence,
    lines: [
      ...contradictionLines(wording, key, prefix.explained, held, possible, smallest),
      ...(held.length > 1 ? positionLines(positions, orders) : []),
    ],
    prefix: orderOf(prefix.operations.filter((operation) => operation !== culprit)).map(({ id }) => id),
    contradiction: held.map(({ id }) => id),
    possible: possible.map(({ id }) => id),
    smallest,
    positions,
    edges: edgesWithin(held),
  };
}

/** Operations that are not held but worth a line: the shown order needs them, or they wrote what somebody found. */
function possibleOnes<State, Input, Output>(
  { model, operations: all }: Partition<State, Input, Output>,
  { operations, culprit }: Prefix<Input, Output>,
  held: readonly Operation<Input, Output>[],
  others: readonly Operation<Input, Output>[],
  { couldMatter }: ExplanationHints<State, Input, Output>,
): Operation<Input, Output>[] {
  const ids = new Set(held.map(({ id }) => id));
  const needed = new Set(others.map(({ id }) => id));
  const worth = holdingOnly({ operations, model }, ({ id }) => ids.has(id))
    .filter((operation) => isOpen(operation) && operation.id !== culprit.id)
    .filter((operation) => needed.has(operation.id) || couldMatter(operation, held));
  const worthIds = new Set(worth.map(({ id }) => id));
  return all.filter(({ id }) => worthIds.has(id));
}

const possibleLinesMax = 8;

function contradictionLines<State, Input, Output>(
  wording: Wording<State, Input, Output>,
  key: string,
  explained: number | null,
  held: readonly Operation<Input, Output>[],
  possible: readonly Operation<Input, Output>[],
  smallest: boolean,
): string[] {
  const culprit = held.at(-1);
  const line = (operation: Operation<Input, Output>): string => `  ${wording.withTimes(operation)}`;
  const title =
    held.length === 1
      ? 'It contradicts all the others, wherever they are put:'
      : `${smallest ? 'The smallest contradiction has' : 'A contradiction has'} ${plural(held.length, 'operation')}:`;
  const lines = [
    prefixLine(key, explained),
    title,
    ...inOrderOfCalls(held).map((each) => `${line(each)}${each === culprit ? '  <- has no place' : ''}`),
  ];
  if (possible.length === 0) return lines;
  const left = possible.length - possibleLinesMax;
  return [
    ...lines,
    'Others wrote one of these values. Wherever they go after their calls, or if they had no effect, it does not help:',
    ...inOrderOfCalls(possible).slice(0, possibleLinesMax).map(line),
    ...(left > 0 ? [`  and ${plural(left, 'other')}`] : []),
  ];
}

function prefixLine(key: string, explained: number | null): string {
  if (explained === null)
    return `Not all operations on ${key} can be put in an order that explains every answer.`;
  if (explained === 0) return `It was the first operation on ${key} to return.`;
  const first = explained === 1 ? 'operation' : plural(explained, 'operation');
  return `The first ${first} on ${key} to return can be put in an order that explains every answer; the next one can't be added.`;
}

function inOrderOfCalls<Input, Output>(
  operations: readonly Operation<Input, Output>[],
): Operation<Input, Output>[] {
  return [...operations].sort((a, b) => a.callNs - b.callNs || a.callSequence - b.callSequence);
}

function positionLines(positions: readonly ExcludedPosition[], orders: number | null): string[] {
  if (positions.length === 0) return [];
  const several = 'The others have several possible orders. In one of them:';
  return [
    orders === 1 ? 'Where could it go?' : `Where could it go? ${several}`,
    ...positions.map(({ sentence }) => `  ${sentence}`),
  ];
}

function edgesWithin<Input, Output>(
  held: readonly Operation<Input, Output>[],
): { before: number; after: number }[] {
  const ordered = [...held].sort(compareReturns);
  return ordered.flatMap((before) =>
    ordered
      .filter((after) => precedes(before, after))
      .map((after) => ({ before: before.id, after: after.id })),
  );
}
