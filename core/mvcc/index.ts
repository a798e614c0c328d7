/** etcd's multi-version store: revisions, key index, read and write transactions, compaction. */
export type { Generation } from './generations.ts';
export type { KvHash } from './hash_kv.ts';
export { keyRange, rangeCovers } from './key_range.ts';
export type { KeyRange } from './key_range.ts';
export { decodeKeyValue, encodeKeyValue, noLease } from './key_value.ts';
export type { KeyValue, LeaseId } from './key_value.ts';
export type { LeaseAttachments } from './lease_attachments.ts';
export { MvccError } from './mvcc_error.ts';
export { checkRevision } from './read_view.ts';
export type { RangeOptions, RangeResult, ReadView, RevisionError } from './read_view.ts';
export {
  compareRevisions,
  decodeRevision,
  encodeRevision,
  firstRevision,
  notCompacted,
  parseRevisionKey,
  revisionKey,
} from './revision.ts';
export type { Revision } from './revision.ts';
export type { RevisionRecord } from './revision_record.ts';
export { MvccStore } from './store.ts';
export type { WriteListener } from './store.ts';
export type { WriteTxn } from './write_txn.ts';
export { type CompactionSite, compactionSites } from './sites.ts';
