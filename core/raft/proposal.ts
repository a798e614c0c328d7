/** How entries enter the log: only through a leader, which refuses what it can't promise. */
import { noNode } from '../base/ids.ts';
import { maybeCommit } from './commit.ts';
import { asV2, leavesJoint } from './conf_change.ts';
import { EntryType, makeEntry, payloadBytes, voidedData, type Entry } from './entry.ts';
import { proposalDroppedError, type RaftError } from './errors.ts';
import { appendToLog, lastIndex } from './log/raft_log.ts';
import { logIgnoredConfChange, logLine } from './log_lines.ts';
import { isJoint } from './membership/config.ts';
import { makeAppResp } from './message_make.ts';
import { acknowledge } from './progress.ts';
import { hex, type Raft } from './raft.ts';
import { broadcastAppend } from './replication.ts';
import type { Leader } from './role.ts';
import { sendAfterAppend } from './send.ts';
import { confChangeOf } from './wire.ts';

/** Appends what was proposed and sends it out; proposalDropped if the node can't lead it to a commit. */
export function proposeAsLeader(raft: Raft, leader: Leader, proposed: readonly Entry[]): RaftError | null {
  // A leader that was removed from the configuration still sends heartbeats, but takes nothing new.
  if (!raft.progress.has(raft.id)) return proposalDroppedError;
  if (leader.transferee !== noNode) {
    const what = `transfer leadership to ${hex(leader.transferee)} is in progress; dropping proposal`;
    logLine(raft, 'debug', `[term ${raft.term}] ${what}`);
    return proposalDroppedError;
  }
  if (!appendAsLeader(raft, leader, admitConfChanges(raft, leader, proposed))) return proposalDroppedError;
  broadcastAppend(raft);
  return null;
}

/**
 * Numbers the entries and appends them; false if too much is uncommitted. The node acknowledges them to
 * itself by message once they are on disk, so that it counts in the quorum like anybody else.
 */
export function appendAsLeader(raft: Raft, leader: Leader, proposed: readonly Entry[]): boolean {
  const bytes = payloadBytes(proposed);
  // The first proposal always fits, and so does an empty entry, or a single large one could never be made.
  if (leader.uncommittedBytes > 0 && bytes > 0) {
    if (leader.uncommittedBytes + bytes > raft.settings.uncommittedBytesMax) {
      const what = 'would exceed uncommitted entry size limit; dropping proposal';
      logLine(raft, 'warning', `appending new entries to log ${what}`);
      return false;
    }
  }
  leader.uncommittedBytes += bytes;
  let index = lastIndex(raft.raftLog);
  const entries = proposed.map((entry) => makeEntry(raft.term, ++index, entry.type, entry.data));
  appendToLog(raft.raftLog, entries);
  if (raft.settings.bugs.has('self-counted-at-append')) countSelf(raft, index);
  sendAfterAppend(raft, makeAppResp(raft.id, raft.id, raft.term, index));
  return true;
}

/** As if the entries were on this node's disk already. */
function countSelf(raft: Raft, index: number): void {
  const own = raft.progress.get(raft.id);
  if (own !== undefined && acknowledge(own, index)) maybeCommit(raft);
}

/**
 * Conf changes that can't be made now become empty entries: whoever proposed them sees them pass without
 * effect.
 */
function admitConfChanges(raft: Raft, leader: Leader, proposed: readonly Entry[]): readonly Entry[] {
  if (proposed.every((entry) => entry.type === EntryType.normal)) return proposed;
  const last = lastIndex(raft.raftLog);
  return proposed.map((entry, position) => {
    if (entry.type === EntryType.normal) return entry;
    const change = asV2(confChangeOf(entry, raft.settings.ids));
    const reason = whyNotNow(raft, leader, leavesJoint(change));
    if (reason !== null && !raft.settings.disableConfChangeValidation) {
      logIgnoredConfChange(raft, change, reason);
      return makeEntry(0, 0, EntryType.normal, voidedData);
    }
    leader.pendingConfIndex = last + position + 1;
    return entry;
  });
}

/** One change at a time: two that are both unapplied could make majorities that don't overlap. */
function whyNotNow(raft: Raft, leader: Leader, wantsToLeave: boolean): string | null {
  const { applied } = raft.raftLog;
  const { bugs } = raft.settings;
  if (leader.pendingConfIndex > applied && !bugs.has('two-pending-conf-changes')) {
    return `possible unapplied conf change at index ${leader.pendingConfIndex} (applied to ${applied})`;
  }
  if (isJoint(raft.config)) return wantsToLeave ? null : 'must transition out of joint config first';
  return wantsToLeave ? 'not in joint state; refusing empty conf change' : null;
}
