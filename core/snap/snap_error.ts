export type SnapErrorKind =
  /** The file has no bytes, or no snapshot in it. */
  | 'empty'
  /** The snapshot's bytes do not give the checksum beside them. */
  | 'crcMismatch'
  /** Bytes that no writer writes. */
  | 'badFile'
  /** The file holds another snapshot than its name says. */
  | 'wrongName'
  /** A received backend has another size than was announced. */
  | 'wrongSize'
  /** There is no such file. */
  | 'notFound';

/** A snapshot file that can't be trusted or isn't there. Names the file, what was expected and what was found. */
export class SnapError extends Error {
  override readonly name = 'SnapError';
  readonly kind: SnapErrorKind;
  readonly path: string;

  constructor(kind: SnapErrorKind, path: string, expected: string, found: string) {
    super(`snap: ${kind} in ${path}: expected ${expected}, found ${found}`);
    this.kind = kind;
    this.path = path;
  }
}
