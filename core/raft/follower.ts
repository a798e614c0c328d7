import { noNode } from '../base/ids.ts';
import { startCampaign } from './election.ts';
import { proposalDroppedError, type RaftError } from './errors.ts';
import { handleAppend, handleSnapshot } from './follower_append.ts';
import { handleHeartbeat } from './heartbeat.ts';
import { logLine } from './log_lines.ts';
import { MessageType, type Message, type PropMessage } from './message.ts';
import { makePlain, makeProp, makeReadIndex } from './message_make.ts';
import { hex, type Raft } from './raft.ts';
import type { Follower } from './role.ts';
import { send } from './send.ts';
import { followLeader } from './transition.ts';

export function stepFollower(raft: Raft, follower: Follower, message: Message): RaftError | null {
  switch (message.type) {
    case MessageType.app:
      followLeader(raft, message.from);
      handleAppend(raft, message);
      return null;
    case MessageType.heartbeat:
      followLeader(raft, message.from);
      handleHeartbeat(raft, message);
      return null;
    case MessageType.snap:
      followLeader(raft, message.from);
      handleSnapshot(raft, message);
      return null;
    case MessageType.prop:
      return forwardProposal(raft, follower, message);
    case MessageType.timeoutNow: {
      const from = `received MsgTimeoutNow from ${hex(message.from)}`;
      logLine(raft, 'info', `[term ${raft.term}] ${from} and starts an election to get leadership.`);
      startCampaign(raft, 'transfer');
      return null;
    }
    case MessageType.transferLeader:
      if (!hasLeader(raft, follower, 'dropping leader transfer msg')) return null;
      send(raft, makePlain(message.type, follower.leader, message.from, raft.term));
      return null;
    case MessageType.readIndex:
      if (!hasLeader(raft, follower, 'dropping index reading msg')) return null;
      send(raft, makeReadIndex(follower.leader, message.from || raft.id, message.context));
      return null;
    case MessageType.readIndexResp:
      raft.readStates.push({ index: message.index, context: message.context });
      return null;
    case MessageType.forgetLeader:
      forgetLeader(raft, follower);
      return null;
    default:
      return null;
  }
}

function hasLeader(raft: Raft, follower: Follower, consequence: string): boolean {
  if (follower.leader !== noNode) return true;
  logLine(raft, 'info', `no leader at term ${raft.term}; ${consequence}`);
  return false;
}

function forwardProposal(raft: Raft, follower: Follower, message: PropMessage): RaftError | null {
  if (!hasLeader(raft, follower, 'dropping proposal')) return proposalDroppedError;
  if (raft.settings.disableProposalForwarding) {
    const what = `not forwarding to leader ${hex(follower.leader)} at term ${raft.term}; dropping proposal`;
    logLine(raft, 'info', what);
    return proposalDroppedError;
  }
  send(raft, makeProp(follower.leader, message.from || raft.id, message.entries));
  return null;
}

/**
 * The application knows that the leader is gone: now the node may vote for another. With lease-based reads it
 * must not, because a vote could make a second leader within the first one's lease.
 */
function forgetLeader(raft: Raft, follower: Follower): void {
  if (raft.settings.readOnlyOption === 'leaseBased') {
    raft.settings.log.line('error', 'ignoring MsgForgetLeader due to ReadOnlyLeaseBased');
    return;
  }
  if (follower.leader === noNode) return;
  logLine(raft, 'info', `forgetting leader ${hex(follower.leader)} at term ${raft.term}`);
  raft.role = { kind: 'follower', leader: noNode };
}
