import { handleVoteResponse } from './election.ts';
import { proposalDroppedError, type RaftError } from './errors.ts';
import { handleAppend, handleSnapshot } from './follower_append.ts';
import { handleHeartbeat } from './heartbeat.ts';
import { logLine } from './log_lines.ts';
import { MessageType, type Message } from './message.ts';
import { hex, type Raft } from './raft.ts';
import type { Candidate } from './role.ts';
import { becomeFollower } from './transition.ts';

/** Candidates and pre-candidates differ only in which answers they count. */
export function stepCandidate(raft: Raft, candidate: Candidate, message: Message): RaftError | null {
  switch (message.type) {
    case MessageType.voteResp:
    case MessageType.preVoteResp:
      handleVoteResponse(raft, candidate, message);
      return null;
    // Somebody has won this term's election.
    case MessageType.app:
      becomeFollower(raft, message.term, message.from);
      handleAppend(raft, message);
      return null;
    case MessageType.heartbeat:
      becomeFollower(raft, message.term, message.from);
      handleHeartbeat(raft, message);
      return null;
    case MessageType.snap:
      becomeFollower(raft, message.term, message.from);
      handleSnapshot(raft, message);
      return null;
    case MessageType.prop:
      logLine(raft, 'info', `no leader at term ${raft.term}; dropping proposal`);
      return proposalDroppedError;
    case MessageType.timeoutNow: {
      const state = candidate.kind === 'candidate' ? 'StateCandidate' : 'StatePreCandidate';
      const what = `ignored MsgTimeoutNow from ${hex(message.from)}`;
      logLine(raft, 'debug', `[term ${raft.term} state ${state}] ${what}`);
      return null;
    }
    default:
      return null;
  }
}
