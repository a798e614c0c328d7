import { foundEmpty } from './emptiness.ts';
import type { QueueOperation } from './queue_operation.ts';
import { type RecipeViolation, isOver } from './timing.ts';

/**
 * A queue: what is taken was put, once; what was put first is taken first; nobody finds it empty while something is in it; with
 * `drained`, everything that was certainly put was taken. An operation without a return may or may not have happened.
 */
export function checkQueue(operations: readonly QueueOperation[], drained: boolean): RecipeViolation[] {
  const violations: RecipeViolation[] = [];
  const put = new Map<string, number>();
  const taken = new Map<string, number>();
  let lostDequeues = 0;
  operations.forEach(({ kind, value, returnNs }, at) => {
    if (kind === 'enqueue') {
      if (value !== null) put.set(value, at);
    } else if (value === null) {
      if (returnNs === null) lostDequeues++;
    } else if (taken.has(value)) {
      const involved = [taken.get(value) as number, at];
      violations.push({ rule: 'once', sentence: `${value} was taken twice`, involved });
    } else {
      taken.set(value, at);
    }
  });
  const span = (at: number): QueueOperation => operations[at] as QueueOperation;
  for (const [value, at] of taken) {
    const from = put.get(value);
    if (from === undefined)
      violations.push({
        rule: 'no inventions',
        sentence: `${value} was taken, but nobody put it`,
        involved: [at],
      });
    else if (isOver(span(at), span(from))) {
      violations.push({
        rule: 'no inventions',
        sentence: `${value} was taken before it was put`,
        involved: [from, at],
      });
    }
  }
  firstInFirstOut(operations, put, taken, violations);
  violations.push(...foundEmpty(operations));
  if (!drained) return violations;
  const missing = [...put].filter(([value, at]) => !taken.has(value) && span(at).returnNs !== null);
  // Each dequeue without an answer may have taken one of them.
  if (missing.length > lostDequeues) {
    const [value, at] = missing[0] as [string, number];
    violations.push({ rule: 'nothing lost', sentence: `${value} was put and never taken`, involved: [at] });
  }
  return violations;
}

const orderRule = 'first in, first out';

/** What holds for a queue that gives by other rules than who came first, too. */
export function withoutOrder(violations: readonly RecipeViolation[]): RecipeViolation[] {
  return violations.filter(({ rule }) => rule !== orderRule);
}

/** That what was put first is taken first, alone. */
export function onlyOrder(operations: readonly QueueOperation[]): RecipeViolation[] {
  return checkQueue(operations, false).filter(({ rule }) => rule === orderRule);
}

/** Going through what was taken in the order it was put: nobody may have been taken whole before somebody put whole before it. */
function firstInFirstOut(
  operations: readonly QueueOperation[],
  put: ReadonlyMap<string, number>,
  taken: ReadonlyMap<string, number>,
  violations: RecipeViolation[],
): void {
  const pairs = [...taken].flatMap(([value, at]) => {
    const from = put.get(value);
    return from === undefined
      ? []
      : [
          {
            value,
            put: operations[from] as QueueOperation,
            take: operations[at] as QueueOperation,
            from,
            at,
          },
        ];
  });
  const byPutReturn = pairs.filter(({ put: { returnNs } }) => returnNs !== null);
  byPutReturn.sort((a, b) => (a.put.returnNs as number) - (b.put.returnNs as number) || a.from - b.from);
  const byPutCall = [...pairs].sort((a, b) => a.put.callNs - b.put.callNs || a.from - b.from);
  let next = 0;
  let latest: (typeof pairs)[number] | null = null;
  for (const later of byPutCall) {
    for (; next < byPutReturn.length; next++) {
      const earlier = byPutReturn[next] as (typeof pairs)[number];
      if ((earlier.put.returnNs as number) >= later.put.callNs) break;
      if (latest === null || earlier.take.callNs > latest.take.callNs) latest = earlier;
    }
    if (latest === null || !isOver(later.take, latest.take)) continue;
    const sentence = `${latest.value} was put before ${later.value}, but ${later.value} was taken before it`;
    violations.push({
      rule: orderRule,
      sentence,
      involved: [latest.from, later.from, later.at, latest.at],
    });
    return;
  }
}
