import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { crashEveryMemberAt, crashPlans } from '../cluster/crash_anywhere.ts';

it('2,000 times: killing every member at any event loses no acknowledged write', () => {
  fc.assert(
    fc.property(crashPlans, (plan) => {
      expect(crashEveryMemberAt(plan)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});
