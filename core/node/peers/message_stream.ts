/** The stream of all messages but appends: each a length, big-endian in 64 bits, and a raftpb.Message. */
import { bigEndian64 } from '../../base/bytes.ts';
import { noNode } from '../../base/ids.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import { type Message, MessageType } from '../../raft/index.ts';
import { type FrameReader, readLength } from './byte_feed.ts';
import { decodePeerMessage, encodePeerMessage } from './wire.ts';

/** etcd takes no longer message either. */
export const messageBytesMax = 512 * 1024 * 1024;

/** How one kind of stream writes messages. */
export interface StreamEncoder {
  encode(message: Message): readonly Uint8Array[];
  /** What says only that the connection lives. */
  heartbeat(): Uint8Array;
}

export class MessageEncoder implements StreamEncoder {
  private readonly ids: NodeIdTable;
  private readonly beat: Uint8Array;

  constructor(ids: NodeIdTable) {
    this.ids = ids;
    const { heartbeat } = MessageType;
    const message = { type: heartbeat, to: noNode, from: noNode, term: 0, commit: 0, context: '' } as Message;
    this.beat = Buffer.concat(this.encode(message));
  }

  encode(message: Message): readonly Uint8Array[] {
    const bytes = encodePeerMessage(message, this.ids);
    return [bigEndian64(bytes.length), bytes];
  }

  heartbeat(): Uint8Array {
    return this.beat;
  }
}

/** Throws ProtobufError and RangeError on bytes that are no such stream. */
export function* readMessages(ids: NodeIdTable, onMessage: (message: Message) => void): FrameReader {
  for (;;) {
    const message = yield* readMessage(ids);
    if (message !== null && !isLinkHeartbeat(message)) onMessage(message);
  }
}

/** One message with its length. */
export function* readMessage(ids: NodeIdTable): Generator<number, Message | null, Uint8Array> {
  const length = yield* readLength(messageBytesMax);
  return decodePeerMessage(yield length, ids);
}

function isLinkHeartbeat({ type, from, to }: Message): boolean {
  return type === MessageType.heartbeat && from === noNode && to === noNode;
}
