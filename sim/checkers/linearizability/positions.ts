import type { Operation } from '../history/operation.ts';
import { type Model, impossible } from './model.ts';
import { isOpen } from './partition.ts';
import { precedes } from './sub_history.ts';
import type { Wording } from './wording.ts';

/** A place in an order of other operations where the culprit can't go, and what keeps it out. */
export interface ExcludedPosition {
  /** Ids of the operations before and after the place; null at the ends. */
  readonly after: number | null;
  readonly before: number | null;
  readonly by: 'real time' | 'state';
  /** The operation that the culprit clashes with: it had returned before, or it finds another state then. */
  readonly clash: number | null;
  readonly sentence: string;
}

const positionLinesMax = 12;

/** Goes through the places in `order`, one that explains all the others, and says of each why the culprit can't go there. */
export function excludedPositions<State, Input, Output>(
  model: Model<State, Input, Output>,
  wording: Wording<State, Input, Output>,
  order: readonly Operation<Input, Output>[],
  culprit: Operation<Input, Output>,
): ExcludedPosition[] {
  const positions: ExcludedPosition[] = [];
  const earliest = order.findLastIndex((other) => precedes(other, culprit)) + 1;
  const barrier = order[earliest - 1];
  if (barrier !== undefined) {
    positions.push({
      after: null,
      before: barrier.id,
      by: 'real time',
      clash: barrier.id,
      sentence: `Before ${wording.name(barrier)}? No: that had returned at ${wording.returned(barrier)}, and this one began at ${wording.called(culprit)}.`,
    });
  }
  let state = model.init;
  for (let at = 0; at <= order.length && positions.length < positionLinesMax; at++) {
    const previous = order[at - 1];
    if (previous !== undefined) state = stepOf(model, state, previous) as State;
    if (at < earliest) continue;
    const place = previous === undefined ? 'At the very beginning' : `Right after ${wording.name(previous)}`;
    const { clash, reason } = clashAt(model, wording, state, order.slice(at), culprit);
    positions.push({
      after: previous?.id ?? null,
      before: order[at]?.id ?? null,
      by: 'state',
      clash,
      sentence: `${place}? No: ${reason}.`,
    });
  }
  return positions;
}

function stepOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  state: State,
  { input, outcome }: Operation<Input, Output>,
): State | typeof impossible {
  return model.step(state, input, outcome.status === 'ok' ? outcome.output : null);
}

function clashAt<State, Input, Output>(
  model: Model<State, Input, Output>,
  wording: Wording<State, Input, Output>,
  state: State,
  rest: readonly Operation<Input, Output>[],
  culprit: Operation<Input, Output>,
): { clash: number | null; reason: string } {
  const fitted = stepOf(model, state, culprit);
  if (fitted === impossible) return { clash: null, reason: `${wording.state(state)} then` };
  let next: State = fitted as State;
  for (const later of rest) {
    const stepped: State | typeof impossible = stepOf(model, next, later);
    if (stepped === impossible) {
      return {
        clash: later.id,
        reason: `it fits there, but for ${wording.name(later)}, which comes later, ${wording.state(next)} then`,
      };
    }
    next = stepped as State;
  }
  return { clash: null, reason: 'it fits there, but others that must come before it do not' };
}

const ordersMax = 1000;
const operationsMax = 10;

/** How many orders explain the operations, open ones used or not; null if there are too many to count. */
export function countOrders<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): number | null {
  if (operations.length > operationsMax) return null;
  let orders = 0;
  const extend = (left: readonly Operation<Input, Output>[], state: State): void => {
    if (orders >= ordersMax) return;
    if (left.every((operation) => isOpen(operation))) orders++;
    for (const operation of left) {
      if (left.some((other) => other !== operation && precedes(other, operation))) continue;
      const next = stepOf(model, state, operation);
      if (next === impossible) continue;
      extend(
        left.filter((other) => other !== operation),
        next,
      );
    }
  };
  extend(operations, model.init);
  return orders >= ordersMax ? null : orders;
}
