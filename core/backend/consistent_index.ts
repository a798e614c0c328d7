import { assert } from '../base/assert.ts';
import { bigEndian64, fromText } from '../base/bytes.ts';
import type { BackendHooks } from './backend.ts';
import type { BatchTx } from './batch_tx.ts';
import { Buckets } from './bucket_names.ts';
import type { Reading } from './reading.ts';

const indexKey = fromText('consistent_index');
const termKey = fromText('term');

export interface AppliedPosition {
  /** Raft index of the last entry whose effects the backend holds; 0: none. */
  readonly index: number;
  /** That entry's term. */
  readonly term: number;
}

const nowhere: AppliedPosition = { index: 0, term: 0 };

/**
 * Keeps the position in the raft log in step with the data: both are saved by the same transaction, on every way a commit can
 * come about. An entry's position is staged before it is applied and counts only from the moment its apply holds the batch
 * lock. Counting it earlier would let a commit in between save the position without the data, and a restart would skip the
 * entry (etcd issue 13766).
 */
export class ConsistentIndex implements BackendHooks {
  private staged: AppliedPosition = nowhere;
  private promoted: AppliedPosition = nowhere;
  /** What was put last, and where to: a commit that starts at once asks twice. */
  private put: AppliedPosition = nowhere;
  private putInto: BatchTx | null = null;

  /** What the next commit saves. */
  get position(): AppliedPosition {
    return this.promoted;
  }

  /** Takes over what an opened backend holds. */
  load(reading: Reading): void {
    this.promoted = { index: readUint64(reading, indexKey), term: readUint64(reading, termKey) };
    this.staged = this.promoted;
  }

  /** An entry is about to be applied. */
  stage({ index, term }: AppliedPosition): void {
    assert(index >= this.staged.index, 'positions ascend');
    this.staged = { index, term };
  }

  /** The entry that was staged is applied: if it took no lock, it had nothing to save, and its position may be saved all the same. */
  settle(): void {
    this.promoted = this.staged;
  }

  onLockForApply(): void {
    this.promoted = this.staged;
  }

  onPreCommit(tx: BatchTx): void {
    const { index, term } = this.promoted;
    // Before the first entry there is nothing to say, and an index of 0 must not replace one.
    if (index === 0 || (this.put === this.promoted && this.putInto === tx)) return;
    this.put = this.promoted;
    this.putInto = tx;
    tx.createBucket(Buckets.meta);
    tx.put(Buckets.meta, indexKey, bigEndian64(index));
    if (term > 0) tx.put(Buckets.meta, termKey, bigEndian64(term));
  }
}

function readUint64(reading: Reading, key: typeof indexKey): number {
  const bytes = reading.get(Buckets.meta, key);
  if (bytes === undefined || bytes.length !== 8) return 0;
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0));
}
