/**
 * raftpb's bytes. The generated Go code writes non-nullable proto2 scalars even when they are 0, in field
 * order; bytes and nested messages only when present. Readers skip unknown fields and throw ProtobufError on
 * malformed bytes.
 */
import { emptyBytes } from '../base/bytes.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../base/protobuf.ts';
import {
  ConfChangeTransition,
  ConfChangeType,
  type ConfChange,
  type ConfChangeSingle,
  type ConfChangeV2,
  makeConfChange,
} from './conf_change.ts';
import {
  EntryType,
  type ConfState,
  type Entry,
  type HardState,
  type Snapshot,
  type SnapshotMetadata,
} from './entry.ts';

/** The writer for the next value; null while it is in use, or was when an exception came. Making one costs more than a message. */
let spare: ProtobufWriter | null = null;

/** Writes a value with a writer that nobody else uses meanwhile. */
export function encodeWith<T>(write: (writer: ProtobufWriter, value: T) => void, value: T): Uint8Array {
  const writer = spare ?? new ProtobufWriter();
  spare = null;
  writer.reset();
  write(writer, value);
  spare = writer;
  return writer.finish();
}

function readEnum(reader: ProtobufReader, count: number): number {
  const value = reader.uint();
  if (value >= count) throw new ProtobufError(`field ${reader.field}: unknown enum value ${value}`);
  return value;
}

export function writeEntry(writer: ProtobufWriter, entry: Entry): void {
  writer.varint(1, entry.type);
  writer.varint(2, entry.term);
  writer.varint(3, entry.index);
  if (entry.data.length > 0) writer.bytes(4, entry.data);
}

/** The data is a view of the reader's buffer. */
export function readEntry(reader: ProtobufReader): Entry {
  let type: EntryType = EntryType.normal;
  let term = 0;
  let index = 0;
  let data: Uint8Array = emptyBytes;
  while (reader.next()) {
    if (reader.field === 1) type = readEnum(reader, 3) as EntryType;
    else if (reader.field === 2) term = reader.uint();
    else if (reader.field === 3) index = reader.uint();
    else if (reader.field === 4) data = reader.bytes();
    else reader.skip();
  }
  return { term, index, type, data };
}

export function writeHardState(writer: ProtobufWriter, state: HardState): void {
  writer.varint(1, state.term);
  writer.varint(2, state.vote);
  writer.varint(3, state.commit);
}

export function readHardState(reader: ProtobufReader): HardState {
  let term = 0;
  let vote = noNode;
  let commit = 0;
  while (reader.next()) {
    if (reader.field === 1) term = reader.uint();
    else if (reader.field === 2) vote = reader.uint() as NodeId;
    else if (reader.field === 3) commit = reader.uint();
    else reader.skip();
  }
  return { term, vote, commit };
}

/** Ids of foreign clusters have 64 bits: whoever may meet them gives the table that maps them. */
export type Ids = NodeIdTable | null;

export function writeNodeId(writer: ProtobufWriter, field: number, id: NodeId, ids: Ids): void {
  if (ids === null) writer.varint(field, id);
  else ids.write(writer, field, id);
}

export function readNodeId(reader: ProtobufReader, ids: Ids): NodeId {
  return ids === null ? (reader.uint() as NodeId) : ids.read(reader);
}

export function writeConfState(writer: ProtobufWriter, state: ConfState, ids: Ids = null): void {
  const lists = [state.voters, state.learners, state.votersOutgoing, state.learnersNext];
  for (const [i, list] of lists.entries()) {
    for (const id of inForeignOrder(list, ids)) writeNodeId(writer, i + 1, id, ids);
  }
  writer.bool(5, state.autoLeave);
}

/** Lists are sorted on both sides, each by its own numbers. */
function inForeignOrder(list: readonly NodeId[], ids: Ids): readonly NodeId[] {
  if (ids === null) return list;
  return [...list].sort((a, b) => {
    const [first, second] = [ids.foreign(a), ids.foreign(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  });
}

export function readConfState(reader: ProtobufReader, ids: Ids = null): ConfState {
  const lists: [NodeId[], NodeId[], NodeId[], NodeId[]] = [[], [], [], []];
  let autoLeave = false;
  while (reader.next()) {
    const list = lists[reader.field - 1];
    if (list !== undefined) list.push(readNodeId(reader, ids));
    else if (reader.field === 5) autoLeave = reader.bool();
    else reader.skip();
  }
  if (ids !== null) for (const list of lists) list.sort((x, y) => x - y);
  const [voters, learners, votersOutgoing, learnersNext] = lists;
  return { voters, learners, votersOutgoing, learnersNext, autoLeave };
}

export function writeSnapshotMetadata(
  writer: ProtobufWriter,
  metadata: SnapshotMetadata,
  ids: Ids = null,
): void {
  writer.message(1, metadata.confState, (inner, state) => writeConfState(inner, state, ids));
  writer.varint(2, metadata.index);
  writer.varint(3, metadata.term);
}

export function readSnapshotMetadata(reader: ProtobufReader, ids: Ids = null): SnapshotMetadata {
  let confState: ConfState | null = null;
  let index = 0;
  let term = 0;
  while (reader.next()) {
    if (reader.field === 1) confState = readConfState(reader.message(), ids);
    else if (reader.field === 2) index = reader.uint();
    else if (reader.field === 3) term = reader.uint();
    else reader.skip();
  }
  return { confState: confState ?? readConfState(new ProtobufReader(emptyBytes)), index, term };
}

export function writeSnapshot(writer: ProtobufWriter, snapshot: Snapshot, ids: Ids = null): void {
  if (snapshot.data.length > 0) writer.bytes(1, snapshot.data);
  writer.message(2, snapshot.metadata, (inner, metadata) => writeSnapshotMetadata(inner, metadata, ids));
}

/** The data is a view of the reader's buffer. */
export function readSnapshot(reader: ProtobufReader, ids: Ids = null): Snapshot {
  let data: Uint8Array = emptyBytes;
  let metadata: SnapshotMetadata | null = null;
  while (reader.next()) {
    if (reader.field === 1) data = reader.bytes();
    else if (reader.field === 2) metadata = readSnapshotMetadata(reader.message(), ids);
    else reader.skip();
  }
  return { data, metadata: metadata ?? readSnapshotMetadata(new ProtobufReader(emptyBytes)) };
}

export function writeConfChange(writer: ProtobufWriter, change: ConfChange, ids: Ids = null): void {
  writer.varint(1, change.id);
  writer.varint(2, change.type);
  writeNodeId(writer, 3, change.nodeId, ids);
  if (change.context.length > 0) writer.bytes(4, change.context);
}

export function readConfChange(reader: ProtobufReader, ids: Ids = null): ConfChange {
  let id = 0;
  let type: ConfChangeType = ConfChangeType.addNode;
  let nodeId = noNode;
  let context: Uint8Array = emptyBytes;
  while (reader.next()) {
    // The proposer's request id: of a real etcd it has 64 bits, and nobody here waits for it.
    if (reader.field === 1) id = safeOrZero(reader.uint64());
    else if (reader.field === 2) type = readEnum(reader, 4) as ConfChangeType;
    else if (reader.field === 3) nodeId = readNodeId(reader, ids);
    else if (reader.field === 4) context = reader.bytes();
    else reader.skip();
  }
  return makeConfChange(type, nodeId, context, id);
}

function safeOrZero(value: bigint): number {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : 0;
}

function writeConfChangeSingle(writer: ProtobufWriter, change: ConfChangeSingle, ids: Ids): void {
  writer.varint(1, change.type);
  writeNodeId(writer, 2, change.nodeId, ids);
}

function readConfChangeSingle(reader: ProtobufReader, ids: Ids): ConfChangeSingle {
  let type: ConfChangeType = ConfChangeType.addNode;
  let nodeId = noNode;
  while (reader.next()) {
    if (reader.field === 1) type = readEnum(reader, 4) as ConfChangeType;
    else if (reader.field === 2) nodeId = readNodeId(reader, ids);
    else reader.skip();
  }
  return { type, nodeId };
}

export function writeConfChangeV2(writer: ProtobufWriter, change: ConfChangeV2, ids: Ids = null): void {
  writer.varint(1, change.transition);
  for (const single of change.changes) {
    writer.message(2, single, (inner, value) => writeConfChangeSingle(inner, value, ids));
  }
  if (change.context.length > 0) writer.bytes(3, change.context);
}

export function readConfChangeV2(reader: ProtobufReader, ids: Ids = null): ConfChangeV2 {
  let transition: ConfChangeTransition = ConfChangeTransition.auto;
  const changes: ConfChangeSingle[] = [];
  let context: Uint8Array = emptyBytes;
  while (reader.next()) {
    if (reader.field === 1) transition = readEnum(reader, 3) as ConfChangeTransition;
    else if (reader.field === 2) changes.push(readConfChangeSingle(reader.message(), ids));
    else if (reader.field === 3) context = reader.bytes();
    else reader.skip();
  }
  return { transition, changes, context };
}

export function encodeEntry(entry: Entry): Uint8Array {
  return encodeWith(writeEntry, entry);
}

export function decodeEntry(bytes: Uint8Array): Entry {
  return readEntry(new ProtobufReader(bytes));
}

export function encodeHardState(state: HardState): Uint8Array {
  return encodeWith(writeHardState, state);
}

export function decodeHardState(bytes: Uint8Array): HardState {
  return readHardState(new ProtobufReader(bytes));
}

export function encodeConfState(state: ConfState): Uint8Array {
  return encodeWith((writer, value: ConfState) => writeConfState(writer, value), state);
}

export function decodeConfState(bytes: Uint8Array): ConfState {
  return readConfState(new ProtobufReader(bytes));
}

export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  return encodeWith((writer, value: Snapshot) => writeSnapshot(writer, value), snapshot);
}

export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  return readSnapshot(new ProtobufReader(bytes));
}

export function encodeConfChange(change: ConfChange, ids: Ids = null): Uint8Array {
  return encodeWith((writer, value: ConfChange) => writeConfChange(writer, value, ids), change);
}

export function decodeConfChange(bytes: Uint8Array, ids: Ids = null): ConfChange {
  return readConfChange(new ProtobufReader(bytes), ids);
}

export function encodeConfChangeV2(change: ConfChangeV2, ids: Ids = null): Uint8Array {
  return encodeWith((writer, value: ConfChangeV2) => writeConfChangeV2(writer, value, ids), change);
}

export function decodeConfChangeV2(bytes: Uint8Array, ids: Ids = null): ConfChangeV2 {
  return readConfChangeV2(new ProtobufReader(bytes), ids);
}

/** The conf change that an entry of either kind carries. */
export function confChangeOf(entry: Entry, ids: Ids = null): ConfChange | ConfChangeV2 {
  return entry.type === EntryType.confChange
    ? decodeConfChange(entry.data, ids)
    : decodeConfChangeV2(entry.data, ids);
}
