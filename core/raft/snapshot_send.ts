import { assert } from '../base/assert.ts';
import { isEmptySnapshot } from './entry.ts';
import { RaftError, snapshotTemporarilyUnavailableError } from './errors.ts';
import { logLine, logProgress, logSentSnapshot } from './log_lines.ts';
import { makeSnap } from './message_make.ts';
import { becomeProbe, becomeSnapshot, type Progress } from './progress.ts';
import { hex, type Raft } from './raft.ts';
import { send } from './send.ts';

/** Sends the newest snapshot to a follower whose next entry is compacted. False if it can't be sent now. */
export function sendSnapshot(raft: Raft, progress: Progress): boolean {
  if (!progress.recentActive) {
    if (raft.settings.log.enabled('debug')) {
      const text = `ignore sending snapshot to ${hex(progress.id)} since it is not recently active`;
      raft.settings.log.line('debug', text);
    }
    return false;
  }
  const snapshot = raft.raftLog.unstable.snapshot ?? raft.raftLog.storage.snapshot();
  if (snapshot instanceof RaftError) {
    assert(snapshot === snapshotTemporarilyUnavailableError, `snapshot: ${snapshot.message}`);
    const what = `failed to send snapshot to ${hex(progress.id)} because snapshot is temporarily unavailable`;
    logLine(raft, 'debug', what);
    return false;
  }
  assert(!isEmptySnapshot(snapshot), 'need non-empty snapshot');
  logSentSnapshot(raft, snapshot.metadata, progress);
  becomeSnapshot(progress, snapshot.metadata.index);
  logProgress(raft, 'paused sending replication messages to', progress);
  send(raft, makeSnap(progress.id, raft.id, raft.term, snapshot));
  return true;
}

/** The transport reports how a snapshot ended. Either way wait for the follower before the next append. */
export function handleSnapshotStatus(raft: Raft, progress: Progress, failed: boolean): void {
  if (progress.state !== 'snapshot') return;
  if (!failed && raft.settings.bugs.has('snapshot-left-by-ack-only')) return;
  // A failed one was never applied: probe from the last match, not from behind it.
  if (failed) progress.pendingSnapshot = 0;
  becomeProbe(progress);
  const outcome = failed ? 'failed' : 'succeeded';
  logProgress(raft, `snapshot ${outcome}, resumed sending replication messages to`, progress);
  progress.flowPaused = true;
}
