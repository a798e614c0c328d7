import { describe, expect, it } from 'vitest';
import type { RunRequest } from '../../sim/run.ts';
import { caseOf } from '../../sim/shrink/case.ts';
import { type RunsAtOnce, foundIn, runCandidate } from '../../sim/shrink/search.ts';
import { shrink } from '../../sim/shrink/shrink.ts';
import { runScenario } from '../../sim/run.ts';
import { red } from './tiny.ts';

const base: RunRequest = { scenario: red, seed: '1' };

/** Runs all of a window, as threads do, the last first: who is ready first must not count. */
function backwards(width: number, windows: number[] = []): RunsAtOnce {
  const recorded = { ...base, interventions: runScenario(base).info.interventions };
  return {
    width,
    first(candidates, target) {
      windows.push(candidates.length);
      const files = candidates.map(() => null) as (ReturnType<typeof runCandidate> | null)[];
      for (let i = candidates.length - 1; i >= 0; i--) {
        const candidate = candidates[i];
        if (candidate !== undefined) files[i] = runCandidate(recorded, candidate);
      }
      const position = files.findIndex((file) => file !== null && foundIn(file.info, target) !== undefined);
      const file = files[position];
      return file === undefined || file === null ? null : { position, file };
    },
  };
}

describe('candidates that are tried side by side', () => {
  const alone = shrink(base, { goOn: () => true });

  it('come to the same run as one after the other, with the same count of tries', () => {
    expect(alone.after.clients).toBe(1);
    for (const width of [2, 5]) {
      const windows: number[] = [];
      const together = shrink(base, { goOn: () => true, atOnce: backwards(width, windows) });
      expect(together.file.info.digest).toBe(alone.file.info.digest);
      expect(together.after).toEqual(alone.after);
      expect([together.tried, together.accepted]).toEqual([alone.tried, alone.accepted]);
      // They were tried side by side indeed.
      expect(Math.max(...windows)).toBe(width);
    }
  });

  it('are a case of the run that was there', () => {
    expect(caseOf(alone.file.info)).toEqual(alone.after);
  });
});
