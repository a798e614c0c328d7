import { describe, expect, it } from 'vitest';
import { Invariants } from '../../sim/checkers/invariants.ts';

const none = (): number => -1;

function invariants(): Invariants {
  return new Invariants(3, (member) => `n${member}`);
}

function found(of: Invariants): string[] {
  return of.violations.map(({ invariant, sentence }) => `${invariant}: ${sentence}`);
}

describe('one leader per term', () => {
  it('is broken by a second leader of a term, not by a new term or by the same leader again', () => {
    const checks = invariants();
    checks.onLeader(1, 2, none);
    checks.onLeader(2, 3, none);
    checks.onLeader(2, 3, none);
    expect(found(checks)).toEqual([]);
    checks.onLeader(3, 3, none);
    expect(found(checks)).toEqual(['electionSafety: n2 and n3 both led term 3']);
  });
});

describe('log matching', () => {
  it('is broken by one (index, term) with two contents', () => {
    const checks = invariants();
    checks.onAppend(1, 5, 2, 1, 0xaaaa);
    checks.onAppend(2, 5, 3, 1, 0xbbbb);
    checks.onAppend(3, 5, 2, 1, 0xaaaa);
    expect(found(checks)).toEqual([]);
    checks.onAppend(2, 5, 2, 1, 0xcccc);
    expect(found(checks)).toEqual(['logMatching: n1 and n2 hold entry 5 of term 2 with different data']);
  });

  it('is broken by equal entries behind different ones', () => {
    const checks = invariants();
    checks.onAppend(1, 5, 3, 1, 7);
    checks.onAppend(2, 5, 3, 2, 7);
    expect(found(checks)).toEqual([
      'logMatching: n1 and n2 hold entry 5 of term 3 with different entries before them',
    ]);
  });
});

describe('leader completeness', () => {
  it('is broken by a later leader without a committed entry', () => {
    const checks = invariants();
    checks.onCommit(2, 7, 2);
    checks.onLeader(2, 3, (index) => (index === 7 ? 2 : -1));
    expect(found(checks)).toEqual([]);
    checks.onLeader(3, 4, none);
    expect(found(checks)).toEqual([
      'leaderCompleteness: n3 leads term 4, but its log does not have it: entry 7 of term 2 was committed in term 2',
    ]);
  });

  it('asks nothing of a late winner of an older term', () => {
    const checks = invariants();
    checks.onCommit(5, 7, 5);
    checks.onLeader(3, 4, none);
    expect(found(checks)).toEqual([]);
  });
});

describe('state machine safety', () => {
  it('is broken by another entry at an index, and by another state after the same entry', () => {
    const checks = invariants();
    checks.onApply(1, 1, 11, 100);
    checks.onApply(2, 1, 11, 100);
    expect(found(checks)).toEqual([]);
    checks.onApply(3, 1, 12, 100);
    checks.onApply(3, 1, 11, 101);
    expect(found(checks)).toEqual([
      'stateMachineSafety: n3 applied another entry at index 1 than the first',
      'stateMachineSafety: n3 has another state after applying entry 1 than the first that applied it',
    ]);
  });
});

describe('promises outlive a crash', () => {
  it('is broken by a lost acknowledged entry', () => {
    const checks = invariants();
    checks.onPromisedAppend(1, 4, 2);
    checks.onRecovered(1, 2, 0, (index) => (index === 4 ? 2 : -1));
    expect(found(checks)).toEqual([]);
    checks.onRecovered(1, 2, 0, none);
    expect(found(checks)).toEqual([
      'durablePromise: n1 acknowledged entry 4 of term 2; after its restart its disk does not have it',
    ]);
  });

  it('is void for a suffix that a new leader had replaced', () => {
    const checks = invariants();
    checks.onPromisedAppend(1, 4, 2);
    checks.onAppend(1, 3, 3, 1, 0);
    checks.onRecovered(1, 3, 0, (index) => [0, 1, 1, 3][index] ?? -1);
    expect(found(checks)).toEqual([]);
  });

  it('is broken by a forgotten or changed vote', () => {
    const checks = invariants();
    checks.onPromisedVote(2, 5, 3);
    checks.onRecovered(2, 5, 3, none);
    checks.onRecovered(2, 6, 0, none);
    expect(found(checks)).toEqual([]);
    checks.onRecovered(2, 5, 1, none);
    expect(found(checks)[0]).toContain(
      'n2 voted for n3 in term 5; after its restart its disk says term 5, vote n1',
    );
    checks.onPromisedVote(2, 7, 3);
    checks.onRecovered(2, 4, 0, none);
    expect(found(checks)[1]).toContain('its disk says term 4, vote none');
  });
});

describe('no acknowledged write lost', () => {
  it('is broken by a later leader without the write', () => {
    const checks = invariants();
    checks.onAcked(2, 9, 2);
    checks.onLeader(3, 3, (index) => (index === 9 ? 1 : -1));
    expect(found(checks)).toEqual([
      'ackedWrites: n3 leads term 3, but its log has an entry of term 1 there: entry 9 of term 2 was acknowledged to a client in term 2',
    ]);
  });
});

describe('the state after a restart', () => {
  it('is the one that was applied, neither behind what was there nor ahead of the log', () => {
    const checks = invariants();
    checks.onApply(1, 4, 11, 100);
    checks.onRecoveredState(2, 4, 6, 100);
    checks.onRecoveredState(2, 4, 6, 100);
    expect(found(checks)).toEqual([]);
    checks.onRecoveredState(2, 4, 6, 101);
    checks.onRecoveredState(2, 3, 6, 100);
    checks.onRecoveredState(3, 7, 6, 100);
    expect(found(checks)).toEqual([
      'stateMachineSafety: n2 has another state at entry 4 after its restart than the first that applied it',
      "durablePromise: n2's backend held entry 4 after an earlier start, and now only 3",
      "durablePromise: n3's backend holds entry 7, but its log ends at 6",
    ]);
  });
});
