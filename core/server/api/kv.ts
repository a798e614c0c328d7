/** etcd's KV service. */
import type { ByteString } from '../../base/bytes.ts';
import type { KeyValue, LeaseId } from '../../mvcc/key_value.ts';
import type { ResponseHeader } from './header.ts';

export type SortOrder = 'NONE' | 'ASCEND' | 'DESCEND';
export type SortTarget = 'KEY' | 'VERSION' | 'CREATE' | 'MOD' | 'VALUE';

export interface RangeRequest {
  readonly key: ByteString;
  /** Absent or empty: this key alone. "\0": every key >= `key`. Otherwise keys in [key, range_end). */
  readonly range_end?: ByteString;
  /** Largest number of pairs to return; 0 means all. */
  readonly limit?: number;
  /** Reads the store as of this revision; 0 or less means now. */
  readonly revision?: number;
  readonly sort_order?: SortOrder;
  readonly sort_target?: SortTarget;
  /** True: answer from this member's state without asking the others; the answer may be old. */
  readonly serializable?: boolean;
  readonly keys_only?: boolean;
  readonly count_only?: boolean;
  readonly min_mod_revision?: number;
  readonly max_mod_revision?: number;
  readonly min_create_revision?: number;
  readonly max_create_revision?: number;
}

export interface RangeResponse {
  readonly header: ResponseHeader;
  readonly kvs: readonly KeyValue[];
  /** True if `limit` cut the answer short. */
  readonly more: boolean;
  /** Keys in the range, whatever the limit and the revision filters. */
  readonly count: number;
}

export interface PutRequest {
  readonly key: ByteString;
  readonly value?: ByteString;
  /** Absent or 0: the key is detached from its lease. */
  readonly lease?: LeaseId;
  /** True: the answer carries the pair as it was before. */
  readonly prev_kv?: boolean;
  /** True: keep the present value (an error if the key is absent). */
  readonly ignore_value?: boolean;
  /** True: keep the present lease (an error if the key is absent). */
  readonly ignore_lease?: boolean;
}

export interface PutResponse {
  readonly header: ResponseHeader;
  readonly prev_kv?: KeyValue;
}

export interface DeleteRangeRequest {
  readonly key: ByteString;
  /** As in RangeRequest. */
  readonly range_end?: ByteString;
  readonly prev_kv?: boolean;
}

export interface DeleteRangeResponse {
  readonly header: ResponseHeader;
  readonly deleted: number;
  readonly prev_kvs: readonly KeyValue[];
}

export type CompareResult = 'EQUAL' | 'GREATER' | 'LESS' | 'NOT_EQUAL';
export type CompareTarget = Compare['target'];

interface CompareBase {
  readonly result: CompareResult;
  readonly key: ByteString;
  /** As in RangeRequest; with a range, every key in it must satisfy the comparison. */
  readonly range_end?: ByteString;
}

/** The key's present field stands left of the operator, the given one right: GREATER means present > given. */
export type Compare =
  | (CompareBase & { readonly target: 'VERSION'; readonly version: number })
  | (CompareBase & { readonly target: 'CREATE'; readonly create_revision: number })
  | (CompareBase & { readonly target: 'MOD'; readonly mod_revision: number })
  | (CompareBase & { readonly target: 'VALUE'; readonly value: ByteString })
  | (CompareBase & { readonly target: 'LEASE'; readonly lease: LeaseId });

/** If every compare holds, `success` is done in order, else `failure`; all in one revision. */
export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: ResponseHeader;
  /** True if `success` was done. */
  readonly succeeded: boolean;
  /** One answer per operation of the chosen branch, of the same kind and in the same order. */
  readonly responses: readonly ResponseOp[];
}

export type RequestOp =
  | { readonly kind: 'range'; readonly range: RangeRequest }
  | { readonly kind: 'put'; readonly put: PutRequest }
  | { readonly kind: 'delete_range'; readonly delete_range: DeleteRangeRequest }
  | { readonly kind: 'txn'; readonly txn: TxnRequest };

export type ResponseOp =
  | { readonly kind: 'range'; readonly range: RangeResponse }
  | { readonly kind: 'put'; readonly put: PutResponse }
  | { readonly kind: 'delete_range'; readonly delete_range: DeleteRangeResponse }
  | { readonly kind: 'txn'; readonly txn: TxnResponse };

export interface CompactionRequest {
  /** History below this revision is given up: reads below it fail from then on. */
  readonly revision: number;
  /** True: answer only when the old pairs are gone from the backend, too. */
  readonly physical?: boolean;
}

export interface CompactionResponse {
  readonly header: ResponseHeader;
}
