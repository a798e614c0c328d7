import type { NodeId } from '../../base/ids.ts';
import type { VoteResult } from './vote_result.ts';

/** Whatever knows how far each voter has acknowledged the log: in raft, the progress map. */
export interface MatchIndexes {
  get(id: NodeId): { readonly match: number } | undefined;
}

// Scratch for the few indexes of one call; it holds nothing between calls.
const sorted: number[] = [];

/**
 * The largest index that a majority of the voters has acknowledged: the middle of the sorted indexes. A voter
 * that nothing is known of counts as 0. No voters commit everything (Infinity), so that an absent half of a
 * joint configuration never decides.
 */
export function majorityCommittedIndex(voters: readonly NodeId[], acked: MatchIndexes): number {
  const count = voters.length;
  if (count === 0) return Infinity;
  for (let i = 0; i < count; i++) {
    const match = acked.get(voters[i] as NodeId)?.match ?? 0;
    let at = i;
    while (at > 0 && (sorted[at - 1] as number) > match) {
      sorted[at] = sorted[at - 1] as number;
      at--;
    }
    sorted[at] = match;
  }
  return sorted[count - quorumOf(count)] as number;
}

/** How many of `count` voters make a majority. */
export function quorumOf(count: number): number {
  return Math.floor(count / 2) + 1;
}

/** No voters have won every vote, for the same reason. */
export function majorityVoteResult(
  voters: readonly NodeId[],
  votes: ReadonlyMap<NodeId, boolean>,
): VoteResult {
  if (voters.length === 0) return 'won';
  let granted = 0;
  let missing = 0;
  for (const id of voters) {
    const vote = votes.get(id);
    if (vote === undefined) missing++;
    else if (vote) granted++;
  }
  const quorum = quorumOf(voters.length);
  if (granted >= quorum) return 'won';
  return granted + missing >= quorum ? 'pending' : 'lost';
}
