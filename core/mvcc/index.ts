/** etcd's multi-version store: revisions, key index, read and write transactions. */
export { keyRange, rangeCovers } from './key_range.ts';
export type { KeyRange } from './key_range.ts';
export { decodeKeyValue, encodeKeyValue, noLease } from './key_value.ts';
export type { KeyValue, LeaseId } from './key_value.ts';
export { checkRevision } from './read_view.ts';
export type { RangeOptions, RangeResult, ReadView, RevisionError } from './read_view.ts';
export { compareRevisions, decodeRevision, encodeRevision, firstRevision, notCompacted } from './revision.ts';
export type { Revision } from './revision.ts';
export { MemoryRevisionStore } from './revision_store.ts';
export type { RevisionRecord, RevisionStore } from './revision_store.ts';
export { MvccStore } from './store.ts';
export type { WriteTxn } from './write_txn.ts';
