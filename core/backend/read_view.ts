import type { ByteString } from '../base/bytes.ts';
import { Buckets } from './bucket_names.ts';
import { bufferLowerBound, type FrozenBuffer } from './buffer.ts';
import { visitBucket, type Reading, type Visitor } from './reading.ts';
import type { ReadTx } from './transaction.ts';

/**
 * A concurrent read transaction: the last commit and, above it, what was written since. It stays as it is while writes, commits
 * and defragmentations go on, and must be ended.
 */
export class ReadView implements Reading {
  private readonly committed: ReadTx;
  private readonly buffers: ReadonlyMap<ByteString, FrozenBuffer>;
  /** Only with a planted bug: revisions are written once, so one that is in both is not looked for. */
  private readonly repeats: boolean;

  constructor(committed: ReadTx, buffers: ReadonlyMap<ByteString, FrozenBuffer>, repeats = false) {
    this.committed = committed;
    this.buffers = buffers;
    this.repeats = repeats;
  }

  end(): void {
    this.committed.end();
  }

  get(bucket: ByteString, key: ByteString): Uint8Array | undefined {
    const buffer = this.buffers.get(bucket);
    if (buffer !== undefined) {
      const index = bufferLowerBound(buffer, key);
      if (index < buffer.count && buffer.keys[index] === key) return buffer.values[index] ?? undefined;
    }
    return this.committed.root.bucket(bucket)?.get(key);
  }

  visit(bucket: ByteString, low: ByteString, high: ByteString | undefined, visitor: Visitor): void {
    const committed = this.committed.root.bucket(bucket);
    const buffer = this.buffers.get(bucket);
    if (buffer === undefined) {
      if (committed !== undefined) visitBucket(committed, low, high, visitor);
      return;
    }
    let at = bufferLowerBound(buffer, low);
    let stopped = false;
    // A walk over all keys looks for doubles in etcd, too.
    const repeats = this.repeats && bucket === Buckets.key && high !== undefined;
    // Hands out buffered pairs below `end`, deleted ones excepted.
    const visitBuffered = (end: ByteString | undefined): void => {
      for (; !stopped && at < buffer.count; at++) {
        const key = buffer.keys[at] as ByteString;
        if (end !== undefined && key >= end) return;
        const value = buffer.values[at];
        if (value !== null && value !== undefined) stopped = !visitor(key, value);
      }
    };
    if (committed !== undefined) {
      visitBucket(committed, low, high, (key, value) => {
        visitBuffered(key);
        if (stopped) return false;
        // The buffer is newer; what it says about this key comes with the next keys.
        const isBuffered = at < buffer.count && buffer.keys[at] === key;
        if (isBuffered && !(repeats && buffer.values[at] !== null)) return true;
        stopped = !visitor(key, value);
        return !stopped;
      });
    }
    visitBuffered(high);
  }
}
