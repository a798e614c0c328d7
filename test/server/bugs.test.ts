import { expect, it } from 'vitest';
import { isBugId, noBugs, plantedBugs } from '../../core/bugs.ts';
import { memberDefaults } from '../../core/server/config.ts';

it('no planted bug is on unless somebody turns it on', () => {
  expect(noBugs.size).toBe(0);
  expect(memberDefaults.bugs).toBe(noBugs);
});

it('planted bugs are known by their ids only', () => {
  for (const { id } of plantedBugs) expect(isBugId(id)).toBe(true);
  expect(isBugId('toString')).toBe(false);
});
