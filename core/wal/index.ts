export { validSnapshots, verifyWal, type WalSummary } from './inspect.ts';
export type { SnapshotMark } from './payloads.ts';
export { noSnapshot, openWal, recoverWal, type Recovered } from './recover.ts';
export { formatSegmentName, parseSegmentName, type SegmentName } from './segment_name.ts';
export { mustSync, Wal, walExists, type WalOptions } from './wal.ts';
export { WalError, type WalErrorKind } from './wal_error.ts';
