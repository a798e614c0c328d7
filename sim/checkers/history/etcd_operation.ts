import type { Operation } from './operation.ts';

/**
 * What clients ask of etcd and what they hear, as plain data: the names of etcd's API, keys and values as text, lease ids as
 * decimal text. Left out: leases' checkpoints.
 */
export type EtcdRequest =
  | PutRequest
  | RangeRequest
  | DeleteRangeRequest
  | TxnRequest
  | LeaseGrantRequest
  | LeaseRevokeRequest
  | LeaseKeepAliveRequest
  | CompactRequest;

export interface PutRequest {
  readonly kind: 'put';
  readonly key: string;
  readonly value: string;
  /** Absent or '0': none; what the key was attached to before is detached. */
  readonly lease?: string;
  readonly prevKv?: boolean;
}

export interface RangeRequest {
  readonly kind: 'range';
  readonly key: string;
  /** Absent: `key` alone. '\0': every key from `key` on. Else [key, rangeEnd). */
  readonly rangeEnd?: string;
  /** Absent or 0: all. */
  readonly limit?: number;
  /** Absent or 0: the newest. */
  readonly revision?: number;
  /** Answered from one member's state, which may be behind: no promise about real time. */
  readonly serializable?: boolean;
  readonly countOnly?: boolean;
  readonly keysOnly?: boolean;
  /** Absent: pairs come in key order; with a target by that, ascending, but cut to the limit before that (etcd: Range). */
  readonly sortOrder?: SortOrder;
  /** Absent: the key. */
  readonly sortTarget?: SortTarget;
  /** Bounds of what is shown, both included; absent or 0: none. `count` counts what they leave out, too. */
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
}

export const sortOrders = ['ascend', 'descend'] as const;
export type SortOrder = (typeof sortOrders)[number];
export const sortTargets = ['key', 'version', 'create', 'mod', 'value'] as const;
export type SortTarget = (typeof sortTargets)[number];

export interface DeleteRangeRequest {
  readonly kind: 'deleteRange';
  readonly key: string;
  readonly rangeEnd?: string;
  readonly prevKv?: boolean;
}

export interface TxnRequest {
  readonly kind: 'txn';
  readonly compares: readonly Compare[];
  readonly success: readonly TxnOperation[];
  readonly failure: readonly TxnOperation[];
}

export type TxnOperation = PutRequest | RangeRequest | DeleteRangeRequest | TxnRequest;

export type CompareTarget = 'value' | 'version' | 'create' | 'mod' | 'lease';
export type CompareResult = 'equal' | 'notEqual' | 'greater' | 'less';

/** Holds if it holds for the key, with a range for all keys that exist in it. Absent keys: values never compare, numbers are 0. */
export interface Compare {
  readonly target: CompareTarget;
  readonly result: CompareResult;
  readonly key: string;
  readonly rangeEnd?: string;
  /** Text for `value`, a lease id as text for `lease`, else a number. */
  readonly operand: string | number;
}

/** `lease` '0' lets the server choose; the answer then tells the id. `ttl` in seconds. */
export interface LeaseGrantRequest {
  readonly kind: 'leaseGrant';
  readonly lease: string;
  readonly ttl?: number;
}

export interface LeaseRevokeRequest {
  readonly kind: 'leaseRevoke';
  readonly lease: string;
}

export interface LeaseKeepAliveRequest {
  readonly kind: 'leaseKeepAlive';
  readonly lease: string;
}

export interface CompactRequest {
  readonly kind: 'compact';
  readonly revision: number;
}

/** A key with what was told of it. Numbers that were not told are absent; lease '0' is none. */
export interface Pair {
  readonly key: string;
  readonly value: string;
  readonly modRevision?: number;
  readonly createRevision?: number;
  readonly version?: number;
  readonly lease?: string;
}

/** What the store itself answers with an error: certainly without effect, and it says something about the state. */
export const etcdErrors = ['compacted', 'futureRevision', 'leaseNotFound', 'leaseExists'] as const;
export type EtcdError = (typeof etcdErrors)[number];

/** `revision` is the header's. It means nothing for a compaction (etcd's robustness suite ignores it there, too). */
export type EtcdResponse = EtcdAnswer & {
  /** The header's: in which term the member was that answered. */
  readonly term?: number;
};

type EtcdAnswer =
  | { readonly kind: 'put'; readonly revision?: number; readonly prevKv?: Pair | null }
  | RangeResponse
  | {
      readonly kind: 'deleteRange';
      readonly revision?: number;
      readonly deleted: number;
      readonly prevKvs?: readonly Pair[];
    }
  | TxnResponse
  | {
      readonly kind: 'leaseGrant';
      readonly revision?: number;
      readonly lease?: string;
      readonly ttl?: number;
    }
  | { readonly kind: 'leaseRevoke'; readonly revision?: number }
  | { readonly kind: 'leaseKeepAlive'; readonly revision?: number; readonly ttl: number }
  | { readonly kind: 'compact'; readonly revision?: number }
  | { readonly kind: 'error'; readonly error: EtcdError; readonly revision?: number };

export interface RangeResponse {
  readonly kind: 'range';
  readonly revision?: number;
  readonly kvs: readonly Pair[];
  /** Of all keys in the range, whatever the limit. */
  readonly count?: number;
}

export interface TxnResponse {
  readonly kind: 'txn';
  readonly revision?: number;
  readonly succeeded: boolean;
  readonly results: readonly EtcdResponse[];
}

export type EtcdOperation = Operation<EtcdRequest, EtcdResponse>;

/** Answered from one member's state, which may be behind: a serializable range, or a txn of nothing else (etcd: Txn). */
export function isLocalRead(request: EtcdRequest): boolean {
  if (request.kind === 'range') return request.serializable === true;
  return request.kind === 'txn' && [...request.success, ...request.failure].every(isLocalRead);
}

/** The lease that a grant made, if that is known. */
export function grantedLease({ input, outcome }: EtcdOperation): string | null {
  if (input.kind !== 'leaseGrant') return null;
  const told =
    outcome.status === 'ok' && outcome.output.kind === 'leaseGrant' ? outcome.output.lease : undefined;
  const lease = told ?? input.lease;
  return lease === '0' ? null : lease;
}
