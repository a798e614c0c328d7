export { Publisher } from './publisher.ts';
export { decodeSnapFile, encodeSnapFile } from './snap_codec.ts';
export { type DbReceipt, SnapDbs } from './snap_db.ts';
export { SnapError, type SnapErrorKind } from './snap_error.ts';
export {
  formatSnapDbName,
  formatSnapName,
  parseSnapDbName,
  parseSnapName,
  type SnapName,
} from './snap_name.ts';
export { type LoadedSnapshot, Snapshotter } from './snapshotter.ts';
