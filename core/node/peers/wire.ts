/**
 * raftpb.Message as etcd 3.4 sends it: with ids of 64 bits, and only what has business on the network.
 */
import type { NodeIdTable } from '../../base/node_ids.ts';
import { ProtobufError, ProtobufReader } from '../../base/protobuf.ts';
import {
  type Message,
  MessageType,
  emptySnapshot,
  encodeWith,
  readMessage,
  writeMessage,
} from '../../raft/index.ts';

const networkTypes: ReadonlySet<number> = new Set([
  MessageType.prop,
  MessageType.app,
  MessageType.appResp,
  MessageType.vote,
  MessageType.voteResp,
  MessageType.preVote,
  MessageType.preVoteResp,
  MessageType.snap,
  MessageType.heartbeat,
  MessageType.heartbeatResp,
  MessageType.transferLeader,
  MessageType.timeoutNow,
  MessageType.readIndex,
  MessageType.readIndexResp,
]);

export function encodePeerMessage(message: Message, ids: NodeIdTable): Uint8Array {
  return encodeWith((writer, value: Message) => writeMessage(writer, value, ids), message);
}

/**
 * Null for a type that has no business on the network. Entry and snapshot data are views of `bytes`. Throws ProtobufError.
 */
export function decodePeerMessage(bytes: Uint8Array, ids: NodeIdTable): Message | null {
  if (!networkTypes.has(typeOf(bytes))) return null;
  const message = readMessage(new ProtobufReader(bytes), ids);
  if (message.type === MessageType.snap && message.snapshot === emptySnapshot) {
    throw new ProtobufError('a message of type MsgSnap without a snapshot');
  }
  return message;
}

/** -1: it names none. */
function typeOf(bytes: Uint8Array): number {
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    if (reader.field === 1) return reader.uint();
    reader.skip();
  }
  return -1;
}
