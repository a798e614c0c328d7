import { emptyByteString } from '../../base/bytes.ts';
import type { ByteString } from '../../base/bytes.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../../base/protobuf.ts';
import type { RequestOp } from './messages.ts';
import {
  decodeDeleteRange,
  decodePut,
  decodeRange,
  decodeTxn,
  encodeDeleteRange,
  encodePut,
  encodeRange,
  encodeTxn,
} from './wire_request.ts';

export interface RequestHeader {
  /** Chosen by the proposing member, so that it can hand the result to the waiting client. 0: nobody waits. */
  readonly ID: number;
  /** Who asked, when auth is on. */
  readonly username?: ByteString;
  /** The auth store's revision at admission, re-checked at apply. */
  readonly auth_revision?: number;
}

/** What a normal raft entry's data holds (etcdserverpb.InternalRaftRequest). */
export interface InternalRaftRequest {
  readonly header: RequestHeader;
  readonly request: RequestOp;
}

function encodeRequestHeader(writer: ProtobufWriter, header: RequestHeader): void {
  writer.varintNonZero(1, header.ID);
  writer.byteStringNonEmpty(2, header.username);
  writer.varintNonZero(3, header.auth_revision ?? 0);
}

function decodeRequestHeader(reader: ProtobufReader): RequestHeader {
  let ID = 0;
  let username = emptyByteString;
  let auth_revision = 0;
  while (reader.next()) {
    if (reader.field === 1) ID = knownId(reader.uint64());
    else if (reader.field === 2) username = reader.byteString();
    else if (reader.field === 3) auth_revision = reader.uint();
    else reader.skip();
  }
  return {
    ID,
    ...(username.length > 0 ? { username } : undefined),
    ...(auth_revision > 0 ? { auth_revision } : undefined),
  };
}

// A real etcd's ids use all 64 bits. None of our clients waits for such an entry, so its id is not needed.
function knownId(id: bigint): number {
  return id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : 0;
}

const entryWriter = new ProtobufWriter();

/** The bytes of a raft entry. Field 100, the header, comes last as fields are written in the order of their numbers. */
export function encodeRaftRequest(entry: InternalRaftRequest): Uint8Array {
  const { header, request } = entry;
  const writer = entryWriter;
  writer.reset();
  if (request.kind === 'range') writer.message(3, request.range, encodeRange);
  else if (request.kind === 'put') writer.message(4, request.put, encodePut);
  else if (request.kind === 'delete_range') writer.message(5, request.delete_range, encodeDeleteRange);
  else writer.message(6, request.txn, encodeTxn);
  writer.message(100, header, encodeRequestHeader);
  return writer.finish();
}

/** Throws ProtobufError if the bytes are no such message, or one without a request known here. */
export function decodeRaftRequest(bytes: Uint8Array): InternalRaftRequest {
  const reader = new ProtobufReader(bytes);
  let header: RequestHeader = { ID: 0 };
  let request: RequestOp | undefined;
  while (reader.next()) {
    if (reader.field === 3) request = { kind: 'range', range: decodeRange(reader.message()) };
    else if (reader.field === 4) request = { kind: 'put', put: decodePut(reader.message()) };
    else if (reader.field === 5) {
      request = { kind: 'delete_range', delete_range: decodeDeleteRange(reader.message()) };
    } else if (reader.field === 6) request = { kind: 'txn', txn: decodeTxn(reader.message()) };
    else if (reader.field === 100) header = decodeRequestHeader(reader.message());
    else reader.skip();
  }
  if (request === undefined) throw new ProtobufError('InternalRaftRequest: no request in it');
  return { header, request };
}
