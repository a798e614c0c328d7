import { emptyBytes, equalBytes } from '../base/bytes.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../base/protobuf.ts';
import { noNode } from '../base/ids.ts';
import { EntryType, makeEntry, type Entry, type HardState } from '../raft/entry.ts';
import { readEntry, writeEntry } from '../raft/wire.ts';
import type { NodeIdTable } from '../base/node_ids.ts';

/**
 * An entry as the log holds it. An empty configuration change is written with its empty data field: without it, the bytes would
 * be those of a hard state, and nothing but the record's unchecked type would tell them apart.
 */
export function writeWalEntry(writer: ProtobufWriter, entry: Entry): void {
  writeEntry(writer, entry);
  if (entry.type !== EntryType.normal && entry.data.length === 0) writer.bytes(4, emptyBytes);
}

/** The entry, with data of its own: a view would keep the whole segment in memory. */
export function readWalEntry(reader: ProtobufReader): Entry {
  const { term, index, type, data } = readEntry(reader);
  return makeEntry(term, index, type, data.slice());
}

/** raftpb.HardState with a vote of 64 bits. */
export interface HardStateCodec {
  readonly read: (reader: ProtobufReader) => HardState;
  readonly write: (writer: ProtobufWriter, state: HardState) => void;
}

export function hardStateCodec(ids: NodeIdTable): HardStateCodec {
  return {
    read(reader) {
      let term = 0;
      let vote = noNode;
      let commit = 0;
      while (reader.next()) {
        if (reader.field === 1) term = reader.uint();
        else if (reader.field === 2) vote = ids.read(reader);
        else if (reader.field === 3) commit = reader.uint();
        else reader.skip();
      }
      return { term, vote, commit };
    },
    write(writer, state) {
      writer.varint(1, state.term);
      ids.write(writer, 2, state.vote);
      writer.varint(3, state.commit);
    },
  };
}

/** A snapshot that the log goes on from (walpb.Snapshot). */
export interface SnapshotMark {
  readonly index: number;
  readonly term: number;
}

export function writeSnapshotMark(writer: ProtobufWriter, mark: SnapshotMark): void {
  writer.varint(1, mark.index);
  writer.varint(2, mark.term);
}

/** etcd 3.5 and later add the members' configuration in a further field, which is skipped. */
export function readSnapshotMark(reader: ProtobufReader): SnapshotMark {
  let index = 0;
  let term = 0;
  while (reader.next()) {
    if (reader.field === 1) index = reader.uint();
    else if (reader.field === 2) term = reader.uint();
    else reader.skip();
  }
  return { index, term };
}

const scratch = new ProtobufWriter();

/** The value's bytes. */
export function encoded<Value>(
  write: (writer: ProtobufWriter, value: Value) => void,
  value: Value,
): Uint8Array {
  scratch.reset();
  write(scratch, value);
  return scratch.finish();
}

/**
 * The value, or null if the bytes are not exactly what encoding it gives: a record whose type was damaged holds the bytes of
 * another type, and protobuf would read them without complaint.
 */
export function decodedExactly<Value>(
  read: (reader: ProtobufReader) => Value,
  write: (writer: ProtobufWriter, value: Value) => void,
  bytes: Uint8Array,
): Value | null {
  try {
    const value = read(new ProtobufReader(bytes));
    return equalBytes(encoded(write, value), bytes) ? value : null;
  } catch (error) {
    if (error instanceof ProtobufError) return null;
    throw error;
  }
}
