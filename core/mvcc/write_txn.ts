import { assert } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { Buckets, type BatchTx } from '../backend/index.ts';
import { addPair, hashPair, removePair } from './digest.ts';
import type { KeyIndex } from './key_index.ts';
import { addPut, addTombstone, isLive } from './key_index.ts';
import type { KeyRange } from './key_range.ts';
import type { KeyValue, LeaseId } from './key_value.ts';
import { encodeKeyValue, noLease, tombstoneOf } from './key_value.ts';
import type { RangeOptions, RangeResult, ReadView } from './read_view.ts';
import { readRange } from './read_view.ts';
import type { Revision } from './revision.ts';
import { revisionKey } from './revision.ts';
import type { RevisionRecord } from './revision_record.ts';
import type { StoreState } from './state.ts';

/**
 * Changes that share one revision. They take effect at once for reads through the transaction, and for the store with
 * `end()`; there is no way back, so whatever may fail is checked before. Without a change the revision stays. It holds the
 * backend's batch lock from its beginning to its end, so that a commit has all of it or nothing.
 */
export class WriteTxn implements ReadView {
  /** The changes so far, in order; their position is their sub revision. */
  readonly changes: RevisionRecord[] = [];
  readonly compactRevision: number;
  /** The backend's transaction, for what has to be saved together with the changes. */
  readonly batch: BatchTx;
  private readonly state: StoreState;
  private readonly notify: (revision: number, changes: readonly RevisionRecord[]) => void;
  private ended = false;

  constructor(
    state: StoreState,
    notify: (revision: number, changes: readonly RevisionRecord[]) => void = () => {},
  ) {
    assert(state.batch === null, 'one write transaction at a time');
    this.batch = state.backend.lockForApply();
    state.batch = this.batch;
    this.state = state;
    this.notify = notify;
    this.compactRevision = state.compactRevision;
  }

  /** The store's revision before this transaction; one more after the first change. */
  get currentRevision(): number {
    return this.state.revision + (this.changes.length > 0 ? 1 : 0);
  }

  range(range: KeyRange, options: RangeOptions = {}): RangeResult {
    return readRange(this.state, this, range, options);
  }

  /** Returns the transaction's revision. */
  put(key: ByteString, value: ByteString, lease: LeaseId = noLease): number {
    const revision = this.nextRevision();
    const { digest, leases, pairs } = this.state;
    const index = this.state.index.find(key) ?? this.state.index.insert(key);
    const previousLease = index.lease;
    if (isLive(index)) removePair(digest, index.hashLow, index.hashHigh);
    addPut(index, revision);
    index.lease = lease;
    const { created: create_revision, version } = index;
    const kv: KeyValue = { key, create_revision, mod_revision: revision.main, version, value, lease };
    const hash = hashPair(kv);
    index.hashLow = hash.low;
    index.hashHigh = hash.high;
    addPair(digest, hash.low, hash.high);
    this.record({ revision, tombstone: false, kv });
    pairs.set(index, kv);
    if (previousLease !== noLease) leases.detach(previousLease, key);
    if (lease !== noLease) leases.attach(lease, key);
    return revision.main;
  }

  /** Deletes all keys of the range, in byte order. Returns how many there were. */
  deleteRange(range: KeyRange): number {
    const found: { readonly key: ByteString; readonly index: KeyIndex }[] = [];
    this.state.index.visit(range, this.currentRevision, (key, _revision, index) => {
      found.push({ key, index });
      return true;
    });
    for (const { key, index } of found) this.delete(key, index);
    return found.length;
  }

  private delete(key: ByteString, index: KeyIndex): void {
    const revision = this.nextRevision();
    const { lease } = index;
    assert(isLive(index), 'a key to delete exists');
    removePair(this.state.digest, index.hashLow, index.hashHigh);
    addTombstone(index, revision);
    index.lease = noLease;
    this.record({ revision, tombstone: true, kv: tombstoneOf(key) });
    if (lease !== noLease) this.state.leases.detach(lease, key);
  }

  private nextRevision(): Revision {
    assert(!this.ended, 'the write transaction has ended');
    return { main: this.state.revision + 1, sub: this.changes.length };
  }

  private record(record: RevisionRecord): void {
    const { writer } = this.state;
    writer.reset();
    encodeKeyValue(writer, record.kv);
    const key = revisionKey(record.revision, record.tombstone);
    this.batch.putSequential(Buckets.key, key, writer.finish());
    this.changes.push(record);
  }

  /** Makes the changes the store's newest revision. Returns the store's revision. */
  end(): number {
    assert(!this.ended, 'the write transaction has ended');
    const { currentRevision, state } = this;
    this.ended = true;
    state.revision = currentRevision;
    state.batch = null;
    state.backend.unlock();
    if (this.changes.length > 0) this.notify(currentRevision, this.changes);
    return currentRevision;
  }
}
