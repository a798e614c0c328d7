import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crashEveryMemberAt, crashPlans } from './crash_anywhere.ts';

const numRuns = Number(process.env['DETCD_RUNS'] ?? 60);

describe('killing every member at any event', () => {
  it('and restarting loses no acknowledged write, as long as fsync is honest', () => {
    fc.assert(
      fc.property(crashPlans, (plan) => {
        expect(crashEveryMemberAt(plan)).toEqual([]);
      }),
      { numRuns },
    );
  });
});
