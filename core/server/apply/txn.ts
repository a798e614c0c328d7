import type { KeyRange, ReadView } from '../../mvcc/index.ts';
import { keyRange, rangeCovers } from '../../mvcc/index.ts';
import type { ErrorResponse } from '../api/errors.ts';
import type { DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest } from '../api/messages.ts';
import { checkTxnPut, checkTxnRange, keyExists } from './check.ts';
import { holds } from './compare.ts';
import type { LeaseSet } from './leases.ts';

/** A txn with all its branches chosen. */
export interface TxnPlan {
  readonly succeeded: boolean;
  readonly steps: readonly TxnStep[];
}

export type TxnStep =
  | { readonly kind: 'range'; readonly range: RangeRequest }
  | { readonly kind: 'put'; readonly put: PutRequest }
  | { readonly kind: 'delete_range'; readonly delete_range: DeleteRangeRequest }
  | { readonly kind: 'txn'; readonly plan: TxnPlan };

/** Chooses every branch, nested ones too, by the state before the txn: no compare sees the txn's own changes. */
export function planTxn(view: ReadView, txn: TxnRequest): TxnPlan {
  const succeeded = txn.compare.every((compare) => holds(view, compare));
  const chosen: readonly RequestOp[] = succeeded ? txn.success : txn.failure;
  const steps = chosen.map((op): TxnStep =>
    op.kind === 'txn' ? { kind: 'txn', plan: planTxn(view, op.txn) } : op,
  );
  return { succeeded, steps };
}

/**
 * Why the chosen path can't be done, or null. Once this returned null every step succeeds, so a txn is done as a whole or not
 * at all. Puts are checked before ranges, which decides the error if both fail, as in etcd.
 */
export function checkPlan(view: ReadView, plan: TxnPlan, leases: LeaseSet): ErrorResponse | null {
  const steps = flatten(plan);
  for (const [position, step] of steps.entries()) {
    if (step.kind !== 'put') continue;
    const exists = (): boolean => keyExists(view, step.put) && !deletedBefore(steps, position, step.put);
    const error = checkTxnPut(step.put, leases, exists);
    if (error !== null) return error;
  }
  for (const step of steps) {
    const error = step.kind === 'range' ? checkTxnRange(view, step.range) : null;
    if (error !== null) return error;
  }
  return null;
}

type LeafStep = Exclude<TxnStep, { kind: 'txn' }>;

/** The steps in the order in which they are done. */
function flatten(plan: TxnPlan): LeafStep[] {
  return plan.steps.flatMap((step): LeafStep[] => (step.kind === 'txn' ? flatten(step.plan) : [step]));
}

// Our admission refuses a txn that deletes and puts a key, but an entry proposed by a real etcd may do it: see
// checkDuplicateKeys.
function deletedBefore(steps: readonly LeafStep[], position: number, put: PutRequest): boolean {
  return steps.slice(0, position).some((step) => {
    if (step.kind !== 'delete_range') return false;
    const range: KeyRange = keyRange(step.delete_range.key, step.delete_range.range_end);
    return rangeCovers(range, put.key);
  });
}
