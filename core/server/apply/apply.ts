import { type BugSwitches, noBugs } from '../../bugs.ts';
import type { MvccStore } from '../../mvcc/index.ts';
import { checkRevision, noLease } from '../../mvcc/index.ts';
import type { ErrorResponse } from '../api/errors.ts';
import { errors } from '../api/errors.ts';
import type { ClientResponse, RangeRequest, RequestOp, TxnRequest } from '../api/messages.ts';
import { revisionHeader } from '../api/messages.ts';
import { checkPut } from './check.ts';
import type { LeaseSet } from './leases.ts';
import { noLeases } from './leases.ts';
import { deleteRange, put, runTxn } from './operations.ts';
import { executeRange } from './range.ts';
import { type TxnPlan, checkPlan, planTxn } from './txn.ts';

/**
 * Does one committed request. Depends on the store, the leases and the request only, so every member does the same and gets
 * the same answer. An error leaves the store as it was. Headers carry the revision alone; `withMember` completes them.
 */
export function applyRequest(
  store: MvccStore,
  request: RequestOp,
  leases: LeaseSet = noLeases,
  bugs: BugSwitches = noBugs,
): ClientResponse {
  if (request.kind === 'range') return applyRange(store, request.range);
  if (request.kind === 'txn') return applyTxn(store, request.txn, leases, bugs);
  if (request.kind === 'put') {
    const error = checkPut(store, request.put, leases);
    if (error !== null) return error;
  }
  const txn = store.write();
  const response: ClientResponse =
    request.kind === 'put'
      ? { kind: 'put', put: put(txn, request.put) }
      : { kind: 'delete_range', delete_range: deleteRange(txn, request.delete_range) };
  txn.end();
  return response;
}

function applyRange(store: MvccStore, range: RangeRequest): ClientResponse {
  const error = checkRevision(store, range.revision ?? 0);
  return error === null ? { kind: 'range', range: executeRange(store, range) } : revisionErrors[error];
}

const revisionErrors: { readonly [Error in 'compacted' | 'future']: ErrorResponse } = {
  compacted: errors.compacted,
  future: errors.futureRevision,
};

function applyTxn(
  store: MvccStore,
  request: TxnRequest,
  leases: LeaseSet,
  bugs: BugSwitches,
): ClientResponse {
  const plan = planTxn(store, request);
  const error = checkPlan(store, plan, leases);
  if (error !== null) {
    if (bugs.has('partial-txn')) putSome(store, plan);
    return error;
  }
  const txn = store.write();
  const response = runTxn(txn, plan);
  const revision = txn.end();
  return { kind: 'txn', txn: { ...response, header: revisionHeader(revision) } };
}

/** Only with the planted bug: what can be done of a txn that can't be done. */
function putSome(store: MvccStore, { steps }: TxnPlan): void {
  const txn = store.write();
  for (const step of steps) {
    if (step.kind === 'put' && step.put.ignore_value !== true && step.put.ignore_lease !== true) {
      put(txn, { ...step.put, lease: noLease });
    }
  }
  txn.end();
}
