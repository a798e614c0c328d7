import { nsPerSecond } from '../../../core/limits.ts';
import {
  type EtcdOperation,
  type EtcdRequest,
  type EtcdResponse,
  type RangeRequest,
  type RangeResponse,
  type TxnOperation,
  type TxnRequest,
  grantedLease,
} from '../history/etcd_operation.ts';
import { isInKeyOrder } from '../history/range_view.ts';
import { keepsSomething } from './keeping_put.ts';

/** What an operation is for the check. */
export const Role = {
  /** Says nothing: refused, or a read without an answer. */
  none: 0,
  /** Made the revision of its answer. */
  write: 1,
  /** Saw the state at the revision of its answer. */
  observe: 2,
  /** Saw a state, but without a promise about real time. */
  stale: 3,
  /** May have made some revision: nobody heard. */
  open: 4,
  /** An answered revoke: it made the revision of its answer if its lease had keys, else it only saw it. */
  revoke: 5,
  grant: 6,
  /** No revision in its answer: errors, compactions, renewals. */
  beside: 7,
} as const;

/**
 * Requests of one key with nothing to them: most of a history, and checked without a look at their objects. A swap is a put if
 * the mod revision is the expected one, else nothing or a get.
 */
export const Plain = { no: 0, put: 1, get: 2, delete: 3, swap: 4 } as const;

/** A linearizable get of one key's newest pair, answered with all that etcd tells of it. */
export function isPlainGet(input: RangeRequest, output: RangeResponse): boolean {
  const { kvs, count } = output;
  if (kvs.length > 1 || (count !== undefined && count !== kvs.length) || !isPlainRead(input)) return false;
  const pair = kvs[0];
  if (pair === undefined) return true;
  const { key, modRevision, lease } = pair;
  return key === input.key && modRevision !== undefined && (lease === undefined || lease === '0');
}

/** A read of one key's newest pair that asks for nothing special. */
export function isPlainRead(read: RangeRequest): boolean {
  const { rangeEnd, revision, serializable, countOnly, keysOnly } = read;
  const isNewest = (revision === undefined || revision === 0) && serializable !== true;
  const isWhole = countOnly !== true && keysOnly !== true && isInKeyOrder(read);
  return rangeEnd === undefined && isNewest && isWhole;
}

/** A put of a key that is only made if the key has a certain mod revision; else the key may be read. */
export function isPlainSwap({ compares, success, failure }: TxnRequest): boolean {
  if (compares.length !== 1 || success.length !== 1 || failure.length > 1) return false;
  const compare = compares[0];
  const put = success[0];
  const read = failure[0];
  if (compare?.target !== 'mod' || compare.result !== 'equal' || compare.rangeEnd !== undefined) return false;
  if (typeof compare.operand !== 'number' || put?.kind !== 'put' || put.key !== compare.key) return false;
  if (put.lease !== undefined || put.prevKv === true || keepsSomething(put)) return false;
  return read === undefined || (read.kind === 'range' && read.key === compare.key && isPlainRead(read));
}

/** Nobody calls for a lease to run out: it is an open revoke, called when its time to live is over at the earliest. */
export function expiryOf(operation: EtcdOperation, number: number): EtcdOperation | null {
  const { input, outcome, callNs, callSequence } = operation;
  if (input.kind !== 'leaseGrant' || outcome.status === 'fail') return null;
  const lease = grantedLease(operation);
  const told =
    outcome.status === 'ok' && outcome.output.kind === 'leaseGrant' ? outcome.output.ttl : undefined;
  const ttl = told ?? input.ttl;
  if (lease === null || ttl === undefined) return null;
  return {
    id: -1 - number,
    process: -1,
    client: 'its time to live',
    input: { kind: 'leaseRevoke', lease },
    callNs: callNs + ttl * nsPerSecond,
    callSequence,
    returnNs: null,
    returnSequence: null,
    outcome: { status: 'unknown' },
  };
}

export function isSerializable(input: EtcdRequest | TxnOperation): boolean {
  if (input.kind === 'range') return input.serializable === true;
  if (input.kind !== 'txn') return false;
  const all = [...input.success, ...input.failure];
  return all.length > 0 && all.every(isSerializable);
}

/** Whether an answer says that the request changed the store. */
export function hasWritten(input: EtcdRequest, output: EtcdResponse): boolean {
  if (input.kind === 'put') return true;
  if (input.kind === 'deleteRange') return output.kind === 'deleteRange' && output.deleted > 0;
  if (input.kind !== 'txn' || output.kind !== 'txn') return false;
  const operations = output.succeeded ? input.success : input.failure;
  for (let i = 0; i < operations.length; i++) {
    const result = output.results[i];
    if (result !== undefined && hasWritten(operations[i] as EtcdRequest, result)) return true;
  }
  return false;
}

/** Whether a request without an answer may have changed the store. */
export function mayWrite(input: EtcdRequest | TxnOperation): boolean {
  switch (input.kind) {
    case 'put':
    case 'deleteRange':
    case 'leaseRevoke':
      return true;
    case 'txn':
      return input.success.some(mayWrite) || input.failure.some(mayWrite);
    default:
      return false;
  }
}
