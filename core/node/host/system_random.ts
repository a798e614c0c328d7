import { randomInt } from 'node:crypto';
import type { Random } from '../../ports.ts';

/** The operating system's randomness: tokens of users are made from it. */
export const systemRandom: Random = {
  below: (bound) => randomInt(bound),
};
