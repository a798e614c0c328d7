import type { ReadView } from '../../mvcc/index.ts';
import { keyRange, noLease } from '../../mvcc/index.ts';
import type { ErrorResponse } from '../api/errors.ts';
import { errors } from '../api/errors.ts';
import type { PutRequest, RangeRequest } from '../api/messages.ts';
import type { LeaseSet } from './leases.ts';

/** Why a put of its own can't be done, or null. The lease comes first, which decides the error if both fail, as in etcd. */
export function checkPut(view: ReadView, put: PutRequest, leases: LeaseSet): ErrorResponse | null {
  return checkLease(put, leases) ?? checkKept(put, () => keyExists(view, put));
}

/** The same for a put inside a txn; here the key comes first. `exists` tells whether it will be there when its turn comes. */
export function checkTxnPut(put: PutRequest, leases: LeaseSet, exists: () => boolean): ErrorResponse | null {
  return checkKept(put, exists) ?? checkLease(put, leases);
}

function checkLease(put: PutRequest, leases: LeaseSet): ErrorResponse | null {
  const lease = put.lease ?? noLease;
  return lease === noLease || leases.has(lease) ? null : errors.leaseNotFound;
}

/** A put that keeps the value or the lease needs a pair to keep it from. */
function checkKept(put: PutRequest, exists: () => boolean): ErrorResponse | null {
  const keeps = put.ignore_value === true || put.ignore_lease === true;
  return keeps && !exists() ? errors.keyNotFound : null;
}

export function keyExists(view: ReadView, put: PutRequest): boolean {
  return view.range(keyRange(put.key), { countOnly: true }).count > 0;
}

/**
 * Why a range inside a txn can't be done, or null. Unlike a range of its own, it takes 0 alone for "now"; a negative revision
 * below the compact revision counts as compacted.
 */
export function checkTxnRange(view: ReadView, range: RangeRequest): ErrorResponse | null {
  const revision = range.revision ?? 0;
  if (revision > view.currentRevision) return errors.futureRevision;
  return revision !== 0 && revision < view.compactRevision ? errors.compacted : null;
}
