import { assert } from '../base/assert.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import type { RaftError } from './errors.ts';
import { broadcastHeartbeat } from './heartbeat.ts';
import { handleHeartbeatResponse } from './heartbeat_response.ts';
import { logLine } from './log_lines.ts';
import { MessageType, type Message } from './message.ts';
import type { Progress } from './progress.ts';
import { proposeAsLeader } from './proposal.ts';
import { jointVoteResult } from './quorum/joint.ts';
import { hex, type Raft } from './raft.ts';
import { requestRead } from './read_index.ts';
import { handleAppendResponse, handleUnreachable } from './replication.ts';
import type { Leader } from './role.ts';
import { handleSnapshotStatus } from './snapshot_send.ts';
import { handleTransfer } from './transfer.ts';
import { becomeFollower } from './transition.ts';

export function stepLeader(raft: Raft, leader: Leader, message: Message): RaftError | null {
  switch (message.type) {
    case MessageType.beat:
      broadcastHeartbeat(raft, leader);
      return null;
    case MessageType.checkQuorum:
      checkQuorum(raft);
      return null;
    case MessageType.prop:
      assert(message.entries.length > 0, 'a proposal has entries');
      return proposeAsLeader(raft, leader, message.entries);
    case MessageType.readIndex:
      requestRead(raft, leader, { from: message.from, context: message.context });
      return null;
    case MessageType.forgetLeader:
      return null;
    default:
      stepFromMember(raft, leader, message);
      return null;
  }
}

/** Messages about one member; they mean nothing if it is not in the configuration. */
function stepFromMember(raft: Raft, leader: Leader, message: Message): void {
  const progress = raft.progress.get(message.from);
  if (progress === undefined) {
    logLine(raft, 'debug', `no progress available for ${hex(message.from)}`);
    return;
  }
  switch (message.type) {
    case MessageType.appResp:
      handleAppendResponse(raft, leader, progress, message);
      break;
    case MessageType.heartbeatResp:
      handleHeartbeatResponse(raft, leader, progress, message);
      break;
    case MessageType.snapStatus:
      handleSnapshotStatus(raft, progress, message.reject);
      break;
    case MessageType.unreachable:
      handleUnreachable(raft, progress);
      break;
    case MessageType.transferLeader:
      handleTransfer(raft, leader, progress);
      break;
    default:
      break;
  }
}

/**
 * A leader without a quorum might be on the wrong side of a partition: it makes room, and clients stop
 * waiting for it.
 */
export function checkQuorum(raft: Raft): void {
  if (!isQuorumActive(raft.config, raft.progress.values())) {
    logLine(raft, 'warning', 'stepped down to follower since quorum is not active');
    becomeFollower(raft, raft.term, noNode);
  }
  for (const progress of raft.progress.values()) {
    if (progress.id !== raft.id) progress.recentActive = false;
  }
}

function isQuorumActive(config: Raft['config'], members: Iterable<Progress>): boolean {
  const active = new Map<NodeId, boolean>();
  for (const { id, isLearner, recentActive } of members) if (!isLearner) active.set(id, recentActive);
  return jointVoteResult(config, active) === 'won';
}
