import { type RecipeViolation, type Span, isOver } from './timing.ts';

/** A lock that somebody got, or an election that somebody won. */
export interface Hold extends Span {
  /** The lock's or election's name. */
  readonly resource: string;
  readonly owner: string;
  /** Grows with every owner: the create revision of the owner's key. */
  readonly token: number;
  /** When the owner began to give it up, null if it never did. */
  readonly releasedNs: number | null;
}

/** Somebody showed a token to what the lock protects, which accepts no lower one than it has seen. */
export interface Use {
  readonly resource: string;
  readonly token: number;
  readonly ns: number;
  readonly accepted: boolean;
}

export interface ExclusionReport {
  readonly violations: readonly RecipeViolation[];
  /**
   * Pairs of owners that both believed to hold it at one time. No violation: a paused owner's lease runs out without its
   * knowledge (etcd: a lock alone does not exclude; the token does).
   */
  readonly overlaps: number;
}

/** Mutual exclusion by fencing token: tokens are unique, grow from owner to owner, and a lower one is refused after a higher. */
export function checkExclusion(holds: readonly Hold[], uses: readonly Use[]): ExclusionReport {
  const violations: RecipeViolation[] = [];
  const order = holds
    .map((_, at) => at)
    .sort((a, b) => (holds[a] as Hold).token - (holds[b] as Hold).token || a - b);
  const last = new Map<string, { token: number; latest: number }>();
  let overlaps = 0;
  for (const at of order) {
    const hold = holds[at] as Hold;
    const { resource, owner, token } = hold;
    const before = last.get(resource);
    if (before === undefined) {
      last.set(resource, { token: at, latest: at });
      continue;
    }
    const previous = holds[before.token] as Hold;
    if (previous.token === token) {
      const sentence = `${previous.owner} and ${owner} both got ${resource} with token ${token}`;
      violations.push({ rule: 'unique token', sentence, involved: [before.token, at] });
    }
    // Whoever has a lower token must not have come later.
    const latest = holds[before.latest] as Hold;
    if (isOver(hold, latest)) {
      const sentence = `${latest.owner} got ${resource} with token ${latest.token} after ${owner} had got it with the higher token ${token}`;
      violations.push({ rule: 'growing tokens', sentence, involved: [at, before.latest] });
    }
    if (previous.releasedNs === null || (hold.returnNs !== null && hold.returnNs < previous.releasedNs))
      overlaps++;
    last.set(resource, { token: at, latest: hold.callNs >= latest.callNs ? at : before.latest });
  }
  const highest = new Map<string, number>();
  const inTime = uses.map((_, at) => at).sort((a, b) => (uses[a] as Use).ns - (uses[b] as Use).ns || a - b);
  for (const at of inTime) {
    const { resource, token, accepted } = uses[at] as Use;
    const seen = highest.get(resource) ?? -Infinity;
    if (accepted && token < seen) {
      const sentence = `${resource} accepted token ${token} after token ${seen}`;
      violations.push({ rule: 'fencing', sentence, involved: [at] });
    }
    if (accepted) highest.set(resource, Math.max(seen, token));
  }
  return { violations, overlaps };
}
