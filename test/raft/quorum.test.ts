import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../core/base/ids.ts';
import { jointCommittedIndex, jointIds, jointVoteResult } from '../../core/raft/quorum/joint.ts';
import { majorityCommittedIndex, majorityVoteResult } from '../../core/raft/quorum/majority.ts';
import type { VoteResult } from '../../core/raft/quorum/vote_result.ts';

const ids = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 7 }) as fc.Arbitrary<NodeId[]>;
const idTexts = fc.integer({ min: 1, max: 9 }).map(String);
const acked = fc.dictionary(idTexts, fc.nat({ max: 12 }));
const votesCast = fc.dictionary(idTexts, fc.boolean());

function mapOf<T>(record: Readonly<Record<string, T>>): Map<NodeId, T> {
  return new Map(Object.entries(record).map(([id, value]) => [Number(id) as NodeId, value]));
}

function matches(record: Readonly<Record<string, number>>): Map<NodeId, { match: number }> {
  return new Map([...mapOf(record)].map(([id, match]) => [id, { match }]));
}

/** By the definition: the largest index that more than half have. */
function naiveCommitted(voters: readonly NodeId[], indexes: ReadonlyMap<NodeId, { match: number }>): number {
  if (voters.length === 0) return Infinity;
  for (let index = 20; index > 0; index--) {
    const having = voters.filter((id) => (indexes.get(id)?.match ?? 0) >= index);
    if (having.length * 2 > voters.length) return index;
  }
  return 0;
}

/** By trying: decided if all ways to cast the missing votes end alike. */
function naiveVote(voters: readonly NodeId[], votes: ReadonlyMap<NodeId, boolean>): VoteResult {
  if (voters.length === 0) return 'won';
  const missing = voters.filter((id) => !votes.has(id));
  const results = new Set<boolean>();
  for (let cast = 0; cast < 2 ** missing.length; cast++) {
    const yes = voters.filter((id) => votes.get(id) ?? ((cast >> missing.indexOf(id)) & 1) === 1);
    results.add(yes.length * 2 > voters.length);
  }
  if (results.size === 2) return 'pending';
  return results.has(true) ? 'won' : 'lost';
}

describe('a quorum', () => {
  it('commits what a majority has', () => {
    fc.assert(
      fc.property(ids, acked, (voters, record) => {
        const indexes = matches(record);
        expect(majorityCommittedIndex(voters, indexes)).toBe(naiveCommitted(voters, indexes));
      }),
    );
  });

  it('decides a vote as soon as the missing voices can change nothing', () => {
    fc.assert(
      fc.property(ids, votesCast, (voters, record) => {
        const votes = mapOf(record);
        expect(majorityVoteResult(voters, votes)).toBe(naiveVote(voters, votes));
      }),
    );
  });

  it('needs both halves when it is joint', () => {
    fc.assert(
      fc.property(ids, ids, acked, votesCast, (voters, outgoing, indexRecord, voteRecord) => {
        const joint = { voters, outgoing };
        const indexes = matches(indexRecord);
        const both = [naiveCommitted(voters, indexes), naiveCommitted(outgoing, indexes)];
        expect(jointCommittedIndex(joint, indexes)).toBe(Math.min(...both));
        const votes = mapOf(voteRecord);
        const results = [naiveVote(voters, votes), naiveVote(outgoing, votes)];
        const isWon = results.every((result) => result === 'won');
        const expected = results.includes('lost') ? 'lost' : isWon ? 'won' : 'pending';
        expect(jointVoteResult(joint, votes)).toBe(expected);
        expect(jointVoteResult({ voters: outgoing, outgoing: voters }, votes)).toBe(expected);
      }),
    );
  });

  it('lists the voters of both halves once, ascending', () => {
    fc.assert(
      fc.property(ids, ids, (voters, outgoing) => {
        const sorted = [...voters].sort((a, b) => a - b);
        const all = jointIds({ voters: sorted, outgoing });
        expect([...all]).toEqual([...new Set([...voters, ...outgoing])].sort((a, b) => a - b));
      }),
    );
  });
});
