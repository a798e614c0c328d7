import type { MissingBug } from './planted_bug.ts';

/** Bugs of the list that this core can't be given by a switch. Each says why. */
export const missingBugs: readonly MissingBug[] = [];
