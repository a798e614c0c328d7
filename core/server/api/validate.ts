/** Checks that need nothing but the request, made before it is proposed (in etcd: the gRPC layer). */
import { txnOperationsMax } from '../../limits.ts';
import { noLease } from '../../mvcc/key_value.ts';
import type { ErrorResponse } from './errors.ts';
import { errors } from './errors.ts';
import type { ClientRequest, RequestOp, TxnRequest } from './messages.ts';
import { checkDuplicateKeys } from './duplicate_keys.ts';
import { validPeerUrls } from './peer_urls.ts';

/**
 * Null if the request may be proposed, else the error to answer with. What needs the store is found while applying, in the order in
 * which etcd finds it: a time to live that is too long, a revision that is not there, a user or role without a name (etcd 3.4).
 */
export function validateRequest(
  request: ClientRequest,
  operationsMax: number = txnOperationsMax,
): ErrorResponse | null {
  switch (request.kind) {
    case 'range':
    case 'put':
    case 'delete_range':
      return checkOp(request, operationsMax);
    case 'txn':
      return checkTxn(request.txn, operationsMax) ?? checkDuplicateKeys(request.txn);
    case 'member_add':
      return validPeerUrls(request.member_add.peerURLs) ? null : errors.memberBadUrls;
    case 'role_grant_permission':
      // Applying it would end every member of etcd 3.4; 3.5 refuses it.
      return request.role_grant_permission.perm === undefined ? errors.permissionNotGiven : null;
    default:
      return null;
  }
}

function checkOp(op: RequestOp, operationsMax: number): ErrorResponse | null {
  if (op.kind === 'txn') return checkTxn(op.txn, operationsMax);
  if (op.kind === 'range') return op.range.key.length === 0 ? errors.emptyKey : null;
  if (op.kind === 'delete_range') return op.delete_range.key.length === 0 ? errors.emptyKey : null;
  const { put } = op;
  if (put.key.length === 0) return errors.emptyKey;
  if (put.ignore_value === true && put.value !== undefined && put.value.length > 0)
    return errors.valueProvided;
  if (put.ignore_lease === true && (put.lease ?? noLease) !== noLease) return errors.leaseProvided;
  return null;
}

/**
 * A level counts as the longest of its three lists, and what is left over is the bound for each txn nested in it: siblings
 * do not add up, levels do.
 */
function checkTxn(txn: TxnRequest, operationsMax: number): ErrorResponse | null {
  const operations = Math.max(txn.compare.length, txn.success.length, txn.failure.length);
  if (operations > operationsMax) return errors.tooManyOps;
  for (const compare of txn.compare) if (compare.key.length === 0) return errors.emptyKey;
  for (const branch of [txn.success, txn.failure]) {
    for (const op of branch) {
      const error = checkOp(op, operationsMax - operations);
      if (error !== null) return error;
    }
  }
  return null;
}
