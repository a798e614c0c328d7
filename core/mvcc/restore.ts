import type { Failpoint } from '../base/failpoint.ts';
import type { ByteString } from '../base/bytes.ts';
import { Buckets, type Backend } from '../backend/index.ts';
import type { BugSwitches } from '../bugs.ts';
import { finishedCompactKey, readCompactRevision, scheduledCompactKey } from './compact_revisions.ts';
import { addPair, hashPair, removePair } from './digest.ts';
import { addPut, addTombstone, isLive } from './key_index.ts';
import { noLease } from './key_value.ts';
import type { LeaseAttachments } from './lease_attachments.ts';
import { MvccError } from './mvcc_error.ts';
import { decodeRecord, type RevisionRecord } from './revision_record.ts';
import { compareRevisions, type Revision } from './revision.ts';
import type { CompactionSite } from './sites.ts';
import { newStoreState, type StoreState } from './state.ts';

/**
 * Builds the state from what a backend holds, in one pass over the revisions in order. A compaction that was asked for and did not
 * finish is planned again. Throws MvccError.
 */
export function restoreState(
  backend: Backend,
  leases: LeaseAttachments,
  pass: Failpoint<CompactionSite>,
  bugs: BugSwitches,
): StoreState {
  const tx = backend.lock();
  tx.createBucket(Buckets.key);
  tx.createBucket(Buckets.meta);
  backend.unlock();
  const state = newStoreState(backend, leases, pass, bugs);
  const view = backend.read();
  const finished = readCompactRevision(view, finishedCompactKey);
  const scheduled = readCompactRevision(view, scheduledCompactKey);
  let last: Revision = { main: 0, sub: -1 };
  view.visit(Buckets.key, '' as ByteString, undefined, (key, value) => {
    const record = decodeRecord(key, value);
    const { main, sub } = record.revision;
    // A put and a tombstone with one revision have two keys.
    if (compareRevisions(last, record.revision) >= 0)
      throw new MvccError(`revision ${main}.${sub} is there twice`);
    last = record.revision;
    restoreRecord(state, record);
    return true;
  });
  view.end();
  state.index.sortKeys();
  // A compaction may have removed every revision up to its own, even one that did not finish (etcd issue 17780).
  const known = bugs.has('compaction-forgets-revision') ? finished : Math.max(finished, scheduled);
  state.revision = Math.max(state.revision, known);
  state.finishedCompactRevision = finished;
  state.compactRevision = Math.max(finished, scheduled);
  if (scheduled > finished) {
    state.compactions.push({ revision: scheduled, previous: finished, resumed: true, progress: null });
  }
  // Only now is it known which puts no later tombstone or put took the lease from.
  state.index.visitLive((key, index) => {
    if (index.lease !== noLease) leases.attach(index.lease, key);
  });
  return state;
}

function restoreRecord(state: StoreState, { revision, tombstone, kv }: RevisionRecord): void {
  const { digest } = state;
  state.revision = revision.main;
  // A compaction that did not finish may have removed the puts before a tombstone: it still belongs to the key (etcd issue 19179).
  const found = state.index.find(kv.key);
  if (found === undefined && tombstone && state.bugs.has('restart-forgets-tombstone')) return;
  const index = found ?? state.index.insertUnsorted(kv.key);
  const known = index.changes.length > 0;
  if (isLive(index)) removePair(digest, index.hashLow, index.hashHigh);
  else if (known && tombstone) {
    throw new MvccError(`revision ${revision.main}.${revision.sub} deletes a key that does not exist`);
  }
  if (tombstone) {
    addTombstone(index, revision);
    index.lease = noLease;
    return;
  }
  if (kv.version < 1)
    throw new MvccError(`revision ${revision.main}.${revision.sub} puts version ${kv.version}`);
  addPut(index, revision);
  // What was before the first put that is left is known from it.
  index.created = kv.create_revision;
  index.version = kv.version;
  index.lease = kv.lease;
  const hash = hashPair(kv);
  index.hashLow = hash.low;
  index.hashHigh = hash.high;
  addPair(digest, hash.low, hash.high);
  state.pairs.set(index, kv);
}
