import { compareSync, hashSync } from 'bcryptjs';

/** Work on a password that takes as long as bcrypt's cost says: 100 ms at 10, twice that at 11. */
export type HashTask =
  | { readonly kind: 'hash'; readonly password: string; readonly cost: number }
  | { readonly kind: 'compare'; readonly password: string; readonly hash: string };

/** What goes to a thread, and comes back. */
export interface NumberedTask {
  readonly id: number;
  readonly task: HashTask;
}

export interface NumberedResult {
  readonly id: number;
  readonly result: HashResult;
}

/** A hash, or whether the password is the hash's. */
export type HashResult = string | boolean;

/** Does it here and now. */
export function doHashTask(task: HashTask): HashResult {
  if (task.kind === 'hash') return hashSync(task.password, task.cost);
  try {
    return compareSync(task.password, task.hash);
  } catch {
    // What something else made matches nothing.
    return false;
  }
}
