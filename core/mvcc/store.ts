import { assert } from '../base/assert.ts';
import { digestNumber } from './digest.ts';
import { hashKv } from './hash_kv.ts';
import type { KeyRange } from './key_range.ts';
import type { RangeOptions, RangeResult, ReadView } from './read_view.ts';
import { checkRevision, readRange } from './read_view.ts';
import type { RevisionStore } from './revision_store.ts';
import { MemoryRevisionStore } from './revision_store.ts';
import type { StoreState } from './state.ts';
import { newStoreState } from './state.ts';
import { WriteTxn } from './write_txn.ts';

/** The multi-version key-value store: every revision of every key since the last compaction can be read. */
export class MvccStore implements ReadView {
  private readonly state: StoreState;

  /** An empty store at revision 1, over an empty RevisionStore. */
  constructor(revisions: RevisionStore = new MemoryRevisionStore()) {
    this.state = newStoreState(revisions);
  }

  get currentRevision(): number {
    return this.state.revision;
  }

  get compactRevision(): number {
    return this.state.compactRevision;
  }

  range(range: KeyRange, options: RangeOptions = {}): RangeResult {
    assert(!this.state.writing, 'reads go through the open write transaction');
    return readRange(this.state, this, range, options);
  }

  /** Starts a write transaction. There is at most one, and `end()` must be called on it. */
  write(): WriteTxn {
    return new WriteTxn(this.state);
  }

  /**
   * Fingerprint of the present state, in constant time, from 0 to 2^53 - 1: members at the same revision must have the same.
   * See StateDigest.
   */
  get digest(): number {
    return digestNumber(this.state.digest);
  }

  /** etcd's HashKV up to and including a readable revision; it reads all that is stored. */
  hashKv(revision: number = this.currentRevision): number {
    assert(checkRevision(this, revision) === null, `hashKv: revision ${revision} can't be read`);
    return hashKv(this.state.revisions, revision > 0 ? revision : this.currentRevision);
  }
}
