import { beforeEach, describe, expect, it } from 'vitest';
import { Invariants } from '../../sim/checkers/invariants.ts';

const nameOf = (member: number): string => `n${member}`;
const voter = (id: number) => ({ id, isLearner: false });
const learner = (id: number) => ({ id, isLearner: true });

let checks: Invariants;
beforeEach(() => {
  checks = new Invariants(4, nameOf);
});

function told(): string[] {
  return checks.violations.map(({ sentence }) => sentence);
}

describe('who stops by itself', () => {
  it('needs a reason in its disk', () => {
    checks.standing.onStopped(1, 'sync failed', 1);
    expect(told()).toEqual([]);
    checks.standing.onStopped(2, 'no log', 0);
    expect(told()).toEqual(["n2 can't go on, though its disk did nothing wrong: no log"]);
    expect(checks.violations[0]?.invariant).toBe('goodDisk');
  });

  it('is counted against those that started', () => {
    checks.standing.onStarted();
    checks.standing.onStopped(1, 'sync failed', 1);
    expect(checks.looked.goodDisk).toBe(2);
  });
});

describe('what members know of each other', () => {
  it('is what the first to apply the same change knew', () => {
    checks.standing.onMembers(1, 10, [voter(1), voter(2), learner(4)], true);
    checks.standing.onMembers(2, 10, [voter(1), voter(2), learner(4)], true);
    checks.standing.onMembers(1, 20, [voter(1), voter(2), voter(4)], true);
    expect(told()).toEqual([]);
    checks.standing.onMembers(2, 20, [voter(1), voter(2), learner(4)], true);
    expect(told()).toEqual([
      'as of entry 20 n2 knows the members n1, n2, n4 (learner); on n1 they were n1, n2, n4',
    ]);
  });

  it('is as old as the snapshot it comes from', () => {
    checks.standing.onMembers(1, 10, [voter(1), learner(4)], true);
    checks.standing.onMembers(1, 20, [voter(1), voter(4)], true);
    checks.standing.onMembers(1, 15, [voter(1), learner(4)], false);
    expect(told()).toEqual([]);
    checks.standing.onMembers(1, 25, [voter(1), learner(4)], false);
    expect(told()).toEqual(['as of entry 25 n1 knows the members n1, n4 (learner); before they were n1, n4']);
  });

  it('can be judged only behind a change that somebody was seen to apply', () => {
    checks.standing.onMembers(1, 15, [voter(1), voter(2)], false);
    expect(told()).toEqual([]);
    expect(checks.looked.oneMembership).toBe(0);
  });
});

describe('a log that a start finds', () => {
  it('must be one that was written, up to each of its entries', () => {
    checks.onAppend(1, 1, 1, 0, 11);
    checks.onAppend(1, 2, 1, 1, 12);
    checks.onAppend(2, 2, 2, 1, 22);
    checks.onAppend(2, 3, 2, 2, 23);
    checks.matchLogs(2, 2, 2, 1, 22);
    checks.matchLogs(2, 3, 2, 2, 23);
    expect(told()).toEqual([]);
    // Entry 2 of the older leader before an entry of the newer.
    checks.matchLogs(1, 3, 2, 1, 23);
    expect(told()).toEqual(['n2 and n1 hold entry 3 of term 2 with different entries before them']);
  });
});
