import { AssertionError } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { visitBucket, type Reading, type Visitor } from './reading.ts';
import { sequentialFillPercent } from './split.ts';
import type { WriteTx } from './transaction.ts';
import type { WriteBucket } from './write_bucket.ts';

/** One change since the lock was taken; a null value is a delete. */
export interface BatchedWrite {
  readonly bucket: ByteString;
  readonly key: ByteString;
  readonly value: Uint8Array | null;
}

/**
 * The batch transaction under its lock: writes go to the pages in memory, reads see them. Buckets must exist to be written to.
 * Values put must not be changed afterwards.
 */
export class BatchTx implements Reading {
  /** Writes since the lock was taken, for the readers' buffer. */
  writes: BatchedWrite[] = [];
  /** Operations since the last commit. */
  pending = 0;
  private readonly transaction: WriteTx;

  constructor(transaction: WriteTx) {
    this.transaction = transaction;
  }

  private bucket(name: ByteString): WriteBucket {
    const bucket = this.transaction.root.bucket(name);
    if (bucket === undefined) throw new AssertionError(`no bucket ${name}`);
    return bucket;
  }

  /** Does nothing if the bucket exists. */
  createBucket(name: ByteString): void {
    if (this.transaction.root.bucket(name) !== undefined) return;
    this.transaction.root.createBucket(name);
    this.pending++;
  }

  put(bucket: ByteString, key: ByteString, value: Uint8Array): void {
    this.bucket(bucket).put(key, value);
    this.writes.push({ bucket, key, value });
    this.pending++;
  }

  /** For keys that only ascend: the bucket's pages are filled up, because no key will come in between. */
  putSequential(bucket: ByteString, key: ByteString, value: Uint8Array): void {
    this.bucket(bucket).fillPercent = sequentialFillPercent;
    this.put(bucket, key, value);
  }

  delete(bucket: ByteString, key: ByteString): void {
    if (!this.bucket(bucket).delete(key)) return;
    this.writes.push({ bucket, key, value: null });
    this.pending++;
  }

  get(bucket: ByteString, key: ByteString): Uint8Array | undefined {
    return this.transaction.root.bucket(bucket)?.get(key);
  }

  visit(bucket: ByteString, low: ByteString, high: ByteString | undefined, visitor: Visitor): void {
    const found = this.transaction.root.bucket(bucket);
    if (found !== undefined) visitBucket(found, low, high, visitor);
  }
}
