import type { RecipeViolation } from './timing.ts';

/** What somebody had made known as a leader, or would if elected, noted before it was asked for. Values are unique. */
export interface Proclamation {
  readonly election: string;
  readonly value: string;
}

export interface ObservedLeader extends Proclamation {
  readonly observer: string;
  /** The leader's fencing token. */
  readonly token: number;
  /** Revision of the leader's key when it was observed. */
  readonly modRevision: number;
}

/**
 * Who watches an election sees leaders in the order of their tokens, none come back, and of each only what was proclaimed, in order.
 * `observed` is in the order of observation.
 */
export function checkObservers(
  proclaimed: readonly Proclamation[],
  observed: readonly ObservedLeader[],
): RecipeViolation[] {
  const said = new Set(proclaimed.map(({ election, value }) => JSON.stringify([election, value])));
  const last = new Map<string, ObservedLeader>();
  const violations: RecipeViolation[] = [];
  observed.forEach((seen, at) => {
    const { election, observer, token, modRevision, value } = seen;
    const name = JSON.stringify([election, observer]);
    const before = last.get(name);
    if (before !== undefined && before.token > token) {
      const sentence = `${observer} saw the leader of token ${token} of ${election} after that of ${before.token}`;
      violations.push({ rule: 'leaders in order', sentence, involved: [at] });
    } else if (before?.token === token && before.modRevision > modRevision) {
      const sentence = `${observer} saw revision ${modRevision} of ${election} after ${before.modRevision}`;
      violations.push({ rule: 'never back', sentence, involved: [at] });
    }
    if (!said.has(JSON.stringify([election, value]))) {
      const sentence = `${observer} saw ${value} as the leader's word in ${election}, which nobody said`;
      violations.push({ rule: 'no inventions', sentence, involved: [at] });
    }
    last.set(name, seen);
  });
  return violations;
}
