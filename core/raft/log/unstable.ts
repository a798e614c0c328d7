import type { Log } from '../../ports.ts';
import type { Entry, Snapshot } from '../entry.ts';
import { fail } from '../fail.ts';

/**
 * The tail of the log (and perhaps a snapshot below it) that is not known to be on disk. entries[i] has the
 * index offset + i. What was handed to the disk and is not acknowledged yet is in progress: it must not be
 * handed over twice.
 */
export interface Unstable {
  /** A received snapshot that is not on disk. */
  snapshot: Snapshot | null;
  entries: Entry[];
  /** The index of entries[0]; everything below is stable. */
  offset: number;
  snapshotInProgress: boolean;
  /** Entries in [offset, offsetInProgress) are being written. */
  offsetInProgress: number;
}

export function makeUnstable(offset: number): Unstable {
  return {
    snapshot: null,
    entries: [],
    offset,
    snapshotInProgress: false,
    offsetInProgress: offset,
  };
}

/** The index of the last entry or of the snapshot, or -1 if there is neither. */
export function unstableLastIndex(unstable: Unstable): number {
  const { length } = unstable.entries;
  if (length > 0) return unstable.offset + length - 1;
  return unstable.snapshot === null ? -1 : unstable.snapshot.metadata.index;
}

/** The term of an index that the tail or its snapshot covers, or -1. */
export function unstableTerm(unstable: Unstable, index: number): number {
  if (index < unstable.offset) {
    const metadata = unstable.snapshot?.metadata;
    return metadata !== undefined && metadata.index === index ? metadata.term : -1;
  }
  return unstable.entries[index - unstable.offset]?.term ?? -1;
}

/** Entries that were not handed to the disk yet. */
export function entriesToWrite(unstable: Unstable): readonly Entry[] {
  const from = unstable.offsetInProgress - unstable.offset;
  return from >= unstable.entries.length ? noEntries : unstable.entries.slice(from);
}

export const noEntries: readonly Entry[] = [];

export function hasEntriesToWrite(unstable: Unstable): boolean {
  return unstable.offsetInProgress - unstable.offset < unstable.entries.length;
}

/** A snapshot that was not handed to the disk yet. */
export function snapshotToWrite(unstable: Unstable): Snapshot | null {
  return unstable.snapshotInProgress ? null : unstable.snapshot;
}

/** Everything was handed to the disk. */
export function markInProgress(unstable: Unstable): void {
  if (unstable.entries.length > 0) unstable.offsetInProgress = unstable.offset + unstable.entries.length;
  if (unstable.snapshot !== null) unstable.snapshotInProgress = true;
}

/**
 * Entries up to (term, index) are on disk. Ignored unless that very entry is still here: a slow disk may
 * acknowledge what a newer leader has replaced meanwhile, and the same index with another term is not written
 * (the ABA problem of asynchronous writes).
 */
export function markStable(unstable: Unstable, term: number, index: number, log: Log): void {
  const found = unstableTerm(unstable, index);
  if (found < 0) {
    if (log.enabled('info')) log.line('info', `entry at index ${index} missing from unstable log; ignoring`);
    return;
  }
  if (index < unstable.offset) {
    if (log.enabled('info')) log.line('info', `entry at index ${index} matched unstable snapshot; ignoring`);
    return;
  }
  if (found !== term) {
    if (log.enabled('info')) {
      const ours = `(${index},${found}) in unstable log; ignoring`;
      log.line('info', `entry at (index,term)=(${index},${term}) mismatched with entry at ${ours}`);
    }
    return;
  }
  const count = index + 1 - unstable.offset;
  unstable.entries = unstable.entries.slice(count);
  unstable.offset = index + 1;
  unstable.offsetInProgress = Math.max(unstable.offsetInProgress, unstable.offset);
}

export function markSnapshotStable(unstable: Unstable, index: number): void {
  if (unstable.snapshot === null || unstable.snapshot.metadata.index !== index) return;
  unstable.snapshot = null;
  unstable.snapshotInProgress = false;
}

/** Everything is replaced by a received snapshot. */
export function restoreUnstable(unstable: Unstable, snapshot: Snapshot): void {
  unstable.offset = snapshot.metadata.index + 1;
  unstable.offsetInProgress = unstable.offset;
  unstable.entries = [];
  unstable.snapshot = snapshot;
  unstable.snapshotInProgress = false;
}

/** Appends entries with consecutive indexes, replacing what they overlap. */
export function appendUnstable(unstable: Unstable, entries: readonly Entry[], log: Log): void {
  const from = (entries[0] as Entry).index;
  const end = unstable.offset + unstable.entries.length;
  if (from > end) fail(`entry ${from} would leave a gap behind ${end - 1}`);
  if (from < end) truncate(unstable, from, log);
  for (const entry of entries) unstable.entries.push(entry);
}

function truncate(unstable: Unstable, from: number, log: Log): void {
  if (from <= unstable.offset) {
    if (log.enabled('info')) log.line('info', `replace the unstable entries from index ${from}`);
    unstable.entries = [];
    unstable.offset = from;
    unstable.offsetInProgress = from;
    return;
  }
  if (log.enabled('info')) log.line('info', `truncate the unstable entries before index ${from}`);
  unstable.entries.length = from - unstable.offset;
  // What replaces entries in progress is yet to be written.
  unstable.offsetInProgress = Math.min(unstable.offsetInProgress, from);
}
