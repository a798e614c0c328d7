import type { ByteString } from '../base/bytes.ts';
import type { KeyValue, RevisionRecord } from '../mvcc/index.ts';

/** What watching needs of the key-value store. */
export interface WatchSource {
  readonly currentRevision: number;
  /** The last compaction; -1 if there was none. Changes from there on are complete. */
  readonly compactRevision: number;
  /** Visits the changes with lowRevision <= revision < highRevision in order. The visitor returns false to stop. */
  visitChanges(lowRevision: number, highRevision: number, visitor: (record: RevisionRecord) => boolean): void;
  /** The pair as of a revision; undefined if there was none, or if that was compacted. */
  pairAt(key: ByteString, revision: number): KeyValue | undefined;
}
