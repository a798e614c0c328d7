import { emptyBytes, equalBytes } from '../base/bytes.ts';
import { crc32c } from '../base/crc32c.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../base/protobuf.ts';
import type { Snapshot } from '../raft/entry.ts';
import { readSnapshot, writeSnapshot } from '../raft/wire.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import { SnapError } from './snap_error.ts';

/** A `.snap` file's bytes: {1: CRC-32C of data, 2: data}, data a raftpb.Snapshot, in which ids have 64 bits. */
export function encodeSnapFile(snapshot: Snapshot, ids: NodeIdTable): Uint8Array {
  const inner = new ProtobufWriter();
  writeSnapshot(inner, snapshot, ids);
  return framed(inner.finish());
}

function framed(data: Uint8Array): Uint8Array {
  const writer = new ProtobufWriter();
  writer.varint(1, crc32c(0, data));
  writer.bytes(2, data);
  return writer.finish();
}

/**
 * The snapshot in a file's bytes; `path` is for the error. What stands around the data has no checksum, so only the bytes that a
 * writer writes are taken.
 */
export function decodeSnapFile(bytes: Uint8Array, path: string, ids: NodeIdTable): Snapshot {
  if (bytes.length === 0) throw new SnapError('empty', path, 'a snapshot', 'no bytes');
  try {
    const { crc, data } = readFrame(bytes);
    if (data.length === 0 || crc === 0) throw new SnapError('empty', path, 'a checksum and data', 'none');
    const actual = crc32c(0, data);
    if (actual !== crc) throw new SnapError('crcMismatch', path, `crc ${hex(crc)}`, `crc ${hex(actual)}`);
    if (!equalBytes(framed(data), bytes)) {
      throw new SnapError('badFile', path, 'a checksum and data', 'other bytes around them');
    }
    const snapshot = readSnapshot(new ProtobufReader(data), ids);
    // A copy: a view would keep the whole file in memory.
    return { ...snapshot, data: snapshot.data.slice() };
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new SnapError('badFile', path, 'a snapshot', error.message);
  }
}

function readFrame(bytes: Uint8Array): { readonly crc: number; readonly data: Uint8Array } {
  const reader = new ProtobufReader(bytes);
  let crc = 0;
  let data: Uint8Array = emptyBytes;
  while (reader.next()) {
    if (reader.field === 1) crc = reader.uint();
    else if (reader.field === 2) data = reader.bytes();
    else reader.skip();
  }
  return { crc, data };
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
