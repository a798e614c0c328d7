import { AssertionError, assert } from '../base/assert.ts';
import { CommittedBucket } from './bucket.ts';
import type { Meta } from './meta.ts';
import type { PageSource } from './node_view.ts';
import type { NodeSource } from './tree_node.ts';
import { WriteBucket } from './write_bucket.ts';

/** Counts who still reads which transaction's state of one file. */
export class Readers {
  private readonly counts = new Map<number, number>();

  get size(): number {
    let sum = 0;
    for (const count of this.counts.values()) sum += count;
    return sum;
  }

  /** The oldest state that is read; Infinity if none is. */
  get oldest(): number {
    return Math.min(Infinity, ...this.counts.keys());
  }

  add(txid: number): void {
    this.counts.set(txid, (this.counts.get(txid) ?? 0) + 1);
  }

  remove(txid: number): void {
    const left = (this.counts.get(txid) ?? 0) - 1;
    if (left < 0) throw new AssertionError(`a reader of transaction ${txid} ends once`);
    if (left === 0) this.counts.delete(txid);
    else this.counts.set(txid, left);
  }
}

/** The database as one transaction left it, whatever is written meanwhile. Must be ended: until then its pages can't be used again. */
export class ReadTx {
  readonly meta: Meta;
  /** The bucket of buckets. */
  readonly root: CommittedBucket;
  private readonly readers: Readers;
  private ended = false;

  constructor(meta: Meta, pages: PageSource, readers: Readers) {
    this.meta = meta;
    this.root = new CommittedBucket(pages, pages.view(meta.root), meta.sequence);
    this.readers = readers;
    readers.add(meta.txid);
  }

  end(): void {
    assert(!this.ended, 'a read transaction ends once');
    this.ended = true;
    this.readers.remove(this.meta.txid);
  }
}

/** Changes that become a state of the database when they are committed. It reads its own changes. */
export class WriteTx {
  readonly txid: number;
  /** The bucket of buckets. */
  readonly root: WriteBucket;

  constructor(meta: Meta, pages: NodeSource) {
    this.txid = meta.txid + 1;
    this.root = new WriteBucket(pages, pages.view(meta.root), meta.root, meta.sequence);
  }
}
