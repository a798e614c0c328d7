import { assert, assertDefined } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { addPair, hashPair, removePair } from './digest.ts';
import { endGeneration, openGeneration, putRevision } from './key_index.ts';
import type { KeyRange } from './key_range.ts';
import type { KeyValue, LeaseId } from './key_value.ts';
import { noLease, tombstoneOf } from './key_value.ts';
import type { RangeOptions, RangeResult, ReadView } from './read_view.ts';
import { readRange } from './read_view.ts';
import type { Revision } from './revision.ts';
import type { RevisionRecord } from './revision_store.ts';
import type { StoreState } from './state.ts';

/**
 * Changes that share one revision. They take effect at once for reads through the transaction, and for the store with
 * `end()`; there is no way back, so whatever may fail is checked before. Without a change the revision stays.
 */
export class WriteTxn implements ReadView {
  /** The changes so far, in order; their position is their sub revision. */
  readonly changes: RevisionRecord[] = [];
  readonly compactRevision: number;
  private readonly state: StoreState;
  private ended = false;

  constructor(state: StoreState) {
    assert(!state.writing, 'one write transaction at a time');
    state.writing = true;
    this.state = state;
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
    const { index, digest } = this.state;
    const known = index.find(key);
    const generation = known === undefined ? undefined : openGeneration(known);
    const kv: KeyValue = {
      key,
      create_revision: generation?.created.main ?? revision.main,
      mod_revision: revision.main,
      version: (generation?.version ?? 0) + 1,
      value,
      lease,
    };
    if (known !== undefined) putRevision(known, revision);
    const entry = known ?? index.insert(key, revision);
    if (entry.pairHash !== null) removePair(digest, entry.pairHash);
    entry.pairHash = hashPair(kv);
    addPair(digest, entry.pairHash);
    this.record({ revision, tombstone: false, kv });
    return revision.main;
  }

  /** Deletes all keys of the range, in byte order. Returns how many there were. */
  deleteRange(range: KeyRange): number {
    const keys: ByteString[] = [];
    this.state.index.visit(range, this.currentRevision, (key) => {
      keys.push(key);
      return true;
    });
    for (const key of keys) this.delete(key);
    return keys.length;
  }

  private delete(key: ByteString): void {
    const revision = this.nextRevision();
    const entry = assertDefined(this.state.index.find(key), 'the index of a key to delete');
    endGeneration(entry, revision);
    removePair(this.state.digest, assertDefined(entry.pairHash, 'the hash of a live pair'));
    entry.pairHash = null;
    this.record({ revision, tombstone: true, kv: tombstoneOf(key) });
  }

  private nextRevision(): Revision {
    assert(!this.ended, 'the write transaction has ended');
    return { main: this.state.revision + 1, sub: this.changes.length };
  }

  private record(record: RevisionRecord): void {
    this.state.revisions.put(record);
    this.changes.push(record);
  }

  /** Makes the changes the store's newest revision. Returns the store's revision. */
  end(): number {
    assert(!this.ended, 'the write transaction has ended');
    const { currentRevision } = this;
    this.ended = true;
    this.state.revision = currentRevision;
    this.state.writing = false;
    return currentRevision;
  }
}
