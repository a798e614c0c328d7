/** etcdserverpb.Request: an operation of the v2 API as an entry of the raft log. */
import { type ByteString, emptyByteString } from '../base/bytes.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../base/protobuf.ts';

export interface V2Request {
  /** All 64 bits: made by the member that proposed it, so that it knows its own. */
  readonly id: bigint;
  /** In the log: PUT, POST, DELETE, QGET (a read through the log) or SYNC; also GET and HEAD, which are answered locally. */
  readonly method: ByteString;
  readonly path: ByteString;
  readonly val: ByteString;
  readonly dir: boolean;
  /** Empty: any. */
  readonly prevValue: ByteString;
  /** 0: any. Unsigned. */
  readonly prevIndex: bigint;
  /** Null if the client did not ask. */
  readonly prevExist: boolean | null;
  /** Nanoseconds since 1970, int64; 0: the node does not expire. */
  readonly expiration: bigint;
  readonly wait: boolean;
  readonly since: bigint;
  readonly recursive: boolean;
  readonly sorted: boolean;
  readonly quorum: boolean;
  /** Of SYNC: what expires until then goes. Nanoseconds since 1970, int64. */
  readonly time: bigint;
  readonly stream: boolean;
  /** Null if the client did not ask. */
  readonly refresh: boolean | null;
}

const nothing: V2Request = {
  id: 0n,
  method: emptyByteString,
  path: emptyByteString,
  val: emptyByteString,
  dir: false,
  prevValue: emptyByteString,
  prevIndex: 0n,
  prevExist: null,
  expiration: 0n,
  wait: false,
  since: 0n,
  recursive: false,
  sorted: false,
  quorum: false,
  time: 0n,
  stream: false,
  refresh: null,
};

/** A request with these fields; all others as a client leaves them out. */
export function makeV2Request(fields: Partial<V2Request>): V2Request {
  return { ...nothing, ...fields };
}

/** Field by field as etcd writes it: all but prevExist and refresh stand there even when they are 0, false or empty. */
export function encodeV2Request(request: V2Request): Uint8Array {
  const writer = new ProtobufWriter();
  writer.uint64(1, request.id);
  writer.byteString(2, request.method);
  writer.byteString(3, request.path);
  writer.byteString(4, request.val);
  writer.bool(5, request.dir);
  writer.byteString(6, request.prevValue);
  writer.uint64(7, request.prevIndex);
  if (request.prevExist !== null) writer.bool(8, request.prevExist);
  writer.uint64(9, request.expiration);
  writer.bool(10, request.wait);
  writer.uint64(11, request.since);
  writer.bool(12, request.recursive);
  writer.bool(13, request.sorted);
  writer.bool(14, request.quorum);
  writer.uint64(15, request.time);
  writer.bool(16, request.stream);
  if (request.refresh !== null) writer.bool(17, request.refresh);
  return writer.finish();
}

type Draft = { -readonly [Field in keyof V2Request]: V2Request[Field] };

/** Throws ProtobufError. Unknown fields are skipped. */
export function decodeV2Request(bytes: Uint8Array): V2Request {
  const reader = new ProtobufReader(bytes);
  const draft: Draft = { ...nothing };
  while (reader.next()) readField(reader, draft);
  return draft;
}

function readField(reader: ProtobufReader, draft: Draft): void {
  const { field } = reader;
  if (field === 1) draft.id = reader.uint64();
  else if (field === 2) draft.method = reader.byteString();
  else if (field === 3) draft.path = reader.byteString();
  else if (field === 4) draft.val = reader.byteString();
  else if (field === 5) draft.dir = flag(reader);
  else if (field === 6) draft.prevValue = reader.byteString();
  else if (field === 7) draft.prevIndex = reader.uint64();
  else if (field === 8) draft.prevExist = flag(reader);
  else if (field === 9) draft.expiration = BigInt.asIntN(64, reader.uint64());
  else if (field === 10) draft.wait = flag(reader);
  else if (field === 11) draft.since = reader.uint64();
  else if (field === 12) draft.recursive = flag(reader);
  else if (field === 13) draft.sorted = flag(reader);
  else if (field === 14) draft.quorum = flag(reader);
  else if (field === 15) draft.time = BigInt.asIntN(64, reader.uint64());
  else if (field === 16) draft.stream = flag(reader);
  else if (field === 17) draft.refresh = flag(reader);
  else reader.skip();
}

function flag(reader: ProtobufReader): boolean {
  return reader.uint64() !== 0n;
}

const methods: ReadonlySet<string> = new Set(['PUT', 'POST', 'DELETE', 'QGET', 'SYNC']);

/**
 * Whether a normal entry's data are a v2 request; all other data, empty ones aside, are an InternalRaftRequest. etcd takes for a v2
 * request what does not decode as the other. The two can't be mixed up: field 2, behind at most an id, is the method's name here
 * and a nested Request there, and none of the five names that come into a log reads as one (each starts with a field of that
 * message in a wire type that it does not have, or breaks off).
 */
export function isV2Request(data: Uint8Array): boolean {
  try {
    return (
      methods.has(firstText(new ProtobufReader(data)) ?? '') && methods.has(decodeV2Request(data).method)
    );
  } catch (error) {
    if (error instanceof ProtobufError) return false;
    throw error;
  }
}

/** Field 2, if nothing but field 1 stands before it: most entries are told from v2 requests without reading on. */
function firstText(reader: ProtobufReader): ByteString | null {
  if (!reader.next()) return null;
  if (reader.field === 1) {
    reader.uint64();
    if (!reader.next()) return null;
  }
  return reader.field === 2 ? reader.byteString() : null;
}
