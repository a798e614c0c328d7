import { unreachable } from '../base/assert.ts';
import { emptyByteString, fromBytes, type ByteString } from '../base/bytes.ts';
import { noNode, type NodeId } from '../base/ids.ts';
import { ProtobufError, ProtobufReader, type ProtobufWriter } from '../base/protobuf.ts';
import { emptySnapshot, type Entry, type Snapshot } from './entry.ts';
import {
  messageCommit,
  messageContext,
  messageEntries,
  messageIndex,
  messageLogTerm,
  messageReject,
  messageRejectHint,
  messageResponses,
  messageSnapshot,
  messageVote,
} from './message_fields.ts';
import { MessageType, type Message } from './message.ts';
import {
  type Ids,
  encodeWith,
  readEntry,
  readSnapshot,
  writeEntry,
  writeNodeId,
  writeSnapshot,
} from './wire.ts';

/** Reads carry their context as the data of one entry (raftpb has no better place for it). */
function writeReadContext(writer: ProtobufWriter, context: ByteString): void {
  writer.varint(1, 0);
  writer.varint(2, 0);
  writer.varint(3, 0);
  writer.byteString(4, context);
}

/**
 * Writes raftpb.Message of release 3.6. Local threads become 2^64-1 and 2^64-2, as in etcd. With `ids` it goes to members of other
 * releases, too: what asynchronous storage has added is left out.
 */
export function writeMessage(writer: ProtobufWriter, message: Message, ids: Ids = null): void {
  writer.varint(1, message.type);
  writeNodeId(writer, 2, message.to, ids);
  writeNodeId(writer, 3, message.from, ids);
  writer.varint(4, message.term);
  writer.varint(5, messageLogTerm(message));
  writer.varint(6, messageIndex(message));
  const context = messageContext(message);
  const isRead = message.type === MessageType.readIndex || message.type === MessageType.readIndexResp;
  if (isRead) writer.message(7, context, writeReadContext);
  else for (const entry of messageEntries(message)) writer.message(7, entry, writeEntry);
  writer.varint(8, messageCommit(message));
  const snapshot = messageSnapshot(message);
  if (snapshot !== null) writer.message(9, snapshot, (inner, value) => writeSnapshot(inner, value, ids));
  writer.bool(10, messageReject(message));
  writer.varint(11, messageRejectHint(message));
  if (!isRead && context.length > 0) writer.byteString(12, context);
  if (ids !== null) return;
  writer.varint(13, messageVote(message));
  for (const response of messageResponses(message)) writer.message(14, response, writeLocalMessage);
}

function writeLocalMessage(writer: ProtobufWriter, message: Message): void {
  writeMessage(writer, message);
}

interface RawMessage {
  type: number;
  to: NodeId;
  from: NodeId;
  term: number;
  logTerm: number;
  index: number;
  entries: Entry[];
  commit: number;
  snapshot: Snapshot | null;
  reject: boolean;
  rejectHint: number;
  context: ByteString;
  vote: NodeId;
  responses: Message[];
}

function readRaw(reader: ProtobufReader, ids: Ids): RawMessage {
  const raw: RawMessage = {
    type: MessageType.hup,
    to: noNode,
    from: noNode,
    term: 0,
    logTerm: 0,
    index: 0,
    entries: [],
    commit: 0,
    snapshot: null,
    reject: false,
    rejectHint: 0,
    context: emptyByteString,
    vote: noNode,
    responses: [],
  };
  while (reader.next()) readField(reader, raw, ids);
  return raw;
}

function readField(reader: ProtobufReader, raw: RawMessage, ids: Ids): void {
  switch (reader.field) {
    case 1:
      raw.type = reader.uint();
      break;
    case 2:
      raw.to = readEnd(reader, ids);
      break;
    case 3:
      raw.from = readEnd(reader, ids);
      break;
    case 4:
      raw.term = reader.uint();
      break;
    case 5:
      raw.logTerm = reader.uint();
      break;
    case 6:
      raw.index = reader.uint();
      break;
    case 7:
      raw.entries.push(readEntry(reader.message()));
      break;
    case 8:
      raw.commit = reader.uint();
      break;
    case 9:
      raw.snapshot = readSnapshot(reader.message(), ids);
      break;
    case 10:
      raw.reject = reader.bool();
      break;
    case 11:
      raw.rejectHint = reader.uint();
      break;
    case 12:
      raw.context = reader.byteString();
      break;
    case 13:
      raw.vote = reader.uint() as NodeId;
      break;
    case 14:
      raw.responses.push(readMessage(reader.message()));
      break;
    default:
      reader.skip();
  }
}

/** A member, or a local thread, which is below 0. */
function readEnd(reader: ProtobufReader, ids: Ids): NodeId {
  return ids === null ? (reader.int() as NodeId) : ids.read(reader);
}

function readContextOf(raw: RawMessage): ByteString {
  const entry = raw.entries[0];
  if (raw.entries.length !== 1 || entry === undefined) {
    throw new ProtobufError(`a read carries one entry, found ${raw.entries.length}`);
  }
  return fromBytes(entry.data);
}

/** Reads raftpb.Message. Fields that the variant does not have are dropped. Throws ProtobufError. */
export function readMessage(reader: ProtobufReader, ids: Ids = null): Message {
  const raw = readRaw(reader, ids);
  const { to, from, term, logTerm, index, entries, commit, reject, rejectHint, context } = raw;
  const type = raw.type as MessageType;
  switch (type) {
    case MessageType.hup:
    case MessageType.beat:
    case MessageType.checkQuorum:
    case MessageType.unreachable:
    case MessageType.transferLeader:
    case MessageType.timeoutNow:
    case MessageType.forgetLeader:
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
    case MessageType.snapStatus:
      return { type, to, from, term, reject };
    case MessageType.snap:
      return { type, to, from, term, snapshot: raw.snapshot ?? emptySnapshot };
    case MessageType.heartbeat:
      return { type, to, from, term, commit, context };
    case MessageType.heartbeatResp:
      return { type, to, from, term, context };
    case MessageType.readIndex:
      return { type, to, from, term, context: readContextOf(raw) };
    case MessageType.readIndexResp:
      return { type, to, from, term, index, context: readContextOf(raw) };
    case MessageType.storageAppend:
    case MessageType.storageAppendResp:
    case MessageType.storageApply:
    case MessageType.storageApplyResp:
      return readStorageMessage(type, raw);
    default:
      throw new ProtobufError(`unknown message type ${raw.type}`);
  }
}

type StorageMessageType =
  | typeof MessageType.storageAppend
  | typeof MessageType.storageAppendResp
  | typeof MessageType.storageApply
  | typeof MessageType.storageApplyResp;

function readStorageMessage(type: StorageMessageType, raw: RawMessage): Message {
  const { to, from, term, logTerm, index, entries, commit, snapshot, vote, responses } = raw;
  switch (type) {
    case MessageType.storageAppend:
      return { type, to, from, term, vote, commit, entries, snapshot, responses };
    case MessageType.storageAppendResp:
      return { type, to, from, term, logTerm, index, snapshot };
    case MessageType.storageApply:
      return { type, to, from, term, entries, responses };
    case MessageType.storageApplyResp:
      return { type, to, from, term, entries };
    default:
      return unreachable(type);
  }
}

export function encodeMessage(message: Message): Uint8Array {
  return encodeWith(writeLocalMessage, message);
}

/** Entry and snapshot data are views of `bytes`. Throws ProtobufError. */
export function decodeMessage(bytes: Uint8Array): Message {
  return readMessage(new ProtobufReader(bytes));
}
