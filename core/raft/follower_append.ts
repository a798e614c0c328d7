/** The follower's side of replication: appends and snapshots. */
import {
  findConflictByTerm,
  lastIndex,
  matchesTerm,
  maybeAppend,
  commitTo,
  restoreLog,
} from './log/raft_log.ts';
import { isEmptySnapshot, type ConfState, type Snapshot } from './entry.ts';
import { logLine, logNotInConfState, logRejectedAppend, logSnapshot } from './log_lines.ts';
import { restoreMembership } from './membership/restore.ts';
import type { AppMessage, SnapMessage } from './message.ts';
import { makeAppReject, makeAppResp } from './message_make.ts';
import { progressLimits, type Raft } from './raft.ts';
import { sendAfterAppend } from './send.ts';
import { switchMembership } from './switch_membership.ts';
import { becomeFollower } from './transition.ts';
import { noNode, type NodeId } from '../base/ids.ts';

export function handleAppend(raft: Raft, message: AppMessage): void {
  const { from, index, logTerm, entries, commit } = message;
  const log = raft.raftLog;
  if (index < log.committed) {
    // An old append: everything up to the commit index matches any leader's log.
    sendAfterAppend(raft, makeAppResp(from, raft.id, raft.term, log.committed));
    return;
  }
  const matched = maybeAppend(log, logTerm, index, entries, commit);
  if (matched >= 0) {
    sendAfterAppend(raft, makeAppResp(from, raft.id, raft.term, matched));
    return;
  }
  logRejectedAppend(raft, message);
  // Nothing above the hint can match: there the own terms are higher than the leader's.
  const hint = findConflictByTerm(log, Math.min(index, lastIndex(log)), logTerm);
  sendAfterAppend(raft, makeAppReject(from, raft.id, raft.term, index, hint.index, hint.term));
}

export function handleSnapshot(raft: Raft, message: SnapMessage): void {
  const { snapshot, from } = message;
  const restored = restore(raft, snapshot);
  logSnapshot(raft, snapshot.metadata, restored ? 'restored snapshot' : 'ignored snapshot', false);
  const index = restored ? lastIndex(raft.raftLog) : raft.raftLog.committed;
  sendAfterAppend(raft, makeAppResp(from, raft.id, raft.term, index));
}

/**
 * Replaces log and configuration by the snapshot; false if the log has it all or the snapshot is not for this
 * node.
 */
function restore(raft: Raft, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot.metadata;
  const log = raft.raftLog;
  if (isEmptySnapshot(snapshot) || index <= log.committed) return false;
  if (raft.role.kind !== 'follower') {
    logLine(raft, 'warning', 'attempted to restore snapshot as leader; should never happen');
    becomeFollower(raft, raft.term + 1, noNode);
    return false;
  }
  if (!isMember(confState, raft.id)) {
    logNotInConfState(raft, confState);
    return false;
  }
  if (matchesTerm(log, term, index)) {
    logSnapshot(raft, snapshot.metadata, 'fast-forwarded commit to snapshot', true);
    commitTo(log, index);
    return false;
  }
  restoreLog(log, snapshot);
  switchMembership(raft, restoreMembership(confState, progressLimits(raft)));
  logSnapshot(raft, snapshot.metadata, 'restored snapshot', true);
  return true;
}

function isMember(state: ConfState, id: NodeId): boolean {
  return state.voters.includes(id) || state.learners.includes(id) || state.votersOutgoing.includes(id);
}
