import { assert } from '../../base/assert.ts';
import type { Entry } from '../entry.ts';
import { fail } from '../fail.ts';
import type { RaftLog } from './raft_log.ts';
import { isEntries, readEntries } from './read.ts';
import { noEntries } from './unstable.ts';

/** How far committed entries may be handed out: with asynchronous storage only what is on the own disk. */
function appliableUpTo(log: RaftLog, allowUnstable: boolean): number {
  return allowUnstable ? log.committed : Math.min(log.committed, log.unstable.offset - 1);
}

export function hasEntriesToApply(log: RaftLog, allowUnstable: boolean): boolean {
  if (log.applyingPaused || log.unstable.snapshot !== null) return false;
  return appliableUpTo(log, allowUnstable) > log.applying;
}

/** The next committed entries, bounded in bytes together with those that are already being applied. */
export function entriesToApply(log: RaftLog, allowUnstable: boolean): readonly Entry[] {
  // A snapshot must be applied before any entry behind it.
  if (log.applyingPaused || log.unstable.snapshot !== null) return noEntries;
  const low = log.applying + 1;
  const high = appliableUpTo(log, allowUnstable) + 1;
  if (low >= high) return noEntries;
  const bytesMax = log.applyingBytesMax - log.applyingBytes;
  if (bytesMax <= 0) fail(`applying entry size (${log.applyingBytesMax}-${log.applyingBytes}) not positive`);
  const entries = readEntries(log, low, high, bytesMax);
  assert(isEntries(entries), 'unapplied entries are never compacted');
  return entries;
}

/** Entries up to `index` were handed out. */
export function acceptApplying(log: RaftLog, index: number, bytes: number, allowUnstable: boolean): void {
  if (index > log.committed) fail(`applying(${index}) is out of range [committed(${log.committed})]`);
  log.applying = index;
  log.applyingBytes += bytes;
  // If not all that was allowed was handed out, then the next entry would have passed the limit.
  log.applyingPaused = log.applyingBytes >= log.applyingBytesMax || index < appliableUpTo(log, allowUnstable);
}

/** Entries up to `index` are applied. */
export function markApplied(log: RaftLog, index: number, bytes: number): void {
  if (index > log.committed || index < log.applied) {
    const range = `[prevApplied(${log.applied}), committed(${log.committed})]`;
    fail(`applied(${index}) is out of range ${range}`);
  }
  log.applied = index;
  log.applying = Math.max(log.applying, index);
  log.applyingBytes = Math.max(log.applyingBytes - bytes, 0);
  log.applyingPaused = log.applyingBytes >= log.applyingBytesMax;
}
