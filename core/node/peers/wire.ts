/**
 * raftpb.Message as etcd 3.4 sends it: release 3.6's without the fields for asynchronous storage, with ids of 64 bits. What a
 * message does not need is written as 0, as the generated Go code does.
 */
import { type ByteString, emptyByteString, emptyBytes, fromBytes } from '../../base/bytes.ts';
import { crc32c } from '../../base/crc32c.ts';
import { type NodeId, noNode } from '../../base/ids.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter } from '../../base/protobuf.ts';
import { type Entry, type Message, MessageType, type Snapshot } from '../../raft/index.ts';
import {
  messageCommit,
  messageContext,
  messageEntries,
  messageIndex,
  messageLogTerm,
  messageReject,
  messageRejectHint,
} from '../../raft/message_fields.ts';
import { readEntry, writeEntry } from '../../raft/wire.ts';
import { SnapError, decodeSnapFile, encodeSnapFile } from '../../snap/index.ts';

export function encodePeerMessage(message: Message, ids: NodeIdTable): Uint8Array {
  const writer = new ProtobufWriter();
  writer.varint(1, message.type);
  ids.write(writer, 2, message.to);
  ids.write(writer, 3, message.from);
  writer.varint(4, message.term);
  writer.varint(5, messageLogTerm(message));
  writer.varint(6, messageIndex(message));
  const context = messageContext(message);
  const isRead = message.type === MessageType.readIndex || message.type === MessageType.readIndexResp;
  // A read's context travels as the data of an entry.
  if (isRead) writer.message(7, context, writeReadContext);
  else for (const entry of messageEntries(message)) writer.message(7, entry, writeEntry);
  writer.varint(8, messageCommit(message));
  if (message.type === MessageType.snap) writer.bytes(9, snapshotBytes(message.snapshot, ids));
  writer.bool(10, messageReject(message));
  writer.varint(11, messageRejectHint(message));
  if (!isRead && context.length > 0) writer.byteString(12, context);
  return writer.finish();
}

function writeReadContext(writer: ProtobufWriter, context: ByteString): void {
  for (const field of [1, 2, 3]) writer.varint(field, 0);
  writer.byteString(4, context);
}

/** A `.snap` file has the same message in a frame. */
function snapshotBytes(snapshot: Snapshot, ids: NodeIdTable): Uint8Array {
  const frame = new ProtobufReader(encodeSnapFile(snapshot, ids));
  while (frame.next()) {
    if (frame.field === 2) return frame.bytes();
    frame.skip();
  }
  return emptyBytes;
}

function snapshotOf(bytes: Uint8Array, ids: NodeIdTable): Snapshot {
  const frame = new ProtobufWriter();
  frame.varint(1, crc32c(0, bytes));
  frame.bytes(2, bytes);
  try {
    return decodeSnapFile(frame.finish(), 'a message', ids);
  } catch (error) {
    throw error instanceof SnapError ? new ProtobufError(error.message) : error;
  }
}

/** All that a message may hold. */
class Fields {
  type = -1;
  to: NodeId = noNode;
  from: NodeId = noNode;
  term = 0;
  logTerm = 0;
  index = 0;
  readonly entries: Entry[] = [];
  commit = 0;
  snapshot: Uint8Array = emptyBytes;
  reject = false;
  rejectHint = 0;
  context: ByteString = emptyByteString;

  take(reader: ProtobufReader, ids: NodeIdTable): void {
    const { field } = reader;
    if (field === 1) this.type = reader.uint();
    else if (field === 2) this.to = ids.read(reader);
    else if (field === 3) this.from = ids.read(reader);
    else if (field === 4) this.term = reader.uint();
    else if (field === 5) this.logTerm = reader.uint();
    else if (field === 6) this.index = reader.uint();
    else if (field === 7) this.entries.push(readEntry(reader.message()));
    else if (field === 8) this.commit = reader.uint();
    else if (field === 9) this.snapshot = reader.bytes();
    else if (field === 10) this.reject = reader.bool();
    else if (field === 11) this.rejectHint = reader.uint();
    else if (field === 12) this.context = reader.byteString();
    else reader.skip();
  }
}

/**
 * Null for a type that has no business on the network. Entry data are views of `bytes`. Throws ProtobufError.
 */
export function decodePeerMessage(bytes: Uint8Array, ids: NodeIdTable): Message | null {
  const reader = new ProtobufReader(bytes);
  const fields = new Fields();
  while (reader.next()) fields.take(reader, ids);
  return messageOf(fields, ids);
}

function messageOf(fields: Fields, ids: NodeIdTable): Message | null {
  const { to, from, term, logTerm, index, entries, commit, reject, rejectHint, context } = fields;
  const type = fields.type as MessageType;
  switch (type) {
    case MessageType.transferLeader:
    case MessageType.timeoutNow:
      return { type, to, from, term };
    case MessageType.prop:
      return { type, to, from, term, entries };
    case MessageType.app:
      return { type, to, from, term, logTerm, index, entries, commit };
    case MessageType.appResp:
      return { type, to, from, term, logTerm, index, reject, rejectHint };
    case MessageType.vote:
    case MessageType.preVote:
      return { type, to, from, term, logTerm, index, context };
    case MessageType.voteResp:
    case MessageType.preVoteResp:
      return { type, to, from, term, reject };
    case MessageType.snap:
      return { type, to, from, term, snapshot: snapshotOf(fields.snapshot, ids) };
    case MessageType.heartbeat:
      return { type, to, from, term, commit, context };
    case MessageType.heartbeatResp:
      return { type, to, from, term, context };
    case MessageType.readIndex:
      return { type, to, from, term, context: readContext(entries) };
    case MessageType.readIndexResp:
      return { type, to, from, term, index, context: readContext(entries) };
    default:
      return null;
  }
}

function readContext(entries: readonly Entry[]): ByteString {
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw new ProtobufError(`a read carries one entry, found ${entries.length}`);
  }
  return fromBytes(entry.data);
}
