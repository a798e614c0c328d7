import { emptyByteString, type ByteString } from '../base/bytes.ts';
import { commitTo } from './log/raft_log.ts';
import type { HeartbeatMessage } from './message.ts';
import { makeHeartbeat, makeHeartbeatResp } from './message_make.ts';
import type { Progress } from './progress.ts';
import type { Raft } from './raft.ts';
import type { Leader } from './role.ts';
import { send } from './send.ts';

/** Never tells a follower to commit what it may not have: its log is only known to match up to `match`. */
function sendHeartbeat(raft: Raft, progress: Progress, context: ByteString): void {
  const { committed } = raft.raftLog;
  const isClipped = !raft.settings.bugs.has('heartbeat-commit-unclipped');
  const commit = isClipped ? Math.min(progress.match, committed) : committed;
  send(raft, makeHeartbeat(progress.id, raft.id, raft.term, commit, context));
  progress.sentCommit = commit;
}

/** The context names the newest pending read: an answer to it answers all older ones. */
export function broadcastHeartbeat(raft: Raft, leader: Leader): void {
  const context = leader.reads.at(-1)?.heartbeatContext ?? emptyByteString;
  for (const progress of raft.progress.values()) {
    if (progress.id !== raft.id) sendHeartbeat(raft, progress, context);
  }
}

export function handleHeartbeat(raft: Raft, message: HeartbeatMessage): void {
  commitTo(raft.raftLog, message.commit);
  send(raft, makeHeartbeatResp(message.from, raft.id, raft.term, message.context));
}
