import { expect, it } from 'vitest';
import { isThorough, runs } from '../runs.ts';
import { type Seen, searchCrashes } from './crash_search.ts';

const everyKind: readonly (keyof Seen)[] = [
  'fromSnapshot',
  'unackedKept',
  'tornTail',
  'fileWithoutRecord',
  'recordWithoutCompaction',
  'backendBehindLog',
  'logFilesGone',
];

it('a member has all that it acknowledged and nothing that nobody wrote, wherever it and its next start are crashed', () => {
  const size = { runs: runs(3, 12), stepsPerRun: 65, crashesPerRun: runs(11, 40), crashesPerStart: 1 };
  const seen = searchCrashes(size, 'crash');
  for (const kind of everyKind) expect.soft(seen[kind], kind).toBeGreaterThan(0);
  expect(seen.startsCrashed).toBeGreaterThan(80);
});

it.runIf(isThorough)('so it is at every single moment of a life, in every way the power can fail', () => {
  const size = { runs: 1, stepsPerRun: 60, crashesPerRun: Infinity, crashesPerStart: 2 };
  expect(searchCrashes(size, 'every moment').restarts).toBeGreaterThan(1000);
});
