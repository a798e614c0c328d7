/** Thrown when detcd itself is wrong. Bad input from outside is answered with an error, never with this. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/**
 * States a fact the program relies on. A failure is a bug in detcd, so it stops the run at once. The message is built before the
 * condition is looked at: what is called for every event throws AssertionError itself rather than put numbers into it.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Narrows away null and undefined where the program's own logic guarantees a value. */
export function assertDefined<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new AssertionError(`${what} is missing`);
  return value;
}

/** Marks the branch that a complete switch over a union can't reach. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}
