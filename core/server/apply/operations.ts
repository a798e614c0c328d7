import { assertDefined } from '../../base/assert.ts';
import { emptyByteString } from '../../base/bytes.ts';
import type { KeyValue, WriteTxn } from '../../mvcc/index.ts';
import { keyRange, noLease } from '../../mvcc/index.ts';
import type {
  DeleteRangeRequest,
  DeleteRangeResponse,
  PutRequest,
  PutResponse,
  ResponseOp,
  TxnResponse,
} from '../api/messages.ts';
import { revisionHeader } from '../api/messages.ts';
import { executeRange } from './range.ts';
import type { TxnPlan, TxnStep } from './txn.ts';

/** Puts a pair after `checkPut` allowed it. */
export function put(txn: WriteTxn, request: PutRequest): PutResponse {
  const keepsSomething = request.ignore_value === true || request.ignore_lease === true;
  const before: KeyValue | undefined =
    keepsSomething || request.prev_kv === true ? txn.range(keyRange(request.key)).kvs[0] : undefined;
  const kept = keepsSomething ? assertDefined(before, 'the pair of which a put keeps a part') : undefined;
  const value = request.ignore_value === true ? kept?.value : request.value;
  const lease = request.ignore_lease === true ? kept?.lease : request.lease;
  const revision = txn.put(request.key, value ?? emptyByteString, lease ?? noLease);
  const header = revisionHeader(revision);
  return request.prev_kv === true && before !== undefined ? { header, prev_kv: before } : { header };
}

export function deleteRange(txn: WriteTxn, request: DeleteRangeRequest): DeleteRangeResponse {
  const range = keyRange(request.key, request.range_end);
  const prev_kvs = request.prev_kv === true ? txn.range(range).kvs : [];
  const deleted = txn.deleteRange(range);
  return { header: revisionHeader(txn.currentRevision), deleted, prev_kvs };
}

/** Does the steps of a plan that `checkPlan` allowed. Only the outermost txn's header has a revision, filled by the caller. */
export function runTxn(txn: WriteTxn, plan: TxnPlan): TxnResponse {
  const responses = plan.steps.map((step) => runStep(txn, step));
  return { header: revisionHeader(0), succeeded: plan.succeeded, responses };
}

function runStep(txn: WriteTxn, step: TxnStep): ResponseOp {
  if (step.kind === 'range') return { kind: 'range', range: executeRange(txn, step.range) };
  if (step.kind === 'put') return { kind: 'put', put: put(txn, step.put) };
  if (step.kind === 'delete_range') {
    return { kind: 'delete_range', delete_range: deleteRange(txn, step.delete_range) };
  }
  return { kind: 'txn', txn: runTxn(txn, step.plan) };
}
