import type { QueueOperation } from './queue_operation.ts';
import type { RecipeViolation } from './timing.ts';

interface Stay {
  readonly at: number;
  readonly putNs: number;
  /** It was there until then. */
  readonly goneNs: number;
}

/** Nobody finds a queue empty while something is in it for the whole time of the look. A lost dequeue may have taken anything. */
export function foundEmpty(operations: readonly QueueOperation[]): RecipeViolation[] {
  const taken = new Map<string, number>();
  let lostSinceNs = Infinity;
  for (const { kind, value, callNs, returnNs } of operations) {
    if (kind !== 'dequeue') continue;
    if (value !== null) taken.set(value, Math.min(callNs, taken.get(value) ?? Infinity));
    else if (returnNs === null) lostSinceNs = Math.min(lostSinceNs, callNs);
  }
  const stays = operations.flatMap(({ kind, value, returnNs }, at): Stay[] => {
    if (kind !== 'enqueue' || value === null || returnNs === null) return [];
    return [{ at, putNs: returnNs, goneNs: taken.get(value) ?? lostSinceNs }];
  });
  stays.sort((a, b) => a.putNs - b.putNs || a.at - b.at);
  const looks = operations.flatMap(({ kind, value, callNs, returnNs }, at) =>
    kind === 'dequeue' && value === null && returnNs !== null ? [{ at, callNs, returnNs }] : [],
  );
  looks.sort((a, b) => a.callNs - b.callNs || a.at - b.at);
  let next = 0;
  let longest: Stay | null = null;
  const violations: RecipeViolation[] = [];
  for (const { at, callNs, returnNs } of looks) {
    for (; next < stays.length && (stays[next] as Stay).putNs < callNs; next++) {
      const stay = stays[next] as Stay;
      if (longest === null || stay.goneNs > longest.goneNs) longest = stay;
    }
    if (longest === null || longest.goneNs <= returnNs) continue;
    const sentence = `somebody found the queue empty while ${operations[longest.at]?.value} was in it`;
    violations.push({ rule: 'not empty', sentence, involved: [longest.at, at] });
  }
  return violations;
}
