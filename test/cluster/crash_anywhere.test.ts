import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../runs.ts';
import { crashEveryMemberAt, crashPlans } from './crash_anywhere.ts';

describe('killing every member at any event', () => {
  it('and restarting loses no acknowledged write, as long as fsync is honest', () => {
    fc.assert(
      fc.property(crashPlans, (plan) => {
        expect(crashEveryMemberAt(plan)).toEqual([]);
      }),
      { numRuns: runs(15, 1200) },
    );
  });
});
