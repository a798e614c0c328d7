/** The leader's side of log replication: appends, their answers, and what they move. */
import { hasCommittedInTerm, maybeCommit } from './commit.ts';
import { payloadBytes } from './entry.ts';
import { findConflictByTerm, firstIndex, lastIndex, termAt } from './log/raft_log.ts';
import { entriesFrom, isEntries } from './log/read.ts';
import { noEntries } from './log/unstable.ts';
import { logAppendRejection, logDecreased, logLine, logProgress, logUnreachable } from './log_lines.ts';
import type { AppRespMessage } from './message.ts';
import { makeApp } from './message_make.ts';
import {
  acknowledge,
  becomeProbe,
  becomeReplicate,
  canBumpCommit,
  isPaused,
  retreat,
  sentEntries,
  type Progress,
} from './progress.ts';
import { hex, type Raft } from './raft.ts';
import { releaseEarlyReads } from './read_index.ts';
import type { Leader } from './role.ts';
import { freeUpTo, isFull } from './inflights.ts';
import { send } from './send.ts';
import { sendSnapshot } from './snapshot_send.ts';
import { sendTimeoutNow } from './transfer_send.ts';

/** Sends the next entries, and an empty append if there are none: it carries the commit index and probes. */
export function sendAppend(raft: Raft, progress: Progress): void {
  maybeSendAppend(raft, progress, true);
}

/** False if nothing was sent: the follower is paused, or there is nothing new and `evenEmpty` is off. */
export function maybeSendAppend(raft: Raft, progress: Progress, evenEmpty: boolean): boolean {
  if (isPaused(progress)) return false;
  const { raftLog } = raft;
  const prevIndex = progress.next - 1;
  const prevTerm = termAt(raftLog, prevIndex);
  if (typeof prevTerm !== 'number') return sendSnapshot(raft, progress);
  // With a full window only an empty append gets through: it makes the follower answer if all others were
  // lost.
  const isThrottled = progress.state === 'replicate' && isFull(progress.inflights);
  const entries = isThrottled
    ? noEntries
    : entriesFrom(raftLog, progress.next, raft.settings.messageBytesMax);
  if (!isEntries(entries)) return evenEmpty && sendSnapshot(raft, progress);
  if (entries.length === 0 && !evenEmpty) return false;
  send(raft, makeApp(progress.id, raft.id, raft.term, prevTerm, prevIndex, entries, raftLog.committed));
  sentEntries(progress, entries.length, payloadBytes(entries));
  progress.sentCommit = raftLog.committed;
  return true;
}

/** Appends to everybody else, in the order of ids. */
export function broadcastAppend(raft: Raft): void {
  for (const progress of raft.progress.values()) {
    if (progress.id !== raft.id) sendAppend(raft, progress);
  }
}

/** Commits what is ready and tells everybody. False if the commit index did not move. */
export function commitAndBroadcast(raft: Raft, leader: Leader): boolean {
  if (!maybeCommit(raft)) return false;
  if (leader.earlyReads.length > 0 && hasCommittedInTerm(raft)) releaseEarlyReads(raft, leader);
  broadcastAppend(raft);
  return true;
}

export function handleAppendResponse(
  raft: Raft,
  leader: Leader,
  progress: Progress,
  message: AppRespMessage,
): void {
  progress.recentActive = true;
  if (message.reject) handleRejection(raft, progress, message);
  else handleAcknowledgement(raft, leader, progress, message.index);
}

/**
 * Looks for the point where the logs match. The follower's hint skips what it can't hold, and the own terms
 * skip what can't be in its log: both together need one round trip per term instead of one per entry (Raft
 * paper, end of 5.3).
 */
function handleRejection(raft: Raft, progress: Progress, message: AppRespMessage): void {
  logAppendRejection(raft, message);
  const { rejectHint, logTerm, index } = message;
  const hint = logTerm > 0 ? findConflictByTerm(raft.raftLog, rejectHint, logTerm).index : rejectHint;
  if (!retreat(progress, index, hint)) return;
  logDecreased(raft, progress);
  if (progress.state === 'replicate') becomeProbe(progress);
  sendAppend(raft, progress);
}

function handleAcknowledgement(raft: Raft, leader: Leader, progress: Progress, index: number): void {
  // A probe that is answered with what was known already still shows that the follower listens.
  const isNews = acknowledge(progress, index);
  if (!isNews && !(progress.match === index && progress.state === 'probe')) return;
  advanceState(raft, progress, index);
  const isOther = progress.id !== raft.id;
  if (!commitAndBroadcast(raft, leader) && isOther && canBumpCommit(progress, raft.raftLog.committed)) {
    // It may lack the latest commit index. The next heartbeat would bring it, but later.
    sendAppend(raft, progress);
  }
  // The acknowledgement may have made room for several messages of limited size.
  if (isOther) while (maybeSendAppend(raft, progress, false));
  if (progress.id === leader.transferee && progress.match === lastIndex(raft.raftLog)) {
    logLine(raft, 'info', `sent MsgTimeoutNow to ${hex(progress.id)} after received MsgAppResp`);
    sendTimeoutNow(raft, progress.id);
  }
}

function advanceState(raft: Raft, progress: Progress, index: number): void {
  if (progress.state === 'replicate') {
    freeUpTo(progress.inflights, index);
  } else if (progress.state === 'probe') {
    becomeReplicate(progress);
  } else if (leavesSnapshot(raft, progress)) {
    logProgress(raft, 'recovered from needing snapshot, resumed sending replication messages to', progress);
    becomeProbe(progress);
    becomeReplicate(progress);
  }
}

/** Whatever snapshot the follower got, from wherever: does the log continue from there? */
function leavesSnapshot({ raftLog, settings }: Raft, progress: Progress): boolean {
  if (settings.bugs.has('snapshot-left-by-ack-only')) return progress.match >= progress.pendingSnapshot;
  return progress.match + 1 >= firstIndex(raftLog);
}

/** The transport could not deliver: optimistic appends are likely lost, so probe. */
export function handleUnreachable(raft: Raft, progress: Progress): void {
  if (progress.state === 'replicate') becomeProbe(progress);
  logUnreachable(raft, progress);
}
