/**
 * etcdserverpb requests on the wire. Fields are written in the order of their numbers and zero values are omitted, as etcd's
 * generated code does; members of a oneof are written even when zero, because their presence is the choice.
 */
import { emptyByteString } from '../../base/bytes.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../../base/protobuf.ts';
import { readLease, writeLease } from '../../mvcc/key_value.ts';
import type {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  SortOrder,
  SortTarget,
  TxnRequest,
} from './messages.ts';
import { decodeCompare, encodeCompare } from './wire_compare.ts';
import { enumName, sortOrders, sortTargets } from './wire_enums.ts';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

export function encodeRange(writer: ProtobufWriter, range: RangeRequest): void {
  writer.byteStringNonEmpty(1, range.key);
  writer.byteStringNonEmpty(2, range.range_end);
  writer.varintNonZero(3, range.limit ?? 0);
  writer.varintNonZero(4, range.revision ?? 0);
  writer.varintNonZero(5, sortOrders.indexOf(range.sort_order ?? 'NONE'));
  writer.varintNonZero(6, sortTargets.indexOf(range.sort_target ?? 'KEY'));
  writer.boolTrue(7, range.serializable);
  writer.boolTrue(8, range.keys_only);
  writer.boolTrue(9, range.count_only);
  writer.varintNonZero(10, range.min_mod_revision ?? 0);
  writer.varintNonZero(11, range.max_mod_revision ?? 0);
  writer.varintNonZero(12, range.min_create_revision ?? 0);
  writer.varintNonZero(13, range.max_create_revision ?? 0);
}

export function decodeRange(reader: ProtobufReader): RangeRequest {
  const range: Mutable<RangeRequest> = { key: emptyByteString };
  while (reader.next()) {
    if (reader.field === 1) range.key = reader.byteString();
    else if (reader.field === 2) range.range_end = reader.byteString();
    else if (reader.field === 3) range.limit = reader.int();
    else if (reader.field === 4) range.revision = reader.int();
    else decodeRangeOption(reader, range);
  }
  return range;
}

function decodeRangeOption(reader: ProtobufReader, range: Mutable<RangeRequest>): void {
  if (reader.field === 5) range.sort_order = enumName<SortOrder>(sortOrders, reader.int(), 'sort_order');
  else if (reader.field === 6)
    range.sort_target = enumName<SortTarget>(sortTargets, reader.int(), 'sort_target');
  else if (reader.field === 7) range.serializable = reader.bool();
  else if (reader.field === 8) range.keys_only = reader.bool();
  else if (reader.field === 9) range.count_only = reader.bool();
  else if (reader.field === 10) range.min_mod_revision = reader.int();
  else if (reader.field === 11) range.max_mod_revision = reader.int();
  else if (reader.field === 12) range.min_create_revision = reader.int();
  else if (reader.field === 13) range.max_create_revision = reader.int();
  else reader.skip();
}

export function encodePut(writer: ProtobufWriter, put: PutRequest): void {
  writer.byteStringNonEmpty(1, put.key);
  writer.byteStringNonEmpty(2, put.value);
  writeLease(writer, 3, put.lease);
  writer.boolTrue(4, put.prev_kv);
  writer.boolTrue(5, put.ignore_value);
  writer.boolTrue(6, put.ignore_lease);
}

export function decodePut(reader: ProtobufReader): PutRequest {
  const put: Mutable<PutRequest> = { key: emptyByteString };
  while (reader.next()) {
    if (reader.field === 1) put.key = reader.byteString();
    else if (reader.field === 2) put.value = reader.byteString();
    else if (reader.field === 3) put.lease = readLease(reader);
    else if (reader.field === 4) put.prev_kv = reader.bool();
    else if (reader.field === 5) put.ignore_value = reader.bool();
    else if (reader.field === 6) put.ignore_lease = reader.bool();
    else reader.skip();
  }
  return put;
}

export function encodeDeleteRange(writer: ProtobufWriter, request: DeleteRangeRequest): void {
  writer.byteStringNonEmpty(1, request.key);
  writer.byteStringNonEmpty(2, request.range_end);
  writer.boolTrue(3, request.prev_kv);
}

export function decodeDeleteRange(reader: ProtobufReader): DeleteRangeRequest {
  const request: Mutable<DeleteRangeRequest> = { key: emptyByteString };
  while (reader.next()) {
    if (reader.field === 1) request.key = reader.byteString();
    else if (reader.field === 2) request.range_end = reader.byteString();
    else if (reader.field === 3) request.prev_kv = reader.bool();
    else reader.skip();
  }
  return request;
}

export function encodeTxn(writer: ProtobufWriter, txn: TxnRequest): void {
  for (const compare of txn.compare) writer.message(1, compare, encodeCompare);
  for (const op of txn.success) writer.message(2, op, encodeRequestOp);
  for (const op of txn.failure) writer.message(3, op, encodeRequestOp);
}

/** Nested txns deeper than this are refused before they exhaust the stack; etcd's limit of operations is far below it. */
const nestingMax = 256;

export function decodeTxn(reader: ProtobufReader, depth = 0): TxnRequest {
  if (depth > nestingMax) throw new ProtobufError(`txn nested deeper than ${nestingMax}`);
  const txn: { compare: ReturnType<typeof decodeCompare>[]; success: RequestOp[]; failure: RequestOp[] } = {
    compare: [],
    success: [],
    failure: [],
  };
  while (reader.next()) {
    if (reader.field === 1) txn.compare.push(decodeCompare(reader.message()));
    else if (reader.field === 2) txn.success.push(decodeRequestOp(reader.message(), depth));
    else if (reader.field === 3) txn.failure.push(decodeRequestOp(reader.message(), depth));
    else reader.skip();
  }
  return txn;
}

export function encodeRequestOp(writer: ProtobufWriter, op: RequestOp): void {
  if (op.kind === 'range') writer.message(1, op.range, encodeRange);
  else if (op.kind === 'put') writer.message(2, op.put, encodePut);
  else if (op.kind === 'delete_range') writer.message(3, op.delete_range, encodeDeleteRange);
  else writer.message(4, op.txn, encodeTxn);
}

function decodeRequestOp(reader: ProtobufReader, depth: number): RequestOp {
  let op: RequestOp | undefined;
  while (reader.next()) {
    // A later member of a oneof replaces an earlier one.
    if (reader.field === 1) op = { kind: 'range', range: decodeRange(reader.message()) };
    else if (reader.field === 2) op = { kind: 'put', put: decodePut(reader.message()) };
    else if (reader.field === 3) {
      op = { kind: 'delete_range', delete_range: decodeDeleteRange(reader.message()) };
    } else if (reader.field === 4) op = { kind: 'txn', txn: decodeTxn(reader.message(), depth + 1) };
    else reader.skip();
  }
  if (op === undefined) throw new ProtobufError('RequestOp: none of range, put, delete_range, txn is set');
  return op;
}

export type RequestKind = RequestOp['kind'];

/** The body of a request alone, as gRPC carries it: the method says which kind it is. */
export function encodeRequest(request: RequestOp): Uint8Array {
  const writer = new ProtobufWriter();
  if (request.kind === 'range') encodeRange(writer, request.range);
  else if (request.kind === 'put') encodePut(writer, request.put);
  else if (request.kind === 'delete_range') encodeDeleteRange(writer, request.delete_range);
  else encodeTxn(writer, request.txn);
  return writer.finish();
}

/** Throws ProtobufError on bytes that are no such request. */
export function decodeRequest(kind: RequestKind, bytes: Uint8Array): RequestOp {
  const reader = new ProtobufReader(bytes);
  if (kind === 'range') return { kind, range: decodeRange(reader) };
  if (kind === 'put') return { kind, put: decodePut(reader) };
  if (kind === 'delete_range') return { kind, delete_range: decodeDeleteRange(reader) };
  return { kind, txn: decodeTxn(reader) };
}
