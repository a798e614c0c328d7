/** A database whose `key` or `meta` bucket is not what etcd writes. */
export class MvccError extends Error {
  override readonly name = 'MvccError';

  constructor(what: string) {
    super(`mvcc: ${what}`);
  }
}
