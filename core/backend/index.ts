export {
  Backend,
  batchIntervalMs,
  batchOperationsMax,
  type BackendHooks,
  type BackendOptions,
} from './backend.ts';
export { BackendError, type BackendErrorKind } from './backend_error.ts';
export type { BatchTx } from './batch_tx.ts';
export type { BucketReader, CommittedBucket } from './bucket.ts';
export { Buckets } from './bucket_names.ts';
export { ConsistentIndex, type AppliedPosition } from './consistent_index.ts';
export type { Cursor } from './cursor.ts';
export { Database, readDatabase } from './database.ts';
export { hashBuckets, type HashIgnore } from './hash.ts';
export type { Meta } from './meta.ts';
export type { ReadView } from './read_view.ts';
export type { Reading, Visitor } from './reading.ts';
export { ReadTx, WriteTx } from './transaction.ts';
export type { WriteBucket } from './write_bucket.ts';
