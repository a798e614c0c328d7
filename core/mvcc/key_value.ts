import type { ByteString } from '../base/bytes.ts';
import { emptyByteString } from '../base/bytes.ts';
import { ProtobufReader, type ProtobufWriter } from '../base/protobuf.ts';

/**
 * An int64. A bigint because etcd generates lease ids over all 63 bits, and a real member's directory must be read and
 * written back unchanged; revisions, versions and counts never come near 2^53 and are numbers.
 */
export type LeaseId = bigint;

/** etcd's lease.NoLease: the key is not attached to a lease. */
export const noLease: LeaseId = 0n;

/** mvccpb.KeyValue: one key at one revision. */
export interface KeyValue {
  readonly key: ByteString;
  /** Revision of the put that created the key's current generation. */
  readonly create_revision: number;
  /** Revision of this put. */
  readonly mod_revision: number;
  /** Number of puts in the current generation, 1 for the one that created it. */
  readonly version: number;
  readonly value: ByteString;
  readonly lease: LeaseId;
}

/** What a delete stores under its revision: the key and nothing else. */
export function tombstoneOf(key: ByteString): KeyValue {
  return { key, create_revision: 0, mod_revision: 0, version: 0, value: emptyByteString, lease: noLease };
}

export function encodeKeyValue(writer: ProtobufWriter, kv: KeyValue): void {
  writer.byteStringNonEmpty(1, kv.key);
  writer.varintNonZero(2, kv.create_revision);
  writer.varintNonZero(3, kv.mod_revision);
  writer.varintNonZero(4, kv.version);
  writer.byteStringNonEmpty(5, kv.value);
  writeLease(writer, 6, kv.lease);
}

/** Throws ProtobufError on bytes that are no KeyValue. */
export function decodeKeyValue(reader: ProtobufReader): KeyValue {
  let key = emptyByteString;
  let create_revision = 0;
  let mod_revision = 0;
  let version = 0;
  let value = emptyByteString;
  let lease = noLease;
  while (reader.next()) {
    if (reader.field === 1) key = reader.byteString();
    else if (reader.field === 2) create_revision = reader.int();
    else if (reader.field === 3) mod_revision = reader.int();
    else if (reader.field === 4) version = reader.int();
    else if (reader.field === 5) value = reader.byteString();
    else if (reader.field === 6) lease = readLease(reader);
    else reader.skip();
  }
  return { key, create_revision, mod_revision, version, value, lease };
}

/** The key alone, which is the first field. Throws ProtobufError. */
export function decodeKey(bytes: Uint8Array): ByteString {
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    if (reader.field === 1) return reader.byteString();
    reader.skip();
  }
  return emptyByteString;
}

/** Writes a lease id as an int64 field unless it is 0. */
export function writeLease(writer: ProtobufWriter, field: number, lease: LeaseId | undefined): void {
  if (lease !== undefined && lease !== noLease) writeLeaseAlways(writer, field, lease);
}

const varintBytes = new Uint8Array(10);

/** Writes a lease id even when it is 0, as a oneof member needs. */
export function writeLeaseAlways(writer: ProtobufWriter, field: number, lease: LeaseId): void {
  let rest = BigInt.asUintN(64, lease);
  let length = 0;
  for (; rest >= 0x80n; rest >>= 7n) varintBytes[length++] = Number(rest & 0x7fn) | 0x80;
  varintBytes[length++] = Number(rest);
  writer.rawVarint(field * 8);
  writer.rawBytes(varintBytes, 0, length);
}

export function readLease(reader: ProtobufReader): LeaseId {
  return BigInt.asIntN(64, reader.uint64());
}
