import type { RequestOp, TxnRequest } from '../api/messages.ts';

/**
 * True if the request can't change the store, whatever is in it: a range, or a txn of ranges. A txn in a txn counts as a write
 * and goes through the log, as in etcd.
 */
export function isReadOnly(request: RequestOp): boolean {
  if (request.kind !== 'txn') return request.kind === 'range';
  const { success, failure } = request.txn;
  return success.every((op) => op.kind === 'range') && failure.every((op) => op.kind === 'range');
}

/** Only with a planted bug: a txn for which nobody here waits, without what only its answer needs. */
export function withoutReads<Txn extends { readonly kind: 'txn'; readonly txn: TxnRequest }>(
  request: Txn,
): Txn {
  const writes = (operations: readonly RequestOp[]): RequestOp[] =>
    operations
      .filter(({ kind }) => kind !== 'range')
      .map((operation) => (operation.kind === 'txn' ? withoutReads(operation) : operation));
  const { txn } = request;
  return { ...request, txn: { ...txn, success: writes(txn.success), failure: writes(txn.failure) } };
}
