import { assert } from '../../base/assert.ts';
import type { Log } from '../../ports.ts';
import { type Entry, type Snapshot } from '../entry.ts';
import { fail } from '../fail.ts';
import { compactedError, unavailableError, type RaftError } from '../errors.ts';
import type { Storage } from '../storage.ts';
import {
  appendUnstable,
  makeUnstable,
  restoreUnstable,
  unstableLastIndex,
  unstableTerm,
  type Unstable,
} from './unstable.ts';

/**
 * The whole log: the stable part in the storage, the unstable tail in memory, and how far it is committed and
 * applied. Invariant: applied <= applying <= committed <= last index.
 */
export interface RaftLog {
  readonly storage: Storage;
  readonly log: Log;
  readonly unstable: Unstable;
  /** The highest index known to be on a majority. */
  committed: number;
  /** The highest index that the state machine was given. */
  applying: number;
  /** The highest index that the state machine has reported as applied. */
  applied: number;
  /** Bound on the bytes that are being applied. */
  readonly applyingBytesMax: number;
  applyingBytes: number;
  /** No entries are handed out until some of those in application are reported. */
  applyingPaused: boolean;
}

export function makeRaftLog(storage: Storage, log: Log, applyingBytesMax: number): RaftLog {
  const before = storage.firstIndex() - 1;
  return {
    storage,
    log,
    unstable: makeUnstable(storage.lastIndex() + 1),
    committed: before,
    applying: before,
    applied: before,
    applyingBytesMax,
    applyingBytes: 0,
    applyingPaused: false,
  };
}

export function firstIndex(log: RaftLog): number {
  const snapshot = log.unstable.snapshot;
  return snapshot === null ? log.storage.firstIndex() : snapshot.metadata.index + 1;
}

export function lastIndex(log: RaftLog): number {
  const index = unstableLastIndex(log.unstable);
  return index < 0 ? log.storage.lastIndex() : index;
}

/** The term of an entry in [firstIndex - 1, lastIndex], else compacted or unavailable. */
export function termAt(log: RaftLog, index: number): number | RaftError {
  const unstable = unstableTerm(log.unstable, index);
  if (unstable >= 0) return unstable;
  // The term just before the first entry is known although the entry is compacted: appends are matched
  // against it.
  if (index + 1 < firstIndex(log)) return compactedError;
  if (index > lastIndex(log)) return unavailableError;
  return log.storage.term(index);
}

/** The term of an entry, 0 if it is not known. */
export function termOrZero(log: RaftLog, index: number): number {
  const term = termAt(log, index);
  return typeof term === 'number' ? term : 0;
}

export function lastTerm(log: RaftLog): number {
  const term = termAt(log, lastIndex(log));
  assert(typeof term === 'number', 'the term of the last entry is known');
  return term;
}

export function matchesTerm(log: RaftLog, term: number, index: number): boolean {
  return termAt(log, index) === term;
}

/**
 * Raft paper, 5.4.1: whose last term is higher, or whose log is longer in the same term, is at least as up to
 * date.
 */
export function isUpToDate(log: RaftLog, term: number, index: number): boolean {
  const ours = lastTerm(log);
  return term > ours || (term === ours && index >= lastIndex(log));
}

/** Appends behind what is committed, replacing what the entries overlap. Returns the new last index. */
export function appendToLog(log: RaftLog, entries: readonly Entry[]): number {
  const head = entries[0];
  if (head === undefined) return lastIndex(log);
  if (head.index <= log.committed) fail(`entry ${head.index} is already committed (${log.committed})`);
  appendUnstable(log.unstable, entries, log.log);
  return lastIndex(log);
}

/**
 * A follower's append: the entries follow (prevTerm, prevIndex). Returns the last index that now equals the
 * leader's log, or -1 if the own log doesn't hold that predecessor.
 */
export function maybeAppend(
  log: RaftLog,
  prevTerm: number,
  prevIndex: number,
  entries: readonly Entry[],
  leaderCommit: number,
): number {
  if (!matchesTerm(log, prevTerm, prevIndex)) return -1;
  const lastNew = prevIndex + entries.length;
  const at = firstDifference(log, entries);
  if (at < entries.length) {
    const { index } = entries[at] as Entry;
    if (index <= log.committed) {
      fail(`entry ${index} conflict with committed entry [committed(${log.committed})]`);
    }
    appendToLog(log, at === 0 ? entries : entries.slice(at));
  }
  commitTo(log, Math.min(leaderCommit, lastNew));
  return lastNew;
}

/**
 * Position of the first entry that the log doesn't hold: it conflicts or is new. Equal ones must stay: they
 * may be committed.
 */
function firstDifference(log: RaftLog, entries: readonly Entry[]): number {
  for (let i = 0; i < entries.length; i++) {
    const { term, index } = entries[i] as Entry;
    if (matchesTerm(log, term, index)) continue;
    if (index <= lastIndex(log) && log.log.enabled('info')) {
      const existing = termOrZero(log, index);
      const what = `[existing term: ${existing}, conflicting term: ${term}]`;
      log.log.line('info', `found conflict at index ${index} ${what}`);
    }
    return i;
  }
  return entries.length;
}

/**
 * The largest index up to `index` whose term is at most `term`: above it the two logs can't match. If its
 * term is unknown (compacted) it may match, and 0 stands for the term.
 */
export function findConflictByTerm(
  log: RaftLog,
  index: number,
  term: number,
): { readonly index: number; readonly term: number } {
  for (let at = index; at > 0; at--) {
    const ours = termAt(log, at);
    if (typeof ours !== 'number') return { index: at, term: 0 };
    if (ours <= term) return { index: at, term: ours };
  }
  return { index: 0, term: 0 };
}

/** Commits never go back. */
export function commitTo(log: RaftLog, index: number): void {
  if (index <= log.committed) return;
  const last = lastIndex(log);
  if (index > last) {
    const range = `tocommit(${index}) is out of range [lastIndex(${last})]`;
    fail(`${range}. Was the raft log corrupted, truncated, or lost?`);
  }
  log.committed = index;
}

/** A received snapshot replaces the log; it holds only what is committed. */
export function restoreLog(log: RaftLog, snapshot: Snapshot): void {
  const { index, term } = snapshot.metadata;
  if (log.log.enabled('info')) {
    log.log.line(
      'info',
      `log [${describeLog(log)}] starts to restore snapshot [index: ${index}, term: ${term}]`,
    );
  }
  log.committed = index;
  restoreUnstable(log.unstable, snapshot);
}

function describeLog(log: RaftLog): string {
  const { committed, applied, applying, unstable } = log;
  const indexes = `committed=${committed}, applied=${applied}, applying=${applying}`;
  const offsets = `unstable.offset=${unstable.offset}, unstable.offsetInProgress=${unstable.offsetInProgress}`;
  return `${indexes}, ${offsets}, len(unstable.Entries)=${unstable.entries.length}`;
}
