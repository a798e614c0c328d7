import { expect } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { writeLease } from '../../core/mvcc/key_value.ts';
import { ProtobufReader, ProtobufWriter } from '../../core/base/protobuf.ts';
import type { RequestOp } from '../../core/server/api/index.ts';
import type { GrpcSession } from '../etcd_grpc.ts';

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function describeRequest(request: RequestOp): string {
  return JSON.stringify(request, (_name, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** True if etcd's duplicate-key check may let through what ours refuses: nested txns, open-ended deletes. */
export function stricterThanEtcd(request: RequestOp): boolean {
  if (request.kind !== 'txn') return false;
  return [...request.txn.success, ...request.txn.failure].some(
    (op) => op.kind === 'txn' || (op.kind === 'delete_range' && op.delete_range.range_end === '\0'),
  );
}

/** A txn of `outer` operations, one of them a txn of `inner` operations unless that is 0. */
export function nested(outer: number, inner: number): RequestOp {
  const reads = (count: number): RequestOp[] =>
    Array.from({ length: count }, () => ({ kind: 'range', range: { key: fromText('a') } }));
  const txn = (success: RequestOp[]): RequestOp => ({
    kind: 'txn',
    txn: { compare: [], success, failure: [] },
  });
  return inner === 0 ? txn(reads(outer)) : txn([...reads(outer - 1), txn(reads(inner))]);
}

export async function hashKv(etcd: GrpcSession, revision: number): Promise<number> {
  const writer = new ProtobufWriter();
  writer.varintNonZero(1, revision);
  const { status, body } = await etcd.call('etcdserverpb.Maintenance/HashKV', writer.finish());
  expect(status).toBe(0);
  const reader = new ProtobufReader(body);
  let hash = 0;
  while (reader.next()) {
    if (reader.field === 2) hash = reader.uint();
    else reader.skip();
  }
  return hash;
}

/** Long enough to outlive the test. */
const leaseSeconds = 3600;

export async function grantLease(etcd: GrpcSession, lease: bigint): Promise<void> {
  const writer = new ProtobufWriter();
  writer.varintNonZero(1, leaseSeconds);
  writeLease(writer, 2, lease);
  const { status } = await etcd.call('etcdserverpb.Lease/LeaseGrant', writer.finish());
  expect(status).toBe(0);
}

const entryRecord = 2;

/** Data of the WAL's normal entries. */
export function normalEntries(wal: Uint8Array): Uint8Array[] {
  const view = new DataView(wal.buffer, wal.byteOffset, wal.byteLength);
  const found: Uint8Array[] = [];
  for (let at = 0; at + 8 <= wal.length;) {
    // The low 56 bits are the length; a padded frame has its padding in the top byte. Zero: the preallocated rest.
    const length = view.getUint32(at, true);
    if (length === 0) break;
    const padding = view.getUint8(at + 7) & 7;
    const data = entryData(wal.subarray(at + 8, at + 8 + length));
    if (data !== null && data.length > 0) found.push(data);
    at += 8 + length + padding;
  }
  return found;
}

function entryData(record: Uint8Array): Uint8Array | null {
  const reader = new ProtobufReader(record);
  let type = 0;
  let data: Uint8Array | null = null;
  while (reader.next()) {
    if (reader.field === 1) type = reader.uint();
    else if (reader.field === 3) data = reader.bytes();
    else reader.skip();
  }
  return type === entryRecord && data !== null ? normalData(data) : null;
}

function normalData(entry: Uint8Array): Uint8Array | null {
  const reader = new ProtobufReader(entry);
  let type = 0;
  let data: Uint8Array | null = null;
  while (reader.next()) {
    if (reader.field === 1) type = reader.uint();
    else if (reader.field === 4) data = reader.bytes();
    else reader.skip();
  }
  return type === 0 ? data : null;
}

const headerField = 100;

/** An InternalRaftRequest without its header, whose id is the proposing member's. */
export function withoutHeader(entry: Uint8Array): string {
  const reader = new ProtobufReader(entry);
  let rest = '';
  while (reader.next()) {
    if (reader.field === headerField) reader.skip();
    else rest += `${reader.field}:${hex(reader.bytes())} `;
  }
  return rest;
}
