export type BackendErrorKind =
  /** Neither meta page is valid: no database, or both metas are damaged. */
  | 'noValidMeta'
  /** A page that the tree reaches does not look like what bbolt writes, or lies outside of the file. */
  | 'corruptPage'
  /** A page is reached twice. */
  | 'doubleUse';

/** A database file that can't be trusted. Names the file if it is known, the page, what was expected and what was found. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly kind: BackendErrorKind;
  /** Page number in the file; -1 if the error is about the whole file. */
  readonly pageId: number;
  private readonly expected: string;
  private readonly found: string;

  constructor(kind: BackendErrorKind, pageId: number, expected: string, found: string, path = '') {
    const places = [pageId < 0 ? '' : ` in page ${pageId}`, path === '' ? '' : ` of ${path}`];
    super(`backend: ${kind}${places.join('')}: expected ${expected}, found ${found}`);
    this.kind = kind;
    this.pageId = pageId;
    this.expected = expected;
    this.found = found;
  }

  /** The same with the name of the file, which the reader of a page does not know. */
  of(path: string): BackendError {
    return new BackendError(this.kind, this.pageId, this.expected, this.found, path);
  }
}
