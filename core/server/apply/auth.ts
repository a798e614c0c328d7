/** Who may do what, request by request: the floor of auth knows keys and users, this knows requests. */
import type { AuthErrorName, AuthInfo, AuthStore } from '../../auth/index.ts';
import type { ByteString } from '../../base/bytes.ts';
import { type BugSwitches, noBugs } from '../../bugs.ts';
import { noLease, type LeaseId } from '../../mvcc/key_value.ts';
import type { DeleteRangeRequest, PutRequest, RequestOp, TxnRequest } from '../api/kv.ts';
import type { ClientRequest, RequestKind } from '../api/messages.ts';

/** The keys that are attached to a lease now; none if there is no such lease. */
export type LeaseKeys = (lease: LeaseId) => Iterable<ByteString>;

/** What etcd keeps to users with the role root. */
const adminKinds: ReadonlySet<RequestKind> = new Set<RequestKind>([
  ...(['auth_enable', 'auth_disable', 'user_add', 'user_delete', 'user_list'] as const),
  ...(['user_change_password', 'user_grant_role', 'user_revoke_role'] as const),
  ...(['role_add', 'role_delete', 'role_list', 'role_grant_permission', 'role_revoke_permission'] as const),
  ...(['member_add', 'member_remove', 'member_update', 'member_promote'] as const),
  ...(['defragment', 'hash', 'hash_kv'] as const),
]);

/**
 * Why the user may not have this request done, or null. To be asked when the request is applied, and for what one member answers
 * alone, when it is answered. Not checked, as in etcd: compaction, granting and renewing leases, alarms, a member's status, the
 * list of members, moving the leadership. A watch is checked when it is created, by `AuthStore.checkRange` with its `range_end` as it
 * was sent.
 */
export function checkAuth(
  auth: AuthStore,
  info: AuthInfo | null,
  request: ClientRequest,
  leaseKeys: LeaseKeys,
  bugs: BugSwitches = noBugs,
): AuthErrorName | null {
  switch (request.kind) {
    case 'range':
    case 'put':
    case 'delete_range':
      return checkOp(auth, info, request, leaseKeys);
    case 'txn':
      if (bugs.has('txn-half-checked')) return checkKeysOfTxn(auth, info, request.txn);
      return checkTxn(auth, info, request.txn, leaseKeys);
    case 'lease_revoke':
      return checkLeasePuts(auth, info, request.lease_revoke.ID, leaseKeys);
    case 'lease_time_to_live': {
      const { ID, keys } = request.lease_time_to_live;
      return keys === true ? checkLeaseReads(auth, info, ID, leaseKeys) : null;
    }
    case 'user_get':
      return auth.checkUserGet(info, request.user_get.name);
    case 'role_get':
      return auth.checkRoleGet(info, request.role_get.role);
    default:
      return adminKinds.has(request.kind) ? auth.checkAdmin(info) : null;
  }
}

function checkOp(
  auth: AuthStore,
  info: AuthInfo | null,
  op: RequestOp,
  leaseKeys: LeaseKeys,
): AuthErrorName | null {
  if (op.kind === 'range') return auth.checkRange(info, op.range.key, op.range.range_end);
  if (op.kind === 'put') return checkPut(auth, info, op.put, leaseKeys);
  if (op.kind === 'delete_range') return checkDeleteRange(auth, info, op.delete_range);
  return checkTxn(auth, info, op.txn, leaseKeys);
}

function checkPut(
  auth: AuthStore,
  info: AuthInfo | null,
  put: PutRequest,
  leaseKeys: LeaseKeys,
): AuthErrorName | null {
  const error = auth.checkPut(info, put.key) ?? checkLeasePuts(auth, info, put.lease ?? noLease, leaseKeys);
  if (error !== null) return error;
  return put.prev_kv === true ? auth.checkRange(info, put.key) : null;
}

function checkDeleteRange(
  auth: AuthStore,
  info: AuthInfo | null,
  request: DeleteRangeRequest,
): AuthErrorName | null {
  const { key, range_end, prev_kv } = request;
  const error = auth.checkDeleteRange(info, key, range_end);
  if (error !== null) return error;
  return prev_kv === true ? auth.checkRange(info, key, range_end) : null;
}

/**
 * All of a txn, whichever branch is chosen: the answer tells which one was, so a compare reads its keys. Nested txns count with
 * everything in them (CVE-2026-33343).
 */
function checkTxn(
  auth: AuthStore,
  info: AuthInfo | null,
  txn: TxnRequest,
  leaseKeys: LeaseKeys,
): AuthErrorName | null {
  for (const compare of txn.compare) {
    const error = auth.checkRange(info, compare.key, compare.range_end);
    if (error !== null) return error;
  }
  for (const branch of [txn.success, txn.failure]) {
    for (const op of branch) {
      const error = checkOp(auth, info, op, leaseKeys);
      if (error !== null) return error;
    }
  }
  return null;
}

/** Only with the planted bug: the keys that the txn itself names, not what hangs on its puts, nor the txns in it. */
function checkKeysOfTxn(auth: AuthStore, info: AuthInfo | null, txn: TxnRequest): AuthErrorName | null {
  const outermost = (ops: readonly RequestOp[]): RequestOp[] =>
    ops.flatMap((op): RequestOp[] => {
      if (op.kind === 'txn') return [];
      return op.kind === 'put' ? [{ kind: 'put', put: { key: op.put.key } }] : [op];
    });
  const known = { ...txn, success: outermost(txn.success), failure: outermost(txn.failure) };
  return checkTxn(auth, info, known, () => []);
}

/**
 * When a lease ends, its keys are deleted. So who revokes it must be allowed to write all of them, and who attaches a key to it
 * as well: the key would last as long as others decide.
 */
function checkLeasePuts(
  auth: AuthStore,
  info: AuthInfo | null,
  lease: LeaseId,
  leaseKeys: LeaseKeys,
): AuthErrorName | null {
  if (lease === noLease) return null;
  for (const key of leaseKeys(lease)) {
    const error = auth.checkPut(info, key);
    if (error !== null) return error;
  }
  return null;
}

function checkLeaseReads(
  auth: AuthStore,
  info: AuthInfo | null,
  lease: LeaseId,
  leaseKeys: LeaseKeys,
): AuthErrorName | null {
  for (const key of leaseKeys(lease)) {
    const error = auth.checkRange(info, key);
    if (error !== null) return error;
  }
  return null;
}
