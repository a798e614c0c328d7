import { emptyBytes, equalBytes } from '../base/bytes.ts';
import { crc32c } from '../base/crc32c.ts';
import type { NodeId } from '../base/ids.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../base/protobuf.ts';
import type { ConfState, Snapshot, SnapshotMetadata } from '../raft/entry.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import { SnapError } from './snap_error.ts';

/** A `.snap` file's bytes: {1: CRC-32C of data, 2: data}, data a raftpb.Snapshot, in which ids have 64 bits. */
export function encodeSnapFile(snapshot: Snapshot, ids: NodeIdTable): Uint8Array {
  const inner = new ProtobufWriter();
  if (snapshot.data.length > 0) inner.bytes(1, snapshot.data);
  inner.message(2, snapshot.metadata, (writer, metadata) => writeMetadata(writer, metadata, ids));
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
    return readSnapshot(new ProtobufReader(data), ids);
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

function readSnapshot(reader: ProtobufReader, ids: NodeIdTable): Snapshot {
  let data: Uint8Array = emptyBytes;
  let metadata: SnapshotMetadata = readMetadata(new ProtobufReader(emptyBytes), ids);
  while (reader.next()) {
    // A copy: a view would keep the whole file in memory.
    if (reader.field === 1) data = reader.bytes().slice();
    else if (reader.field === 2) metadata = readMetadata(reader.message(), ids);
    else reader.skip();
  }
  return { data, metadata };
}

function writeMetadata(writer: ProtobufWriter, metadata: SnapshotMetadata, ids: NodeIdTable): void {
  writer.message(1, metadata.confState, (inner, state) => writeConfState(inner, state, ids));
  writer.varint(2, metadata.index);
  writer.varint(3, metadata.term);
}

function readMetadata(reader: ProtobufReader, ids: NodeIdTable): SnapshotMetadata {
  let confState = readConfState(new ProtobufReader(emptyBytes), ids);
  let index = 0;
  let term = 0;
  while (reader.next()) {
    if (reader.field === 1) confState = readConfState(reader.message(), ids);
    else if (reader.field === 2) index = reader.uint();
    else if (reader.field === 3) term = reader.uint();
    else reader.skip();
  }
  return { confState, index, term };
}

function writeConfState(writer: ProtobufWriter, state: ConfState, ids: NodeIdTable): void {
  const lists = [state.voters, state.learners, state.votersOutgoing, state.learnersNext];
  lists.forEach((list, i) => {
    for (const id of inForeignOrder(list, ids)) ids.write(writer, i + 1, id);
  });
  writer.bool(5, state.autoLeave);
}

function readConfState(reader: ProtobufReader, ids: NodeIdTable): ConfState {
  const lists: NodeId[][] = [[], [], [], []];
  let autoLeave = false;
  while (reader.next()) {
    const list = lists[reader.field - 1];
    if (list !== undefined) list.push(ids.read(reader));
    else if (reader.field === 5) autoLeave = reader.bool();
    else reader.skip();
  }
  for (const list of lists) list.sort((a, b) => a - b);
  const [voters = [], learners = [], votersOutgoing = [], learnersNext = []] = lists;
  return { voters, learners, votersOutgoing, learnersNext, autoLeave };
}

/** Lists are sorted on both sides of the disk, each by its own numbers. */
function inForeignOrder(list: readonly NodeId[], ids: NodeIdTable): readonly NodeId[] {
  return [...list].sort((a, b) => {
    const [first, second] = [ids.foreign(a), ids.foreign(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  });
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
