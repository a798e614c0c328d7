import { type RecipeViolation, type Span, isOver } from './timing.ts';

/** A change of what a user may do: a role granted or revoked, a permission, the user itself. */
export interface PermissionChange extends Span {
  readonly user: string;
  /** What the change is about: a key, or a name for a set of keys. */
  readonly key: string;
  readonly access: 'read' | 'write';
  readonly allowed: boolean;
}

export interface Attempt extends Span {
  readonly user: string;
  readonly key: string;
  readonly access: 'read' | 'write';
  readonly succeeded: boolean;
  /** It was answered from the state of one member, which may lag: permissions are as old as that (etcd: serializable reads). */
  readonly serializable?: boolean;
}

/**
 * Nobody sees or changes what their role excludes: an attempt that succeeded had a moment at which it was allowed, one that
 * was denied a moment at which it was not. Before the first change nothing is allowed. Changes of one permission do not
 * overlap (they go through one administrator); one without a return may hold at any time after its call.
 */
export function checkAuthWindows(
  changes: readonly PermissionChange[],
  attempts: readonly Attempt[],
): RecipeViolation[] {
  const nameOf = ({ user, key, access }: Attempt | PermissionChange): string =>
    JSON.stringify([user, key, access]);
  const byName = new Map<string, PermissionChange[]>();
  for (const change of changes) {
    const known = byName.get(nameOf(change));
    if (known === undefined) byName.set(nameOf(change), [change]);
    else known.push(change);
  }
  for (const list of byName.values()) list.sort((a, b) => a.callNs - b.callNs);
  const violations: RecipeViolation[] = [];
  attempts.forEach((attempt, at) => {
    if (attempt.returnNs === null || couldBe(attempt.succeeded, byName.get(nameOf(attempt)) ?? [], attempt))
      return;
    const { user, access, key, succeeded } = attempt;
    const sentence = succeeded
      ? `${user} could ${access} ${key} although that was not allowed at any moment of the attempt`
      : `${user} was refused to ${access} ${key} although that was allowed all the time`;
    violations.push({ rule: succeeded ? 'no window' : 'no wrongful refusal', sentence, involved: [at] });
  });
  return violations;
}

/** Whether the permission may have had this value at some moment of the attempt. */
function couldBe(allowed: boolean, changes: readonly PermissionChange[], attempt: Attempt): boolean {
  if (attempt.serializable === true) return couldEverBe(allowed, changes, attempt);
  // The last change that was over before the attempt, or those that may have come since.
  let settled = false;
  for (const change of changes) {
    if (isOver(change, attempt)) {
      settled = change.allowed;
    } else if (!isOver(attempt, change) && change.allowed === allowed) {
      return true;
    }
  }
  return settled === allowed;
}

/** As above at any moment before its end; in the beginning nothing is allowed. */
function couldEverBe(allowed: boolean, changes: readonly PermissionChange[], attempt: Attempt): boolean {
  return !allowed || changes.some((change) => change.allowed && !isOver(attempt, change));
}
