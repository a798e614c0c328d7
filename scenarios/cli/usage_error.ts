/** A mistake of the person at the keyboard: its message is shown without a stack, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const exitCodes = { passed: 0, violation: 1, usage: 2 } as const;
