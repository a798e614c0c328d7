import type { ByteString } from '../../../base/bytes.ts';
import { emptyByteString } from '../../../base/bytes.ts';
import type { KeyValue, LeaseId } from '../../../mvcc/key_value.ts';
import { noLease } from '../../../mvcc/key_value.ts';
import type { ResponseHeader } from '../header.ts';
import type * as kv from '../kv.ts';
import { bool, bytes, enumeration, int64, int64Id, message, oneof, optional, repeated } from './schema.ts';
import { schemaOf, uint64, uint64Id, unionSchema } from './schema.ts';
import type { MessageSchema } from './schema.ts';

export const sortOrders: readonly kv.SortOrder[] = ['NONE', 'ASCEND', 'DESCEND'];
export const sortTargets: readonly kv.SortTarget[] = ['KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE'];
export const compareResults: readonly kv.CompareResult[] = ['EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'];
export const compareTargets: readonly kv.CompareTarget[] = ['VERSION', 'CREATE', 'MOD', 'VALUE', 'LEASE'];

export const responseHeader = schemaOf<ResponseHeader>('etcdserverpb.ResponseHeader', {
  cluster_id: uint64Id(1),
  member_id: uint64Id(2),
  revision: int64(3),
  raft_term: uint64(4),
});

export const keyValue = schemaOf<KeyValue>('mvccpb.KeyValue', {
  key: bytes(1),
  create_revision: int64(2),
  mod_revision: int64(3),
  version: int64(4),
  value: bytes(5),
  lease: int64Id(6),
});

export const rangeRequest = schemaOf<kv.RangeRequest>('etcdserverpb.RangeRequest', {
  key: bytes(1),
  range_end: optional(bytes(2)),
  limit: optional(int64(3)),
  revision: optional(int64(4)),
  sort_order: optional(enumeration(5, sortOrders)),
  sort_target: optional(enumeration(6, sortTargets)),
  serializable: optional(bool(7)),
  keys_only: optional(bool(8)),
  count_only: optional(bool(9)),
  min_mod_revision: optional(int64(10)),
  max_mod_revision: optional(int64(11)),
  min_create_revision: optional(int64(12)),
  max_create_revision: optional(int64(13)),
});

export const rangeResponse = schemaOf<kv.RangeResponse>('etcdserverpb.RangeResponse', {
  header: message(1, responseHeader),
  kvs: repeated(message(2, keyValue)),
  more: bool(3),
  count: int64(4),
});

export const putRequest = schemaOf<kv.PutRequest>('etcdserverpb.PutRequest', {
  key: bytes(1),
  value: optional(bytes(2)),
  lease: optional(int64Id(3)),
  prev_kv: optional(bool(4)),
  ignore_value: optional(bool(5)),
  ignore_lease: optional(bool(6)),
});

export const putResponse = schemaOf<kv.PutResponse>('etcdserverpb.PutResponse', {
  header: message(1, responseHeader),
  prev_kv: optional(message(2, keyValue)),
});

export const deleteRangeRequest = schemaOf<kv.DeleteRangeRequest>('etcdserverpb.DeleteRangeRequest', {
  key: bytes(1),
  range_end: optional(bytes(2)),
  prev_kv: optional(bool(3)),
});

export const deleteRangeResponse = schemaOf<kv.DeleteRangeResponse>('etcdserverpb.DeleteRangeResponse', {
  header: message(1, responseHeader),
  deleted: int64(2),
  prev_kvs: repeated(message(3, keyValue)),
});

/** On the wire the target stands twice, as an enum and as the oneof member that is set. */
interface RawCompare {
  readonly result: kv.CompareResult;
  readonly target: kv.CompareTarget;
  readonly key: ByteString;
  readonly version?: number;
  readonly create_revision?: number;
  readonly mod_revision?: number;
  readonly value?: ByteString;
  readonly lease?: LeaseId;
  readonly range_end?: ByteString;
}

/** An operand of another target than the enum's counts as absent, and absent as zero, as in etcd. */
function toCompare(raw: RawCompare): kv.Compare {
  const compared = comparedField(raw);
  // Added, not spread: spreading takes longer than all the rest of reading a txn.
  if (raw.range_end !== undefined && raw.range_end.length > 0) {
    (compared as { range_end?: ByteString }).range_end = raw.range_end;
  }
  return compared;
}

function comparedField(raw: RawCompare): kv.Compare {
  const { result, target, key } = raw;
  switch (target) {
    case 'VERSION':
      return { target, result, key, version: raw.version ?? 0 };
    case 'CREATE':
      return { target, result, key, create_revision: raw.create_revision ?? 0 };
    case 'MOD':
      return { target, result, key, mod_revision: raw.mod_revision ?? 0 };
    case 'VALUE':
      return { target, result, key, value: raw.value ?? emptyByteString };
    case 'LEASE':
      return { target, result, key, lease: raw.lease ?? noLease };
  }
}

export const compare: MessageSchema<kv.Compare> = unionSchema<kv.Compare, RawCompare>(
  'etcdserverpb.Compare',
  {
    result: enumeration(1, compareResults),
    target: enumeration(2, compareTargets),
    key: bytes(3),
    version: oneof(int64(4)),
    create_revision: oneof(int64(5)),
    mod_revision: oneof(int64(6)),
    value: oneof(bytes(7)),
    lease: oneof(int64Id(8)),
    range_end: optional(bytes(64)),
  },
  (value) => value,
  toCompare,
);

interface RawRequestOp {
  readonly request_range?: kv.RangeRequest;
  readonly request_put?: kv.PutRequest;
  readonly request_delete_range?: kv.DeleteRangeRequest;
  readonly request_txn?: kv.TxnRequest;
}

export const requestOp: MessageSchema<kv.RequestOp> = unionSchema<kv.RequestOp, RawRequestOp>(
  'etcdserverpb.RequestOp',
  {
    request_range: oneof(message(1, rangeRequest)),
    request_put: oneof(message(2, putRequest)),
    request_delete_range: oneof(message(3, deleteRangeRequest)),
    request_txn: oneof(message(4, () => txnRequest)),
  },
  (op) => {
    if (op.kind === 'range') return { request_range: op.range };
    if (op.kind === 'put') return { request_put: op.put };
    if (op.kind === 'delete_range') return { request_delete_range: op.delete_range };
    return { request_txn: op.txn };
  },
  ({ request_range: range, request_put: put, request_delete_range: delete_range, request_txn: txn }) => {
    if (range !== undefined) return { kind: 'range', range };
    if (put !== undefined) return { kind: 'put', put };
    if (delete_range !== undefined) return { kind: 'delete_range', delete_range };
    if (txn !== undefined) return { kind: 'txn', txn };
    throw new RangeError('none of range, put, delete_range, txn is set');
  },
);

export const txnRequest: MessageSchema<kv.TxnRequest> = schemaOf<kv.TxnRequest>('etcdserverpb.TxnRequest', {
  compare: repeated(message(1, compare)),
  success: repeated(message(2, requestOp)),
  failure: repeated(message(3, requestOp)),
});

interface RawResponseOp {
  readonly response_range?: kv.RangeResponse;
  readonly response_put?: kv.PutResponse;
  readonly response_delete_range?: kv.DeleteRangeResponse;
  readonly response_txn?: kv.TxnResponse;
}

export const responseOp: MessageSchema<kv.ResponseOp> = unionSchema<kv.ResponseOp, RawResponseOp>(
  'etcdserverpb.ResponseOp',
  {
    response_range: oneof(message(1, rangeResponse)),
    response_put: oneof(message(2, putResponse)),
    response_delete_range: oneof(message(3, deleteRangeResponse)),
    response_txn: oneof(message(4, () => txnResponse)),
  },
  (op) => {
    if (op.kind === 'range') return { response_range: op.range };
    if (op.kind === 'put') return { response_put: op.put };
    if (op.kind === 'delete_range') return { response_delete_range: op.delete_range };
    return { response_txn: op.txn };
  },
  ({ response_range: range, response_put: put, response_delete_range: delete_range, response_txn: txn }) => {
    if (range !== undefined) return { kind: 'range', range };
    if (put !== undefined) return { kind: 'put', put };
    if (delete_range !== undefined) return { kind: 'delete_range', delete_range };
    if (txn !== undefined) return { kind: 'txn', txn };
    throw new RangeError('none of range, put, delete_range, txn is set');
  },
);

export const txnResponse: MessageSchema<kv.TxnResponse> = schemaOf<kv.TxnResponse>(
  'etcdserverpb.TxnResponse',
  {
    header: message(1, responseHeader),
    succeeded: bool(2),
    responses: repeated(message(3, responseOp)),
  },
);

export const compactionRequest = schemaOf<kv.CompactionRequest>('etcdserverpb.CompactionRequest', {
  revision: int64(1),
  physical: optional(bool(2)),
});

export const compactionResponse = schemaOf<kv.CompactionResponse>('etcdserverpb.CompactionResponse', {
  header: message(1, responseHeader),
});
