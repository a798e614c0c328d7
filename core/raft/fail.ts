import { AssertionError } from '../base/assert.ts';

/**
 * Stops the run over a broken promise. For hot paths, where `assert` would build its message each time:
 * `if (broken) fail(...)`.
 */
export function fail(message: string): never {
  throw new AssertionError(message);
}
