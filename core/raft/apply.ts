/** What the state machine and the disk report back, and what that makes a leader do. */
import { fail } from './fail.ts';
import { asV2, jointEntry, leavesJoint, type ConfChange, type ConfChangeV2 } from './conf_change.ts';
import {
  entriesBytes,
  EntryType,
  makeEntry,
  payloadBytes,
  type ConfState,
  type Entry,
  type Snapshot,
} from './entry.ts';
import { markApplied } from './log/apply.ts';
import { markSnapshotStable, markStable } from './log/unstable.ts';
import { logAutoLeave, logStaleAppend } from './log_lines.ts';
import { changeSimply, enterJoint, leaveJoint, type ChangeResult } from './membership/change.ts';
import type { StorageAppendRespMessage } from './message.ts';
import { proposeAsLeader } from './proposal.ts';
import { asLeader, membershipOf, progressLimits, type Raft } from './raft.ts';
import { switchMembership } from './switch_membership.ts';

/** Entries were applied: they are no longer uncommitted, and a joint configuration may be left now. */
export function handleApplied(raft: Raft, entries: readonly Entry[]): void {
  const last = entries.at(-1);
  if (last === undefined) return;
  appliedTo(raft, last.index, entriesBytes(entries));
  const leader = asLeader(raft);
  if (leader === null) return;
  leader.uncommittedBytes = Math.max(leader.uncommittedBytes - payloadBytes(entries), 0);
}

const leaveEntries: readonly Entry[] = [makeEntry(0, 0, EntryType.confChangeV2)];

function appliedTo(raft: Raft, index: number, bytes: number): void {
  const applied = Math.max(index, raft.raftLog.applied);
  markApplied(raft.raftLog, applied, bytes);
  const leader = asLeader(raft);
  if (leader === null || !raft.config.autoLeave || applied < leader.pendingConfIndex) return;
  // A transfer in progress drops it; it is proposed again with each applied entry until it passes.
  const error = proposeAsLeader(raft, leader, leaveEntries);
  logAutoLeave(raft, error === null ? null : error.message);
}

/** A received snapshot is on disk and in the state machine. */
function snapshotApplied(raft: Raft, snapshot: Snapshot): void {
  const { index } = snapshot.metadata;
  markSnapshotStable(raft.raftLog.unstable, index);
  appliedTo(raft, index, 0);
}

export function handleStored(raft: Raft, message: StorageAppendRespMessage): void {
  if (message.index !== 0) {
    markStable(raft.raftLog.unstable, message.logTerm, message.index, raft.settings.log);
  }
  if (message.snapshot !== null) snapshotApplied(raft, message.snapshot);
}

/**
 * The disk's answer from an earlier term. Its entries may have been replaced and written back meanwhile, so
 * they don't count as stable. A snapshot holds only what is committed: it counts in any term.
 */
export function handleStoredInEarlierTerm(raft: Raft, message: StorageAppendRespMessage): void {
  if (message.index !== 0) logStaleAppend(raft, message);
  if (message.snapshot !== null) snapshotApplied(raft, message.snapshot);
}

function changeMembership(raft: Raft, change: ConfChangeV2): ChangeResult {
  const current = membershipOf(raft);
  const limits = progressLimits(raft);
  if (leavesJoint(change)) return leaveJoint(current, limits);
  const entry = jointEntry(change);
  if (entry === 'simple') return changeSimply(current, limits, change.changes);
  return enterJoint(current, limits, entry === 'autoLeave', change.changes);
}

/**
 * A committed conf change takes effect. Every member applies the same one, so a change that is not allowed is
 * a bug of whoever admitted it to the log.
 */
export function applyConfChange(raft: Raft, change: ConfChange | ConfChangeV2): ConfState {
  const result = changeMembership(raft, asV2(change));
  if (typeof result === 'string') return fail(`conf change can't be applied: ${result}`);
  return switchMembership(raft, result);
}
