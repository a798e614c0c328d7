/**
 * The KV part of etcd's v3 API. Shapes and field names are etcdserverpb's; an absent optional field means proto3's zero value.
 * Where the protocol has a oneof, these are unions with a `kind` (or, for Compare, the `target`). Messages are immutable.
 */
import type { ByteString } from '../../base/bytes.ts';
import type { KeyValue, LeaseId } from '../../mvcc/key_value.ts';
import type { ErrorResponse } from './errors.ts';

export type { KeyValue, LeaseId } from '../../mvcc/key_value.ts';

export interface ResponseHeader {
  readonly cluster_id: number;
  /** The member that answered. */
  readonly member_id: number;
  /** The store's revision when the request was applied. */
  readonly revision: number;
  readonly raft_term: number;
}

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

/** What a client may ask a member. */
export type ClientRequest = RequestOp;

/** The answer: of the same kind as the request, or an error. */
export type ClientResponse = ResponseOp | ErrorResponse;

/** A header that knows the revision only. Answers inside a txn keep it; the member completes the outermost one. */
export function revisionHeader(revision: number): ResponseHeader {
  return { cluster_id: 0, member_id: 0, revision, raft_term: 0 };
}

/** Fills the outermost header with who answered; its revision stays. Errors have no header. */
export function withMember(
  response: ClientResponse,
  member: { readonly cluster_id: number; readonly member_id: number; readonly raft_term: number },
): ClientResponse {
  if (response.kind === 'error') return response;
  const complete = (header: ResponseHeader): ResponseHeader => ({
    cluster_id: member.cluster_id,
    member_id: member.member_id,
    revision: header.revision,
    raft_term: member.raft_term,
  });
  if (response.kind === 'range') {
    return { kind: 'range', range: { ...response.range, header: complete(response.range.header) } };
  }
  if (response.kind === 'put') {
    return { kind: 'put', put: { ...response.put, header: complete(response.put.header) } };
  }
  if (response.kind === 'txn') {
    return { kind: 'txn', txn: { ...response.txn, header: complete(response.txn.header) } };
  }
  const { delete_range } = response;
  return { kind: 'delete_range', delete_range: { ...delete_range, header: complete(delete_range.header) } };
}
