import { assert } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { Buckets } from '../backend/index.ts';
import { compactionHashesKept } from '../limits.ts';
import { KvHasher } from './hash_kv.ts';
import { keeps } from './key_index.ts';
import { decodeKey } from './key_value.ts';
import { finishedCompactKey, scheduledCompactKey, writeCompactRevision } from './compact_revisions.ts';
import type { RevisionError } from './read_view.ts';
import { parseRevisionKey, revisionKey } from './revision.ts';
import type { StoreState } from './state.ts';

/** Removals that are to be done, or under way. */
export interface Compaction {
  readonly revision: number;
  /** The compaction before, whose removals are done when this one's begin. */
  readonly previous: number;
  /** A member that ended had begun with it: what it removed is not there to be hashed any more. */
  readonly resumed: boolean;
  /** Null until the first step. */
  progress: Progress | null;
}

interface Progress {
  /** The first entry that was not looked at. */
  next: ByteString;
  readonly hasher: KvHasher;
  /** Keys exist at the compaction's revision. */
  readonly keysExist: boolean;
}

/**
 * Makes revisions below this one unreadable and plans the removal of what no read can reach. That is on its way to the disk when
 * this returns, so that a member that starts again goes on with it. Returns why not, or null.
 */
export function scheduleCompaction(state: StoreState, revision: number): RevisionError | null {
  assert(state.batch === null, 'no compaction within a write transaction');
  if (revision <= state.compactRevision) return 'compacted';
  if (revision > state.revision) return 'future';
  const { backend, compactRevision: previous } = state;
  state.compactRevision = revision;
  writeCompactRevision(backend.lockForApply(), scheduledCompactKey, revision);
  backend.unlock();
  state.pass('compactBeforeCommitScheduledCompact');
  backend.commit();
  state.pass('compactAfterCommitScheduledCompact');
  state.compactions.push({ revision, previous, resumed: false, progress: null });
  return null;
}

/**
 * Looks at the next entries of the oldest compaction that has work left, removes those that no read can reach, and commits. Any
 * number of steps may be lost or done again: which entries go depends on what is stored alone. Returns whether there is more to do.
 */
export function compactStep(state: StoreState, entriesMax: number): boolean {
  assert(state.batch === null, 'no compaction within a write transaction');
  const compaction = state.compactions[0];
  if (compaction === undefined) return false;
  compaction.progress ??= begin(state, compaction);
  const { backend } = state;
  const { scanned, removed } = scan(state, compaction, compaction.progress, entriesMax);
  const tx = backend.lock();
  for (const key of removed) tx.delete(Buckets.key, key);
  const finished = scanned < entriesMax;
  if (finished) {
    state.pass('compactBeforeSetFinishedCompact');
    writeCompactRevision(tx, finishedCompactKey, compaction.revision);
  }
  backend.unlock();
  if (finished) state.pass('compactAfterSetFinishedCompact');
  if (!finished) {
    // Deletes would pile up in the readers' buffer.
    state.pass('compactBeforeCommitBatch');
    backend.commit();
    state.pass('compactAfterCommitBatch');
    return true;
  }
  state.finishedCompactRevision = compaction.revision;
  state.compactions.shift();
  if (!compaction.resumed) {
    state.compactionHashes.push(compaction.progress.hasher.finish());
    if (state.compactionHashes.length > compactionHashesKept) state.compactionHashes.shift();
  }
  return state.compactions.length > 0;
}

function begin(state: StoreState, { revision, previous }: Compaction): Progress {
  state.index.compact(revision, tombstonesFrom(state, revision));
  return {
    next: '' as ByteString,
    hasher: new KvHasher(previous, revision),
    keysExist: state.index.hasKeysAt(revision),
  };
}

/** The first revision whose tombstones a compaction keeps: its own. */
function tombstonesFrom({ bugs }: StoreState, compactRevision: number): number {
  const dropsItsOwn = bugs.has('compaction-drops-tombstone') || bugs.has('compaction-forgets-revision');
  return dropsItsOwn ? compactRevision + 1 : compactRevision;
}

/** Reads and hashes the next entries, and finds those to remove. */
function scan(
  state: StoreState,
  compaction: Compaction,
  progress: Progress,
  entriesMax: number,
): { readonly scanned: number; readonly removed: readonly ByteString[] } {
  const removed: ByteString[] = [];
  let scanned = 0;
  const { index } = state;
  const end = revisionKey({ main: compaction.revision + 1, sub: 0 });
  const keptTombstones = tombstonesFrom(state, compaction.revision);
  const view = state.backend.read();
  view.visit(Buckets.key, progress.next, end, (key, value) => {
    scanned++;
    const stored = parseRevisionKey(key);
    const history = index.find(decodeKey(value));
    const kept =
      history !== undefined && keeps(history, stored.revision, compaction.revision, keptTombstones);
    if (!kept) removed.push(key);
    // With no key left at the revision, what the compaction before left counts; see hashKv.
    progress.hasher.add(key, value, stored, () => kept || !progress.keysExist);
    progress.next = `${key}\0` as ByteString;
    return scanned < entriesMax;
  });
  view.end();
  return { scanned, removed };
}
