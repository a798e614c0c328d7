/** Looks for a sequence on which the two sides differ, and makes the one it finds as small as it can. */
import * as fc from 'fast-check';
import { Comparison, type Mismatch, type Tally } from './comparison.ts';
import type { Pairs } from './pairs.ts';
import { type Step, describeStep } from './steps.ts';

export interface Search {
  readonly pairs: Pairs;
  readonly tally: Tally;
  readonly seed: number;
  readonly runs: number;
}

/** A found difference is made smaller for so long, by fast-check and then by leaving out steps. */
const shrinkMsMax = 30_000;
const leaveOutMsMax = 60_000;

interface Found {
  readonly steps: readonly Step[];
  readonly mismatch: Mismatch;
}

/** Compares on a fresh pair, so that nothing but the steps decides how it goes. */
export async function compareFresh(
  pairs: Pairs,
  tally: Tally,
  steps: readonly Step[],
): Promise<Mismatch | null> {
  const { ours, theirs } = await pairs.take();
  try {
    return await new Comparison(ours, theirs, tally).run(steps);
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

/** Throws an error that tells the smallest sequence found, and both answers. */
export async function expectNoDifference(
  search: Search,
  sequences: fc.Arbitrary<readonly Step[]>,
): Promise<void> {
  const { pairs, tally, seed, runs } = search;
  let deadline = Infinity;
  const smallest: { found: Found | null } = { found: null };
  const property = fc.asyncProperty(sequences, async (steps) => {
    if (Date.now() > deadline) return true;
    const mismatch = await compareFresh(pairs, tally, steps);
    if (mismatch === null) return true;
    if (deadline === Infinity) deadline = Date.now() + shrinkMsMax;
    // What comes after the difference had no part in it.
    smallest.found = { steps: steps.slice(0, mismatch.step + 1), mismatch };
    return false;
  });
  const { errorInstance } = await fc.check(property, { seed, numRuns: runs, unbiased: true });
  const { found } = smallest;
  if (found === null) {
    if (errorInstance instanceof Error) throw errorInstance;
    return;
  }
  const minimal = await withoutIdleSteps(search, found, Date.now() + leaveOutMsMax);
  throw new Error(await story(search, minimal));
}

/** fast-check makes steps simpler; this leaves out what the difference does not need, first in large pieces, then one by one. */
async function withoutIdleSteps({ pairs, tally }: Search, found: Found, deadline: number): Promise<Found> {
  let smallest = found;
  for (let size = found.steps.length >> 1; size > 0; size >>= 1) {
    for (let end = smallest.steps.length - 1; end > 0 && Date.now() < deadline; end -= size) {
      // The last step is the one that shows the difference.
      const start = Math.max(0, end - size);
      const steps = smallest.steps.toSpliced(start, end - start);
      const mismatch = await compareFresh(pairs, tally, steps);
      if (mismatch === null) continue;
      smallest = { steps: steps.slice(0, mismatch.step + 1), mismatch };
      end = Math.min(end, smallest.steps.length - 1 + size);
    }
  }
  return smallest;
}

async function story({ pairs, tally, seed }: Search, { steps, mismatch }: Found): Promise<string> {
  const again = await compareFresh(pairs, tally, steps);
  return [
    `the answers differ (seed ${seed}), after ${steps.length} steps from a fresh start:`,
    ...steps.map((step, position) => `  ${position + 1}. ${describeStep(step)}`),
    `at: ${mismatch.what}`,
    `  ours:   ${mismatch.ours}`,
    `  theirs: ${mismatch.theirs}`,
    again === null
      ? 'the same steps, done once more, did not differ: a race'
      : 'done once more, it differs again',
  ].join('\n');
}
