import { assert } from '../../core/base/assert.ts';
import type { RandomStream } from '../../sim/random.ts';

/** What to do how often, as relative weights. A weight of 0 means never. */
export type Weights<Choice extends string> = Readonly<Partial<Record<Choice, number>>>;

/** Draws by weight, in the order in which the weights are written. */
export function pickWeighted<Choice extends string>(random: RandomStream, weights: Weights<Choice>): Choice {
  const choices = Object.entries(weights) as [Choice, number][];
  let left = random.below(choices.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [choice, weight] of choices) {
    if (left < weight) return choice;
    left -= weight;
  }
  assert(false, 'the weights add up');
}
