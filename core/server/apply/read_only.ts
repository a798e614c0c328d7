import type { RequestOp } from '../api/messages.ts';

/**
 * True if the request can't change the store, whatever is in it: a range, or a txn of ranges. A txn in a txn counts as a write
 * and goes through the log, as in etcd.
 */
export function isReadOnly(request: RequestOp): boolean {
  if (request.kind !== 'txn') return request.kind === 'range';
  const { success, failure } = request.txn;
  return success.every((op) => op.kind === 'range') && failure.every((op) => op.kind === 'range');
}
