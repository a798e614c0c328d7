import type { PutRequest, RaftRequest, RequestOp, TxnRequest } from '../api/index.ts';
import type { ClientRequest } from '../api/messages.ts';

/** What a pair takes besides key and value, generously (etcd: kvOverhead). */
const pairOverheadBytes = 256;
const leaseOverheadBytes = 64;

/** Bytes by which the request may make the database grow, as etcd estimates it. */
export function growthBytes(request: RaftRequest | ClientRequest): number {
  if (request.kind === 'put') return putBytes(request.put);
  if (request.kind === 'txn') return txnBytes(request.txn);
  return request.kind === 'lease_grant' ? leaseOverheadBytes : 0;
}

function putBytes({ key, value }: PutRequest): number {
  return pairOverheadBytes + key.length + (value?.length ?? 0);
}

/** The larger branch. */
function txnBytes({ success, failure }: TxnRequest): number {
  return Math.max(branchBytes(success), branchBytes(failure));
}

function branchBytes(operations: readonly RequestOp[]): number {
  let bytes = 0;
  for (const operation of operations) bytes += growthBytes(operation);
  return bytes;
}
