import { profiles } from './arbitraries/sequences.ts';
import type { Tally } from './comparison.ts';
import { DifferenceCounts } from './differences.ts';
import { type MakeOurs, Pairs } from './pairs.ts';
import { expectNoDifference } from './search.ts';

export interface Amount {
  readonly seed: number;
  /** Sequences of each profile, and how long they may be. */
  readonly runs: number;
  readonly stepsMax: number;
  /** Names of profiles; all if absent. */
  readonly only?: readonly string[];
  /** Our member if absent. */
  readonly makeOurs?: MakeOurs;
}

/** Throws at the first difference that is not a documented one. */
export async function runDifferential({ seed, runs, stepsMax, only, makeOurs }: Amount): Promise<Tally> {
  const tally: Tally = { calls: 0, byKind: new Map(), differences: new DifferenceCounts() };
  const pairs = new Pairs(makeOurs);
  try {
    for (const { name, steps } of profiles) {
      if (only !== undefined && !only.includes(name)) continue;
      await expectNoDifference({ pairs, tally, seed, runs }, steps(stepsMax));
    }
  } finally {
    await pairs.close();
  }
  return tally;
}
