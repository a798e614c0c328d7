import { compareNumbers } from '../../base/bytes.ts';
import type { NodeId } from '../../base/ids.ts';
import { majorityCommittedIndex, majorityVoteResult, type MatchIndexes } from './majority.ts';
import type { VoteResult } from './vote_result.ts';

/**
 * Two majorities that must both agree (Raft paper, section 6). Outside of a configuration change `outgoing`
 * is empty, agrees to everything, and the incoming voters decide alone.
 */
export interface JointVoters {
  readonly voters: readonly NodeId[];
  readonly outgoing: readonly NodeId[];
}

export function jointCommittedIndex(joint: JointVoters, acked: MatchIndexes): number {
  const incoming = majorityCommittedIndex(joint.voters, acked);
  const outgoing = majorityCommittedIndex(joint.outgoing, acked);
  return incoming < outgoing ? incoming : outgoing;
}

/** Lost as soon as one half has lost, won when both have won. */
export function jointVoteResult(joint: JointVoters, votes: ReadonlyMap<NodeId, boolean>): VoteResult {
  const incoming = majorityVoteResult(joint.voters, votes);
  const outgoing = majorityVoteResult(joint.outgoing, votes);
  if (incoming === outgoing) return incoming;
  return incoming === 'lost' || outgoing === 'lost' ? 'lost' : 'pending';
}

/** Everybody who votes, each once, ascending. */
export function jointIds(joint: JointVoters): readonly NodeId[] {
  if (joint.outgoing.length === 0) return joint.voters;
  return [...new Set([...joint.voters, ...joint.outgoing])].sort(compareNumbers);
}

export function isVoter(joint: JointVoters, id: NodeId): boolean {
  return joint.voters.includes(id) || joint.outgoing.includes(id);
}
