import { fromBytes, type ByteString } from '../base/bytes.ts';
import { ProtobufReader, ProtobufWriter } from '../base/protobuf.ts';
import { readLease, writeLease } from '../mvcc/key_value.ts';
import type { LeaseId } from '../mvcc/index.ts';

/** leasepb.Lease: what the `lease` bucket stores. */
export interface LeaseRecord {
  readonly id: LeaseId;
  /** Seconds. */
  readonly ttl: number;
  /** Seconds; 0 unless checkpoints are persisted. */
  readonly remainingTtl: number;
}

/** The record's key: the id's 64 bits, big-endian. */
export function leaseKey(id: LeaseId): ByteString {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, id);
  return fromBytes(bytes);
}

export function encodeLease(record: LeaseRecord): Uint8Array {
  const writer = new ProtobufWriter();
  writeLease(writer, 1, record.id);
  writer.varintNonZero(2, record.ttl);
  writer.varintNonZero(3, record.remainingTtl);
  return writer.finish();
}

/** Throws ProtobufError on bytes that are no lease. */
export function decodeLease(bytes: Uint8Array): LeaseRecord {
  const reader = new ProtobufReader(bytes);
  let id: LeaseId = 0n;
  let ttl = 0;
  let remainingTtl = 0;
  while (reader.next()) {
    if (reader.field === 1) id = readLease(reader);
    else if (reader.field === 2) ttl = reader.int();
    else if (reader.field === 3) remainingTtl = reader.int();
    else reader.skip();
  }
  return { id, ttl, remainingTtl };
}
