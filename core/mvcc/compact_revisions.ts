import { fromText, toBytes, fromBytes, type ByteString } from '../base/bytes.ts';
import { Buckets, type BatchTx, type Reading } from '../backend/index.ts';
import { MvccError } from './mvcc_error.ts';
import { notCompacted, parseRevisionKey, revisionKey } from './revision.ts';

/** Keys of the `meta` bucket: the last compaction that was asked for, and the last whose removals are done. */
export const scheduledCompactKey = fromText('scheduledCompactRev');
export const finishedCompactKey = fromText('finishedCompactRev');

export function writeCompactRevision(tx: BatchTx, key: ByteString, main: number): void {
  tx.put(Buckets.meta, key, toBytes(revisionKey({ main, sub: 0 })));
}

/** -1 if there is none. Throws MvccError. */
export function readCompactRevision(reading: Reading, key: ByteString): number {
  const bytes = reading.get(Buckets.meta, key);
  if (bytes === undefined) return notCompacted;
  try {
    return parseRevisionKey(fromBytes(bytes)).revision.main;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MvccError(`${key} of the meta bucket: ${error.message}`);
  }
}
