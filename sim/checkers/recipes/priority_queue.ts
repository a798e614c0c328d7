import { onlyOrder } from './queue.ts';
import type { QueueOperation } from './queue_operation.ts';
import { type RecipeViolation, isOver } from './timing.ts';

export interface PriorityOperation extends QueueOperation {
  /** The lower, the sooner. Of a dequeue: that of what it took. */
  readonly priority: number;
}

/**
 * Nothing is taken while something more urgent is in the queue for the whole time of the dequeue, and of the same priority what was put
 * first is taken first.
 */
export function checkPriorities(operations: readonly PriorityOperation[]): RecipeViolation[] {
  return [...mostUrgentFirst(operations), ...oldestFirst(operations)];
}

function oldestFirst(operations: readonly PriorityOperation[]): RecipeViolation[] {
  const byPriority = new Map<number, number[]>();
  operations.forEach(({ priority, value }, at) => {
    if (value === null) return;
    const known = byPriority.get(priority);
    if (known === undefined) byPriority.set(priority, [at]);
    else known.push(at);
  });
  return [...byPriority.values()].flatMap((places) =>
    onlyOrder(places.map((at) => operations[at] as PriorityOperation)).map((violation) => ({
      ...violation,
      involved: violation.involved.map((at) => places[at] as number),
    })),
  );
}

function mostUrgentFirst(operations: readonly PriorityOperation[]): RecipeViolation[] {
  const taken = new Map<string, PriorityOperation>();
  // What a dequeue that nobody heard of took may be gone since its call.
  let lostSinceNs = Infinity;
  for (const operation of operations) {
    if (operation.kind !== 'dequeue') continue;
    if (operation.value !== null) taken.set(operation.value, operation);
    else if (operation.returnNs === null) lostSinceNs = Math.min(lostSinceNs, operation.callNs);
  }
  const enqueues = operations
    .map((operation, at) => ({ ...operation, at }))
    .filter(({ kind }) => kind === 'enqueue');
  return operations.flatMap((take, at) => {
    if (take.kind !== 'dequeue' || take.value === null || take.returnNs === null) return [];
    const { returnNs } = take;
    const passedOver = enqueues.find((put) => {
      if (put.value === null || put.priority >= take.priority || !isOver(put, take)) return false;
      const its = taken.get(put.value);
      return its === undefined ? lostSinceNs > returnNs : its.callNs > returnNs;
    });
    if (passedOver === undefined) return [];
    const sentence = `${take.value} of priority ${take.priority} was taken while ${passedOver.value} of priority ${passedOver.priority} waited`;
    return [{ rule: 'most urgent first', sentence, involved: [at, passedOver.at] }];
  });
}
