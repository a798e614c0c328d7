import { lastIndex } from './log/raft_log.ts';
import type { HeartbeatRespMessage } from './message.ts';
import type { Progress } from './progress.ts';
import type { Raft } from './raft.ts';
import { acknowledgeRead } from './read_index.ts';
import { sendAppend } from './replication.ts';
import type { Leader } from './role.ts';

/**
 * The follower is alive: a paused one gets an append, even an empty one, so that it recovers when all appends
 * that filled its window were lost, or returns from probing when it has everything.
 */
export function handleHeartbeatResponse(
  raft: Raft,
  leader: Leader,
  progress: Progress,
  message: HeartbeatRespMessage,
): void {
  progress.recentActive = true;
  progress.flowPaused = false;
  if (progress.match < lastIndex(raft.raftLog) || progress.state === 'probe') sendAppend(raft, progress);
  if (message.context.length > 0) acknowledgeRead(raft, leader, message.from, message.context);
}
