import { fromText } from '../base/bytes.ts';
import type { NodeId } from '../base/ids.ts';
import { makeEntry, EntryType, type Entry } from './entry.ts';
import { lastIndex, lastTerm, type RaftLog } from './log/raft_log.ts';
import { isEntries, readEntries } from './log/read.ts';
import { logLine, logRole, logTally, logVoteReceived, logVoteRequest } from './log_lines.ts';
import { MessageType, type VoteRespMessage } from './message.ts';
import { makeVote, makeVoteResp } from './message_make.ts';
import { appendAsLeader } from './proposal.ts';
import { jointIds, jointVoteResult } from './quorum/joint.ts';
import { isPromotable, type Raft } from './raft.ts';
import { broadcastAppend } from './replication.ts';
import type { Candidate } from './role.ts';
import { send, sendAfterAppend } from './send.ts';
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate } from './transition.ts';
import { assert } from '../base/assert.ts';
import { noNode } from '../base/ids.ts';

/**
 * In the context of a vote request: the leader itself wants this election, so voters need not protect its
 * lease.
 */
export const campaignTransfer = fromText('CampaignTransfer');

/** 'transfer' skips the pre-vote: the leader asked for it, so nobody is being disturbed. */
export type CampaignKind = 'preElection' | 'election' | 'transfer';

/** The election timeout passed, or somebody asked for a campaign. */
export function startCampaign(raft: Raft, kind: CampaignKind): void {
  if (raft.role.kind === 'leader') {
    logLine(raft, 'debug', 'ignoring MsgHup because already leader');
    return;
  }
  if (!isPromotable(raft)) {
    logLine(raft, 'warning', 'is unpromotable and can not campaign');
    return;
  }
  if (hasUnappliedConfChange(raft.raftLog)) {
    const reason = 'since there are still pending configuration changes to apply';
    logLine(raft, 'warning', `cannot campaign at term ${raft.term} ${reason}`);
    return;
  }
  logLine(raft, 'info', `is starting a new election at term ${raft.term}`);
  campaign(raft, kind);
}

/**
 * A committed conf change decides whose votes count: campaigning by an older configuration would be unsafe.
 */
function hasUnappliedConfChange(log: RaftLog): boolean {
  const end = log.committed + 1;
  for (let low = log.applied + 1; low < end;) {
    const page = readEntries(log, low, end, log.applyingBytesMax);
    assert(isEntries(page), 'unapplied entries are never compacted');
    if (page.some((entry) => entry.type !== EntryType.normal)) return true;
    low += page.length;
  }
  return false;
}

function campaign(raft: Raft, kind: CampaignKind): void {
  const isPreVote = kind === 'preElection';
  if (isPreVote) becomePreCandidate(raft);
  else becomeCandidate(raft);
  const type = isPreVote ? MessageType.preVote : MessageType.vote;
  const responseType = isPreVote ? MessageType.preVoteResp : MessageType.voteResp;
  // A pre-vote asks about the term that the campaign would have.
  const term = isPreVote ? raft.term + 1 : raft.term;
  const context = kind === 'transfer' ? campaignTransfer : undefined;
  for (const id of jointIds(raft.config)) {
    if (id === raft.id) {
      // The own vote counts when it is on disk, and arrives like all others.
      sendAfterAppend(raft, makeVoteResp(responseType, id, id, term, false));
      continue;
    }
    logVoteRequest(raft, type, id);
    const { raftLog } = raft;
    send(raft, makeVote(type, id, raft.id, term, lastTerm(raftLog), lastIndex(raftLog), context));
  }
}

/** Counts an answer of the own campaign; those to an earlier pre-campaign of the same term don't count. */
export function handleVoteResponse(raft: Raft, candidate: Candidate, message: VoteRespMessage): void {
  const isPreVote = candidate.kind === 'preCandidate';
  if (message.type !== (isPreVote ? MessageType.preVoteResp : MessageType.voteResp)) return;
  const { votes } = candidate;
  logVoteReceived(raft, message.type, message.from, !message.reject);
  if (!votes.has(message.from)) votes.set(message.from, !message.reject);
  const { granted, rejected } = tally(raft, votes);
  logTally(raft, message.type, granted, rejected);
  const result = jointVoteResult(raft.config, votes);
  if (result === 'won') {
    if (isPreVote) campaign(raft, 'election');
    else lead(raft);
  } else if (result === 'lost') {
    // A rejected pre-vote may carry a future term; this node's own stays.
    becomeFollower(raft, raft.term, noNode);
  }
}

/** Votes of members that are no learners, for people to read; the result comes from the quorum. */
function tally(
  raft: Raft,
  votes: ReadonlyMap<NodeId, boolean>,
): { readonly granted: number; readonly rejected: number } {
  let granted = 0;
  let rejected = 0;
  for (const { id, isLearner } of raft.progress.values()) {
    const vote = votes.get(id);
    if (isLearner || vote === undefined) continue;
    if (vote) granted++;
    else rejected++;
  }
  return { granted, rejected };
}

const openingEntries: readonly Entry[] = [makeEntry(0, 0)];

/** Opens the term with an empty entry: committing it commits everything before it (Raft paper, section 8). */
function lead(raft: Raft): void {
  const leader = becomeLeader(raft);
  const appended = appendAsLeader(raft, leader, openingEntries);
  assert(appended, 'an empty entry is never refused');
  logRole(raft, 'leader');
  broadcastAppend(raft);
}
