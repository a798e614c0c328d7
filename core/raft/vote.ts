/** The voter's side of elections. */
import { isUpToDate } from './log/raft_log.ts';
import { logVoteDecision } from './log_lines.ts';
import { MessageType, type VoteMessage } from './message.ts';
import { makeVoteResp } from './message_make.ts';
import { leaderOf, type Raft } from './raft.ts';
import { campaignTransfer } from './election.ts';
import { sendAfterAppend } from './send.ts';
import { noNode } from '../base/ids.ts';

function responseType(message: VoteMessage): typeof MessageType.voteResp | typeof MessageType.preVoteResp {
  return message.type === MessageType.vote ? MessageType.voteResp : MessageType.preVoteResp;
}

/**
 * While its leader is alive a member neither votes nor raises its term, so that a node that comes back from a
 * partition or was removed can't depose it (Raft thesis 4.2.3). True if the request is ignored for that.
 */
export function isProtectedByLease(raft: Raft, message: VoteMessage): boolean {
  const { checkQuorum, electionTicks } = raft.settings;
  if (!checkQuorum || message.context === campaignTransfer) return false;
  const remaining = electionTicks - raft.electionElapsed;
  if (leaderOf(raft) === noNode || remaining <= 0) return false;
  logVoteDecision(raft, message, 'ignored', `: lease is not expired (remaining ticks: ${remaining})`);
  return true;
}

/**
 * A vote request of the own term, or a pre-vote of a later one. Learners vote, too: whoever asks may know of
 * a promotion that this node has not heard of.
 */
export function handleVoteRequest(raft: Raft, message: VoteMessage): void {
  const { from, term, logTerm, index } = message;
  const isPreVote = message.type === MessageType.preVote;
  const mayVote =
    raft.vote === from ||
    (raft.vote === noNode && leaderOf(raft) === noNode) ||
    (isPreVote && term > raft.term);
  const abstains = raft.isLearner && raft.settings.bugs.has('learner-refuses-vote');
  if (abstains || !mayVote || !isUpToDate(raft.raftLog, logTerm, index)) {
    refuseVote(raft, message);
    return;
  }
  logVoteDecision(raft, message, 'cast');
  // The term of the request: a pre-candidate that lags behind would drop an answer with any other.
  sendAfterAppend(raft, makeVoteResp(responseType(message), from, raft.id, term, false));
  if (isPreVote) return;
  raft.electionElapsed = 0;
  raft.vote = from;
}

/** The answer carries the own term, from which a candidate that lags behind learns it. */
export function refuseVote(raft: Raft, message: VoteMessage): void {
  logVoteDecision(raft, message, 'rejected');
  sendAfterAppend(raft, makeVoteResp(responseType(message), message.from, raft.id, raft.term, true));
}
