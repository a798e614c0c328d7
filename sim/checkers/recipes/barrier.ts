import { compareNumbers } from '../../../core/base/bytes.ts';
import type { RecipeViolation, Span } from './timing.ts';

/** Somebody came to a barrier (the call) and was let through (the return). */
export interface Passage extends Span {
  /** One barrier, used once. */
  readonly round: string;
  readonly participant: string;
}

/** Nobody passes before `count` different participants have come. */
export function checkBarrier(passages: readonly Passage[], count: number): RecipeViolation[] {
  const arrivals = new Map<string, Map<string, number>>();
  for (const { round, participant, callNs } of passages) {
    let came = arrivals.get(round);
    if (came === undefined) arrivals.set(round, (came = new Map()));
    came.set(participant, Math.min(callNs, came.get(participant) ?? Infinity));
  }
  return passages.flatMap(({ round, participant, returnNs }, at) => {
    if (returnNs === null) return [];
    const came = [...(arrivals.get(round)?.values() ?? [])].sort(compareNumbers);
    if ((came[count - 1] ?? Infinity) <= returnNs) return [];
    const present = came.filter((ns) => ns <= returnNs).length;
    const sentence = `${participant} passed ${round} when ${present} of ${count} had come`;
    return [{ rule: 'all came', sentence, involved: [at] }];
  });
}

/** Somebody closed a gate (call to return) and opened it again, beginning at `releasedNs`; null: never. */
export interface Closure extends Span {
  readonly gate: string;
  readonly releasedNs: number | null;
}

export interface Crossing extends Span {
  readonly gate: string;
  readonly participant: string;
}

/** Nobody who comes to a gate while it is closed passes before somebody begins to open it. */
export function checkGate(closures: readonly Closure[], crossings: readonly Crossing[]): RecipeViolation[] {
  return crossings.flatMap((crossing, at) => {
    const { gate, participant, callNs, returnNs } = crossing;
    const shut = closures.find(
      (closure) =>
        closure.gate === gate &&
        closure.returnNs !== null &&
        closure.returnNs < callNs &&
        returnNs !== null &&
        returnNs < (closure.releasedNs ?? Infinity),
    );
    if (shut === undefined) return [];
    const sentence = `${participant} came to ${gate} and passed while it was closed`;
    return [{ rule: 'closed', sentence, involved: [at] }];
  });
}
