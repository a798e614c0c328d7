export type WalErrorKind =
  /** There is no write-ahead log in the directory. */
  | 'notFound'
  /** A file between the first and the last is missing. */
  | 'missingSegment'
  /** A record's bytes do not fit the chain of checksums. */
  | 'crcMismatch'
  /** A record stops short, or lacks a sector, where that can't be the trace of a crash: not in the last file. */
  | 'torn'
  /** A frame's length field that no writer writes. */
  | 'badFrame'
  /** A record that no writer writes, or not in this place. */
  | 'badRecord'
  /** An entry's index is beyond the end of the log. */
  | 'gap'
  /** Two metadata records differ. */
  | 'metadataConflict'
  /** The log has no record of the snapshot to start from, or never committed it. */
  | 'snapshotNotFound'
  /** The log's record of the snapshot to start from has another term. */
  | 'snapshotMismatch';

// etcd's words, for those who search for them.
const sayings: Partial<Record<WalErrorKind, string>> = {
  snapshotNotFound: 'snapshot not found',
  snapshotMismatch: 'snapshot mismatch',
};

/** A write-ahead log that can't be trusted or isn't there. Names the place, what was expected and what was found. */
export class WalError extends Error {
  override readonly name = 'WalError';
  readonly kind: WalErrorKind;
  readonly path: string;
  /** Of the frame in the file, in bytes. */
  readonly offsetBytes: number;

  constructor(kind: WalErrorKind, path: string, offsetBytes: number, expected: string, found: string) {
    super(
      `wal: ${sayings[kind] ?? kind} in ${path} at byte ${offsetBytes}: expected ${expected}, found ${found}`,
    );
    this.kind = kind;
    this.path = path;
    this.offsetBytes = offsetBytes;
  }
}
