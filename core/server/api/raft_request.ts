/** Raft entries on the wire. */
import type { ByteString } from '../../base/bytes.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../../base/protobuf.ts';
import type { ClientRequest } from './messages.ts';
import { tagged } from './messages.ts';
import type {
  InternalRaftRequest,
  RaftBodies,
  RaftEntry,
  RaftKind,
  RaftRequest,
  RequestHeader,
} from './raft_messages.ts';
import { rpcs } from './rpcs.ts';
import { leaseCheckpointRequest } from './schema/lease.ts';
import * as membership from './schema/membership.ts';
import type { MessageSchema } from './schema/schema.ts';
import { wireCodec } from './wire/codec.ts';
import type { WireCodec } from './wire/codec.ts';

interface RaftField<Body> {
  readonly number: number;
  /** As in InternalRaftRequest, for dumps. */
  readonly name: string;
  readonly schema: MessageSchema<Body>;
}

function field<Body>(number: number, name: string, schema: MessageSchema<Body>): RaftField<Body> {
  return { number, name, schema };
}

const legacyIdField = 1;
const v2Field = 2;
const headerField = 100;

/** The fields of InternalRaftRequest that hold a request. */
export const raftFields: { readonly [Kind in RaftKind]: RaftField<RaftBodies[Kind]> } = {
  range: field(3, 'range', rpcs.range.request),
  put: field(4, 'put', rpcs.put.request),
  delete_range: field(5, 'delete_range', rpcs.delete_range.request),
  txn: field(6, 'txn', rpcs.txn.request),
  compact: field(7, 'compaction', rpcs.compact.request),
  lease_grant: field(8, 'lease_grant', rpcs.lease_grant.request),
  lease_revoke: field(9, 'lease_revoke', rpcs.lease_revoke.request),
  alarm: field(10, 'alarm', rpcs.alarm.request),
  lease_checkpoint: field(11, 'lease_checkpoint', leaseCheckpointRequest),
  auth_enable: field(1000, 'auth_enable', rpcs.auth_enable.request),
  auth_disable: field(1011, 'auth_disable', rpcs.auth_disable.request),
  internal_authenticate: field(1012, 'authenticate', membership.internalAuthenticateRequest),
  auth_status: field(1013, 'auth_status', membership.authStatusRequest),
  user_add: field(1100, 'auth_user_add', rpcs.user_add.request),
  user_delete: field(1101, 'auth_user_delete', rpcs.user_delete.request),
  user_get: field(1102, 'auth_user_get', rpcs.user_get.request),
  user_change_password: field(1103, 'auth_user_change_password', rpcs.user_change_password.request),
  user_grant_role: field(1104, 'auth_user_grant_role', rpcs.user_grant_role.request),
  user_revoke_role: field(1105, 'auth_user_revoke_role', rpcs.user_revoke_role.request),
  user_list: field(1106, 'auth_user_list', rpcs.user_list.request),
  role_list: field(1107, 'auth_role_list', rpcs.role_list.request),
  role_add: field(1200, 'auth_role_add', rpcs.role_add.request),
  role_delete: field(1201, 'auth_role_delete', rpcs.role_delete.request),
  role_get: field(1202, 'auth_role_get', rpcs.role_get.request),
  role_grant_permission: field(1203, 'auth_role_grant_permission', rpcs.role_grant_permission.request),
  role_revoke_permission: field(1204, 'auth_role_revoke_permission', rpcs.role_revoke_permission.request),
  cluster_version_set: field(1300, 'cluster_version_set', membership.clusterVersionSetRequest),
  cluster_member_attr_set: field(1301, 'cluster_member_attr_set', membership.clusterMemberAttrSetRequest),
  downgrade_info_set: field(1302, 'downgrade_info_set', membership.downgradeInfoSetRequest),
};

interface RaftCodec {
  readonly kind: RaftKind;
  readonly number: number;
  readonly body: WireCodec<unknown>;
}

const codecs: readonly RaftCodec[] = (Object.keys(raftFields) as RaftKind[]).map((kind) => ({
  kind,
  number: raftFields[kind].number,
  body: wireCodec(raftFields[kind].schema as unknown as MessageSchema<unknown>),
}));
const codecByKind: ReadonlyMap<string, RaftCodec> = new Map(codecs.map((codec) => [codec.kind, codec]));
const codecByNumber: ReadonlyMap<number, RaftCodec> = new Map(codecs.map((codec) => [codec.number, codec]));

/** Whether a client's request goes through the log as it is. `authenticate` goes as `internal_authenticate`. */
export function isRaftRequest(request: ClientRequest): request is ClientRequest & RaftRequest {
  return codecByKind.has(request.kind);
}

const entryWriter = new ProtobufWriter();

/** The bytes of a raft entry, in the order of the field numbers: the header, field 100, behind most requests but before those of auth. */
export function encodeRaftRequest(entry: InternalRaftRequest): Uint8Array {
  const { header, request } = entry;
  const codec = codecByKind.get(request.kind);
  if (codec === undefined) throw new RangeError(`${request.kind} does not go through the log`);
  const writer = entryWriter;
  const body = (request as unknown as Readonly<Record<string, unknown>>)[request.kind];
  writer.reset();
  if (codec.number > headerField) writer.message(headerField, header, writeHeader);
  writer.message(codec.number, body, codec.body.encode);
  if (codec.number < headerField) writer.message(headerField, header, writeHeader);
  return writer.finish();
}

function writeHeader(writer: ProtobufWriter, header: RequestHeader): void {
  writer.varintNonZero(1, header.ID);
  writer.byteStringNonEmpty(2, header.username);
  writer.varintNonZero(3, header.auth_revision ?? 0);
}

/**
 * Reads an entry's data. What is no InternalRaftRequest is taken for a v2 request, as etcd does: no v2 request can be mistaken for a
 * v3 one, since the letters of its method, field 2, make no message.
 */
export function readRaftEntry(bytes: Uint8Array): RaftEntry {
  try {
    return readFields(bytes);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    return { kind: 'v2', bytes };
  }
}

function readFields(bytes: Uint8Array): RaftEntry {
  const reader = new ProtobufReader(bytes);
  let header: RequestHeader = { ID: 0 };
  let request: RaftRequest | null = null;
  let v2: Uint8Array | null = null;
  const unknown: number[] = [];
  while (reader.next()) {
    const codec = codecByNumber.get(reader.field);
    if (codec !== undefined) {
      const { kind } = codec;
      request = tagged(kind, codec.body.decode(reader.message())) as unknown as RaftRequest;
    } else if (reader.field === headerField) header = readHeader(reader.message());
    else if (reader.field === v2Field) v2 = nestedMessage(reader);
    else if (reader.field === legacyIdField) reader.skip();
    else {
      unknown.push(reader.field);
      reader.skip();
    }
  }
  if (v2 !== null) return { kind: 'v2', bytes: v2 };
  return request === null ? { kind: 'unknown', header, fields: unknown } : { kind: 'v3', header, request };
}

/** The bytes of a nested message; throws ProtobufError if they are none. */
function nestedMessage(reader: ProtobufReader): Uint8Array {
  const bytes = reader.bytes();
  const inner = new ProtobufReader(bytes);
  while (inner.next()) inner.skip();
  return bytes;
}

function readHeader(reader: ProtobufReader): RequestHeader {
  const header: { ID: number; username?: ByteString; auth_revision?: number } = { ID: 0 };
  while (reader.next()) {
    if (reader.field === 1) header.ID = knownId(reader.intClamped());
    else if (reader.field === 2) header.username = reader.byteString();
    else if (reader.field === 3) header.auth_revision = reader.uint();
    else reader.skip();
  }
  return header;
}

/** Ids with more bits were clamped, or, with the highest one, negative. */
function knownId(id: number): number {
  return id > 0 && id < Number.MAX_SAFE_INTEGER ? id : 0;
}

/** For entries that must be v3 requests: throws ProtobufError on anything else. */
export function decodeRaftRequest(bytes: Uint8Array): InternalRaftRequest {
  const entry = readFields(bytes);
  if (entry.kind === 'v3') return { header: entry.header, request: entry.request };
  if (entry.kind === 'v2') throw new ProtobufError('InternalRaftRequest: a v2 request');
  throw new ProtobufError(
    `InternalRaftRequest: no request in it${entry.fields.length > 0 ? `, fields ${entry.fields.join(', ')}` : ''}`,
  );
}
