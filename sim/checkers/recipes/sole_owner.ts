import type { RecipeViolation } from './timing.ts';

/** For how long an owner had every reason to be sure. */
export interface SureHold {
  readonly resource: string;
  readonly owner: string;
  /** The create revision of the owner's key. */
  readonly token: number;
  /** When it learned that it owns. */
  readonly fromNs: number;
  /** Until when its session's last answered renewal held; or when it began to give up, if that was before. */
  readonly untilNs: number;
}

/**
 * While an owner's session is certainly alive (a renewal was answered, and its time to live since then is not over) nobody else becomes
 * the owner. That is all that a lock of leases promises on clocks that agree; beyond it only the fencing token does.
 */
export function checkSoleOwner(holds: readonly SureHold[]): RecipeViolation[] {
  const order = holds.map((_, at) => at).sort((a, b) => compareFrom(holds[a], holds[b]) || a - b);
  const violations: RecipeViolation[] = [];
  const latest = new Map<string, number>();
  for (const at of order) {
    const hold = holds[at] as SureHold;
    const before = latest.get(hold.resource);
    const previous = before === undefined ? undefined : holds[before];
    if (before !== undefined && previous !== undefined && previous.untilNs > hold.fromNs) {
      const sentence = `${hold.owner} got ${hold.resource} (token ${hold.token}) while ${previous.owner} (token ${previous.token}) had it and its session was alive`;
      violations.push({ rule: 'one owner', sentence, involved: [before, at] });
    }
    if (previous === undefined || hold.untilNs >= previous.untilNs) latest.set(hold.resource, at);
  }
  return violations;
}

function compareFrom(a: SureHold | undefined, b: SureHold | undefined): number {
  return (a?.fromNs ?? 0) - (b?.fromNs ?? 0);
}
