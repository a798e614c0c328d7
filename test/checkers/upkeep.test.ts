import { describe, expect, it } from 'vitest';
import {
  inflightMessagesMax,
  unappliedEntriesMax,
  watchChannelSlots,
  watchControlSlots,
} from '../../core/limits.ts';
import { Invariants } from '../../sim/checkers/invariants.ts';
import type { UpkeepGauges } from '../../sim/checkers/upkeep.ts';

const calm: UpkeepGauges = {
  inflightMessages: inflightMessagesMax,
  unappliedEntries: 2 * unappliedEntriesMax,
  watchAnswers: watchChannelSlots,
  watchControls: watchControlSlots,
  overdueNs: 0,
  appliedIndex: 10,
  consistentIndex: 0,
};

function found(act: (checks: Invariants) => void): string[] {
  const checks = new Invariants(3, (member) => `n${member}`);
  act(checks);
  return checks.violations.map(({ invariant, sentence }) => `${invariant}: ${sentence}`);
}

describe('queues stay bounded', () => {
  it('holds at the limits', () => {
    expect(found(({ upkeep }) => upkeep.onGauges(1, calm))).toEqual([]);
  });

  const over: readonly (readonly [keyof UpkeepGauges, number, string])[] = [
    [
      'inflightMessages',
      inflightMessagesMax + 1,
      'n1 has 513 appends to one follower without an answer; the limit is 512',
    ],
    [
      'unappliedEntries',
      2 * unappliedEntriesMax + 1,
      'n1 has 10001 committed entries that are not applied; the limit is 10000',
    ],
    [
      'watchAnswers',
      watchChannelSlots + 1,
      'n1 has 129 answers in the channel of a watch stream; the limit is 128',
    ],
    [
      'watchControls',
      watchControlSlots + 1,
      "n1 has 17 answers to a watch stream's requests; the limit is 16",
    ],
    ['overdueNs', 5_000_000, 'on n1 a proposal or read still waited 5 ms after its time was over'],
  ];

  for (const [queue, value, sentence] of over) {
    it(`is broken once while ${queue} is beyond its own`, () => {
      const told = found(({ upkeep }) => {
        upkeep.onGauges(1, { ...calm, [queue]: value });
        upkeep.onGauges(1, { ...calm, [queue]: value + 1 });
      });
      expect(told).toEqual([`boundedQueues: ${sentence}`]);
    });
  }
});

describe('consistent index', () => {
  it('may be ahead of the replay after a start, and grows with what is applied', () => {
    const told = found(({ upkeep }) => {
      upkeep.onRestored(1, 12);
      upkeep.onGauges(1, { ...calm, consistentIndex: 12, appliedIndex: 3 });
      upkeep.onGauges(1, { ...calm, consistentIndex: 13, appliedIndex: 13 });
    });
    expect(told).toEqual([]);
  });

  it('is broken by an index that goes back, or that is ahead of what was applied', () => {
    const told = found(({ upkeep }) => {
      upkeep.onGauges(1, { ...calm, consistentIndex: 9 });
      upkeep.onGauges(1, { ...calm, consistentIndex: 8 });
      upkeep.onGauges(1, { ...calm, consistentIndex: 11 });
    });
    expect(told).toEqual([
      "consistentIndex: n1's backend went back from entry 9 to 8",
      "consistentIndex: n1's backend says that it holds entry 11, but only 10 is applied",
    ]);
  });
});

describe('compaction removes nothing readable', () => {
  const at = (revision: number, hash: number, compactRevision = 5) => ({ revision, compactRevision, hash });

  it('holds where what is readable is the same before and after the removals', () => {
    const told = found(({ upkeep }) => {
      upkeep.onCompaction(1, false, [at(5, 1), at(9, 2)]);
      expect(upkeep.plannedRevisions(1)).toEqual([5, 9]);
      upkeep.onCompaction(1, true, [at(5, 1), at(9, 2)]);
      expect(upkeep.plannedRevisions(1)).toEqual([]);
    });
    expect(told).toEqual([]);
  });

  it('is broken where it is not, and where another member has kept something else', () => {
    const told = found(({ upkeep }) => {
      upkeep.onCompaction(1, false, [at(5, 1), at(9, 2)]);
      upkeep.onCompaction(1, true, [at(5, 3), at(9, 2)]);
      upkeep.onCompaction(2, false, [at(5, 1), at(9, 4)]);
    });
    expect(told).toEqual([
      'equalHashes: n1 gave two hashes of revision 5 after the compaction at 5: 1 and 3',
      'keptRevisions: after the removals of the compaction at revision 5, n1 reads something else at revision 5 than before',
      'equalHashes: n1 and n2 gave two hashes of revision 9 after the compaction at 5: 2 and 4',
    ]);
  });

  it('asks nothing of hashes after different compactions', () => {
    const told = found(({ upkeep }) => {
      upkeep.onHash(1, at(9, 1, 5));
      upkeep.onHash(2, at(9, 2, 6));
    });
    expect(told).toEqual([]);
  });
});
