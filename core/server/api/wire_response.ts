/** etcdserverpb responses on the wire; the rules are those of wire_request.ts. An absent header decodes as all zeros. */
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../../base/protobuf.ts';
import { decodeKeyValue, encodeKeyValue } from '../../mvcc/key_value.ts';
import type {
  DeleteRangeResponse,
  KeyValue,
  PutResponse,
  RangeResponse,
  ResponseHeader,
  ResponseOp,
  TxnResponse,
} from './messages.ts';
import { revisionHeader } from './messages.ts';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

export function encodeHeader(writer: ProtobufWriter, header: ResponseHeader): void {
  writer.varintNonZero(1, header.cluster_id);
  writer.varintNonZero(2, header.member_id);
  writer.varintNonZero(3, header.revision);
  writer.varintNonZero(4, header.raft_term);
}

export function decodeHeader(reader: ProtobufReader): ResponseHeader {
  const header: Mutable<ResponseHeader> = { cluster_id: 0, member_id: 0, revision: 0, raft_term: 0 };
  while (reader.next()) {
    if (reader.field === 1) header.cluster_id = foldId(reader.uint64());
    else if (reader.field === 2) header.member_id = foldId(reader.uint64());
    else if (reader.field === 3) header.revision = reader.int();
    else if (reader.field === 4) header.raft_term = reader.uint();
    else reader.skip();
  }
  return header;
}

// Our ids are below 2^53. Those of a foreign cluster use 64 bits; the low ones tell its members apart.
function foldId(id: bigint): number {
  return Number(BigInt.asUintN(53, id));
}

function encodeRangeResponse(writer: ProtobufWriter, response: RangeResponse): void {
  writer.message(1, response.header, encodeHeader);
  for (const kv of response.kvs) writer.message(2, kv, encodeKeyValue);
  writer.boolTrue(3, response.more);
  writer.varintNonZero(4, response.count);
}

function decodeRangeResponse(reader: ProtobufReader): RangeResponse {
  let header = revisionHeader(0);
  const kvs: KeyValue[] = [];
  let more = false;
  let count = 0;
  while (reader.next()) {
    if (reader.field === 1) header = decodeHeader(reader.message());
    else if (reader.field === 2) kvs.push(decodeKeyValue(reader.message()));
    else if (reader.field === 3) more = reader.bool();
    else if (reader.field === 4) count = reader.int();
    else reader.skip();
  }
  return { header, kvs, more, count };
}

function encodePutResponse(writer: ProtobufWriter, response: PutResponse): void {
  writer.message(1, response.header, encodeHeader);
  if (response.prev_kv !== undefined) writer.message(2, response.prev_kv, encodeKeyValue);
}

function decodePutResponse(reader: ProtobufReader): PutResponse {
  const response: Mutable<PutResponse> = { header: revisionHeader(0) };
  while (reader.next()) {
    if (reader.field === 1) response.header = decodeHeader(reader.message());
    else if (reader.field === 2) response.prev_kv = decodeKeyValue(reader.message());
    else reader.skip();
  }
  return response;
}

function encodeDeleteRangeResponse(writer: ProtobufWriter, response: DeleteRangeResponse): void {
  writer.message(1, response.header, encodeHeader);
  writer.varintNonZero(2, response.deleted);
  for (const kv of response.prev_kvs) writer.message(3, kv, encodeKeyValue);
}

function decodeDeleteRangeResponse(reader: ProtobufReader): DeleteRangeResponse {
  let header = revisionHeader(0);
  let deleted = 0;
  const prev_kvs: KeyValue[] = [];
  while (reader.next()) {
    if (reader.field === 1) header = decodeHeader(reader.message());
    else if (reader.field === 2) deleted = reader.int();
    else if (reader.field === 3) prev_kvs.push(decodeKeyValue(reader.message()));
    else reader.skip();
  }
  return { header, deleted, prev_kvs };
}

function encodeTxnResponse(writer: ProtobufWriter, response: TxnResponse): void {
  writer.message(1, response.header, encodeHeader);
  writer.boolTrue(2, response.succeeded);
  for (const op of response.responses) writer.message(3, op, encodeResponseOp);
}

function decodeTxnResponse(reader: ProtobufReader): TxnResponse {
  let header = revisionHeader(0);
  let succeeded = false;
  const responses: ResponseOp[] = [];
  while (reader.next()) {
    if (reader.field === 1) header = decodeHeader(reader.message());
    else if (reader.field === 2) succeeded = reader.bool();
    else if (reader.field === 3) responses.push(decodeResponseOp(reader.message()));
    else reader.skip();
  }
  return { header, succeeded, responses };
}

function encodeResponseOp(writer: ProtobufWriter, op: ResponseOp): void {
  if (op.kind === 'range') writer.message(1, op.range, encodeRangeResponse);
  else if (op.kind === 'put') writer.message(2, op.put, encodePutResponse);
  else if (op.kind === 'delete_range') writer.message(3, op.delete_range, encodeDeleteRangeResponse);
  else writer.message(4, op.txn, encodeTxnResponse);
}

function decodeResponseOp(reader: ProtobufReader): ResponseOp {
  let op: ResponseOp | undefined;
  while (reader.next()) {
    if (reader.field === 1) op = { kind: 'range', range: decodeRangeResponse(reader.message()) };
    else if (reader.field === 2) op = { kind: 'put', put: decodePutResponse(reader.message()) };
    else if (reader.field === 3) {
      op = { kind: 'delete_range', delete_range: decodeDeleteRangeResponse(reader.message()) };
    } else if (reader.field === 4) op = { kind: 'txn', txn: decodeTxnResponse(reader.message()) };
    else reader.skip();
  }
  if (op === undefined) throw new ProtobufError('ResponseOp: none of range, put, delete_range, txn is set');
  return op;
}

/** The body of a successful response alone, as gRPC carries it; errors travel in gRPC's trailers instead. */
export function encodeResponse(response: ResponseOp): Uint8Array {
  const writer = new ProtobufWriter();
  if (response.kind === 'range') encodeRangeResponse(writer, response.range);
  else if (response.kind === 'put') encodePutResponse(writer, response.put);
  else if (response.kind === 'delete_range') encodeDeleteRangeResponse(writer, response.delete_range);
  else encodeTxnResponse(writer, response.txn);
  return writer.finish();
}

/** Throws ProtobufError on bytes that are no such response. */
export function decodeResponse(kind: ResponseOp['kind'], bytes: Uint8Array): ResponseOp {
  const reader = new ProtobufReader(bytes);
  if (kind === 'range') return { kind, range: decodeRangeResponse(reader) };
  if (kind === 'put') return { kind, put: decodePutResponse(reader) };
  if (kind === 'delete_range') return { kind, delete_range: decodeDeleteRangeResponse(reader) };
  return { kind, txn: decodeTxnResponse(reader) };
}
