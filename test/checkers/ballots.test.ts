import { describe, expect, it } from 'vitest';
import { Invariants } from '../../sim/checkers/invariants.ts';

function found(act: (checks: Invariants) => void): string[] {
  const checks = new Invariants(5, (member) => `n${member}`);
  act(checks);
  return checks.violations.map(({ invariant, sentence }) => `${invariant}: ${sentence}`);
}

const three = { voters: [1, 2, 3], outgoing: [] };
const five = { voters: [1, 2, 3, 4, 5], outgoing: [] };
const voter = (id: number) => ({ id, isLearner: false });

describe('elected by a quorum of the voters', () => {
  it('holds by the votes of a majority, the own one included', () => {
    const told = found((checks) => {
      checks.onPromisedVote(2, 4, 1);
      checks.ballots.onLeader(1, 4, three, three);
      checks.ballots.onLeader(1, 4, three, five);
      checks.ballots.onLeader(3, 5, { voters: [3], outgoing: [] }, { voters: [3], outgoing: [] });
    });
    expect(told).toEqual([]);
  });

  it.each([
    ['a vote of another term', 3, 1, three],
    ['a vote for somebody else', 4, 3, three],
    ["a learner's vote", 4, 1, { voters: [1, 3, 4], outgoing: [] }],
    ['a minority', 4, 1, five],
    ['one half of a joint configuration', 4, 1, { voters: [1, 2], outgoing: [1, 3, 4] }],
  ])('is broken by %s', (_what, term, candidate, voters) => {
    const told = found((checks) => {
      checks.onPromisedVote(2, term, candidate);
      checks.ballots.onLeader(1, 4, voters, voters);
    });
    expect(told.length).toBe(1);
    expect(told[0]).toContain('electedByVoters: n1 leads term 4 by the votes of n1');
  });
});

describe('one membership', () => {
  it('holds where all know the same after the same change, a learner that becomes a voter included', () => {
    const told = found(({ ballots }) => {
      for (const member of [1, 2]) {
        ballots.onMembers(member, [voter(1), voter(2)], 7);
        ballots.onMembers(member, [voter(2), voter(1), { id: 3, isLearner: true }], 8);
        ballots.onMembers(member, [voter(1), voter(2), voter(3)], 9);
        ballots.onMembers(member, [voter(2), voter(3)], 10);
      }
    });
    expect(told).toEqual([]);
  });

  it('is broken by two lists after one change, and by somebody who comes back', () => {
    const told = found(({ ballots }) => {
      ballots.onMembers(1, [voter(1), voter(2), voter(3)], 7);
      ballots.onMembers(2, [voter(1), voter(2), { id: 3, isLearner: true }], 7);
      ballots.onMembers(1, [voter(1), voter(2)], 8);
      ballots.onMembers(1, [voter(1), voter(2), voter(3)], 9);
    });
    expect(told).toEqual([
      'oneMembership: after the change at entry 7, n1 knows the members n1, n2, n3, and n2 n1, n2, n3 (learner)',
      'oneMembership: n3 was removed by entry 8 and is back after entry 9',
    ]);
  });
});
