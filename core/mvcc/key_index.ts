/**
 * The history of one key: the revisions it was changed at. A put on a key that does not exist starts a generation, a tombstone
 * ends it; so the tombstones among the changes are the bounds of the generations.
 */
import { assert } from '../base/assert.ts';
import type { KeyValue, LeaseId } from './key_value.ts';
import { noLease } from './key_value.ts';
import type { Revision } from './revision.ts';

/** Plain data and flat, because there are millions of them. */
export interface KeyIndex {
  /** Two numbers for each change, ascending: main, and twice sub plus 1 for a tombstone. */
  changes: number[];
  /** Revision of the put that created the key; 0 if it does not exist now. */
  created: number;
  /** Puts since then, those that were compacted included; 0 if the key does not exist now. */
  version: number;
  /** Of the newest put; none if the key does not exist now. */
  lease: LeaseId;
  /** Hash of the pair as it is now, so that the state digest can take it out without reading the pair. */
  hashLow: number;
  hashHigh: number;
  /** The newest pair that was read or written lately: see PairCache. */
  cached: KeyValue | null;
}

export function newKeyIndex(): KeyIndex {
  return { changes: [], created: 0, version: 0, lease: noLease, hashLow: 0, hashHigh: 0, cached: null };
}

/** Whether the key exists now. */
export function isLive(index: KeyIndex): boolean {
  return index.version > 0;
}

/** Records a put; on a key that does not exist it starts a generation. Revisions must ascend. */
export function addPut(index: KeyIndex, revision: Revision): void {
  addChange(index, revision, 0);
  if (index.version === 0) index.created = revision.main;
  index.version++;
}

/** Records a delete: the end of the generation. */
export function addTombstone(index: KeyIndex, revision: Revision): void {
  addChange(index, revision, 1);
  index.created = 0;
  index.version = 0;
}

/** Up to here an array is replaced by one that just fits; a push would reserve room for many more changes. */
const tightLength = 8;

function addChange(index: KeyIndex, { main, sub }: Revision, tombstone: 0 | 1): void {
  const { changes } = index;
  const last = changes.length - 2;
  const ascends =
    last < 0 ||
    (changes[last] as number) < main ||
    (changes[last] === main && (changes[last + 1] as number) >> 1 < sub);
  assert(ascends, 'revisions of a key ascend');
  const mark = 2 * sub + tombstone;
  if (changes.length === 0) index.changes = [main, mark];
  else if (changes.length < tightLength) index.changes = changes.concat(main, mark);
  else changes.push(main, mark);
}

/** Position of the newest change with main <= atRevision; -1 if there is none. */
function newestAt(changes: readonly number[], atRevision: number): number {
  const last = changes.length - 2;
  // Most reads are of the present.
  if (last < 0 || (changes[last] as number) <= atRevision) return last;
  let low = 0;
  let high = last / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((changes[2 * middle] as number) <= atRevision) low = middle + 1;
    else high = middle;
  }
  return 2 * low - 2;
}

function revisionAt(changes: readonly number[], position: number): Revision {
  return { main: changes[position] as number, sub: Math.floor((changes[position + 1] as number) / 2) };
}

function isTombstone(changes: readonly number[], position: number): boolean {
  return (changes[position + 1] as number) % 2 === 1;
}

/** The key's newest change with main <= atRevision. Undefined if the key did not exist then. */
export function findRevision(index: KeyIndex, atRevision: number): Revision | undefined {
  const { changes } = index;
  const position = newestAt(changes, atRevision);
  return position < 0 || isTombstone(changes, position) ? undefined : revisionAt(changes, position);
}

/**
 * Whether a compaction at `compactRevision` keeps this change. It keeps every change after it, and what a read at it finds; and a
 * tombstone at that very revision, because a watch may start there. An older tombstone goes: one below `tombstonesFrom`, which
 * differs from `compactRevision` only with a planted bug.
 */
export function keeps(
  index: KeyIndex,
  revision: Revision,
  compactRevision: number,
  tombstonesFrom = compactRevision,
): boolean {
  if (revision.main > compactRevision) return true;
  const position = firstKept(index.changes, compactRevision, tombstonesFrom);
  const { main, sub } = revision;
  return index.changes[position] === main && Math.floor((index.changes[position + 1] as number) / 2) === sub;
}

function firstKept(changes: readonly number[], compactRevision: number, tombstonesFrom: number): number {
  const newest = newestAt(changes, compactRevision);
  if (newest < 0) return 0;
  const gone = isTombstone(changes, newest) && (changes[newest] as number) < tombstonesFrom;
  return gone ? newest + 2 : newest;
}

/** Forgets what a compaction drops (see `keeps`). Returns whether nothing is left, so that the key can leave the index. */
export function compactKeyIndex(
  index: KeyIndex,
  compactRevision: number,
  tombstonesFrom = compactRevision,
): boolean {
  const first = firstKept(index.changes, compactRevision, tombstonesFrom);
  if (first > 0) index.changes = index.changes.slice(first);
  return index.changes.length === 0;
}
