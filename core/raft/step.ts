import { noNode } from '../base/ids.ts';
import { handleApplied, handleStored, handleStoredInEarlierTerm } from './apply.ts';
import { stepCandidate } from './candidate.ts';
import { startCampaign } from './election.ts';
import type { RaftError } from './errors.ts';
import { stepFollower } from './follower.ts';
import { stepLeader } from './leader.ts';
import { logHigherTerm, logLowerTerm } from './log_lines.ts';
import { MessageType, type Message } from './message.ts';
import { makeAppResp } from './message_make.ts';
import type { Raft } from './raft.ts';
import { sendAfterAppend } from './send.ts';
import { becomeFollower } from './transition.ts';
import { handleVoteRequest, isProtectedByLease, refuseVote } from './vote.ts';

/** Takes one message in. What follows from it stands in the node's state and outgoing messages. */
export function step(raft: Raft, message: Message): RaftError | null {
  const { term } = message;
  // Messages of term 0 are local, or proposals and reads that belong to no term.
  if (term > raft.term) {
    if (!enterHigherTerm(raft, message)) return null;
  } else if (term < raft.term && term !== 0) {
    stepLowerTerm(raft, message);
    return null;
  }
  switch (message.type) {
    case MessageType.hup:
      startCampaign(raft, raft.settings.preVote ? 'preElection' : 'election');
      return null;
    case MessageType.vote:
    case MessageType.preVote:
      handleVoteRequest(raft, message);
      return null;
    case MessageType.storageAppendResp:
      handleStored(raft, message);
      return null;
    case MessageType.storageApplyResp:
      handleApplied(raft, message.entries);
      return null;
    default:
      return stepRole(raft, message);
  }
}

function stepRole(raft: Raft, message: Message): RaftError | null {
  const { role } = raft;
  if (role.kind === 'leader') return stepLeader(raft, role, message);
  if (role.kind === 'follower') return stepFollower(raft, role, message);
  return stepCandidate(raft, role, message);
}

/** A later term makes anybody a follower in it, pre-votes excepted. False if the message must be ignored. */
function enterHigherTerm(raft: Raft, message: Message): boolean {
  switch (message.type) {
    case MessageType.preVote:
      return !isProtectedByLease(raft, message);
    case MessageType.vote:
      if (isProtectedByLease(raft, message)) return false;
      break;
    case MessageType.preVoteResp:
      // Granted for a term that nobody has yet. A refusal carries a term that somebody really has.
      if (!message.reject) return true;
      break;
    default:
      break;
  }
  logHigherTerm(raft, message);
  const { type } = message;
  const isFromLeader =
    type === MessageType.app || type === MessageType.heartbeat || type === MessageType.snap;
  becomeFollower(raft, message.term, isFromLeader ? message.from : noNode);
  return true;
}

/**
 * Mostly ignored, but a node that is stuck must learn the term of the others. With check-quorum or pre-vote a
 * returning node's higher term deposes nobody, so it answers a lower leader to make it step down; and it
 * refuses lower pre-votes instead of staying silent, or two nodes could wait for each other forever.
 */
function stepLowerTerm(raft: Raft, message: Message): void {
  const { type, from } = message;
  const { checkQuorum, preVote, bugs } = raft.settings;
  if ((type === MessageType.heartbeat || type === MessageType.app) && (checkQuorum || preVote)) {
    if (!bugs.has('silent-to-lower-leader')) {
      sendAfterAppend(raft, makeAppResp(from, raft.id, raft.term, 0));
    }
  } else if (type === MessageType.preVote && !bugs.has('silent-to-lower-prevote')) {
    refuseVote(raft, message);
  } else if (type === MessageType.storageAppendResp) {
    handleStoredInEarlierTerm(raft, message);
  } else {
    logLowerTerm(raft, message);
  }
}
