/** Leadership transfer (Raft thesis 3.10): bring the target up to date, then let it campaign at once. */
import { noNode, type NodeId } from '../base/ids.ts';
import { lastIndex } from './log/raft_log.ts';
import { logLine } from './log_lines.ts';
import type { Progress } from './progress.ts';
import { hex, type Raft } from './raft.ts';
import { sendAppend } from './replication.ts';
import type { Leader } from './role.ts';
import { sendTimeoutNow } from './transfer_send.ts';

/**
 * A newer target replaces an older one. The transfer must end within an election timeout, or it is given up.
 */
export function handleTransfer(raft: Raft, leader: Leader, target: Progress): void {
  const term = `[term ${raft.term}]`;
  if (target.isLearner) {
    logLine(raft, 'debug', 'is learner. Ignored transferring leadership');
    return;
  }
  const previous = leader.transferee;
  const to = hex(target.id);
  if (previous === target.id) {
    const what = `transfer leadership to ${to} is in progress, ignores request to same node ${to}`;
    logLine(raft, 'info', `${term} ${what}`);
    return;
  }
  if (previous !== noNode) {
    leader.transferee = noNode;
    logLine(raft, 'info', `${term} abort previous transferring leadership to ${hex(previous)}`);
  }
  if (target.id === raft.id) {
    logLine(raft, 'debug', 'is already leader. Ignored transferring leadership to self');
    return;
  }
  logLine(raft, 'info', `${term} starts to transfer leadership to ${to}`);
  raft.electionElapsed = 0;
  leader.transferee = target.id;
  if (target.match === lastIndex(raft.raftLog)) {
    sendTimeoutNow(raft, target.id);
    const what = `sends MsgTimeoutNow to ${to} immediately as ${to} already has up-to-date log`;
    logLine(raft, 'info', what);
  } else {
    sendAppend(raft, target);
  }
}

/** Proposals are accepted again. */
export function abortTransferUnless(leader: Leader, isStillVoter: (id: NodeId) => boolean): void {
  if (leader.transferee !== noNode && !isStillVoter(leader.transferee)) leader.transferee = noNode;
}
