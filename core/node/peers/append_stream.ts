/**
 * The stream of appends, rafthttp's msgAppV2. A byte says what comes: 0 nothing, the connection lives; 1 entries that follow the
 * last ones of the same term, of which only the entries and the commit index are written; 2 a whole message.
 */
import { bigEndian64 } from '../../base/bytes.ts';
import type { NodeId } from '../../base/ids.ts';
import type { NodeIdTable } from '../../base/node_ids.ts';
import { type Entry, type Message, MessageType } from '../../raft/index.ts';
import { decodeEntry, encodeEntry } from '../../raft/wire.ts';
import { type FrameReader, readLength } from './byte_feed.ts';
import { type StreamEncoder, messageBytesMax, readMessage } from './message_stream.ts';
import { encodePeerMessage } from './wire.ts';

const Kind = { heartbeat: 0, entries: 1, message: 2 } as const;
const heartbeatBytes = Uint8Array.of(Kind.heartbeat);
const entriesByte = Uint8Array.of(Kind.entries);
const messageByte = Uint8Array.of(Kind.message);

/** Entries of one append: each is at least two fields. */
const entriesMax = messageBytesMax / 4;

export class AppendEncoder implements StreamEncoder {
  private readonly ids: NodeIdTable;
  private term = 0;
  private index = 0;

  constructor(ids: NodeIdTable) {
    this.ids = ids;
  }

  heartbeat(): Uint8Array {
    return heartbeatBytes;
  }

  encode(message: Message): readonly Uint8Array[] {
    if (message.type !== MessageType.app) return this.whole(message, 0);
    const { index, logTerm, term, entries, commit } = message;
    if (index !== this.index || logTerm !== this.term || logTerm !== term) {
      return this.whole(message, entries.at(-1)?.index ?? index);
    }
    const parts: Uint8Array[] = [entriesByte, bigEndian64(entries.length)];
    for (const entry of entries) {
      const bytes = encodeEntry(entry);
      parts.push(bigEndian64(bytes.length), bytes);
    }
    this.index += entries.length;
    parts.push(bigEndian64(commit));
    return parts;
  }

  private whole(message: Message, lastIndex: number): readonly Uint8Array[] {
    this.term = message.term;
    this.index = lastIndex;
    const bytes = encodePeerMessage(message, this.ids);
    return [messageByte, bigEndian64(bytes.length), bytes];
  }
}

/** Who is at the two ends of a stream, which does not repeat it. */
export interface StreamEnds {
  readonly local: NodeId;
  readonly remote: NodeId;
}

/** Throws ProtobufError and RangeError on bytes that are no such stream. */
export function* readAppends(
  ids: NodeIdTable,
  { local: to, remote: from }: StreamEnds,
  onMessage: (message: Message) => void,
): FrameReader {
  let term = 0;
  let index = 0;
  for (;;) {
    const kind = (yield 1)[0];
    if (kind === Kind.heartbeat) continue;
    if (kind === Kind.entries) {
      const entries: Entry[] = [];
      const start = index;
      for (let left = yield* readLength(entriesMax); left > 0; left--) {
        const entry = decodeEntry(yield yield* readLength(messageBytesMax));
        index = entry.index;
        entries.push(entry);
      }
      const commit = yield* readLength(Number.MAX_SAFE_INTEGER);
      onMessage({ type: MessageType.app, to, from, term, logTerm: term, index: start, entries, commit });
    } else if (kind === Kind.message) {
      const message = yield* readMessage(ids);
      if (message === null) continue;
      term = message.term;
      if (message.type === MessageType.app) index = message.entries.at(-1)?.index ?? message.index;
      onMessage(message);
    } else throw new RangeError(`an append stream with a frame of kind ${kind}`);
  }
}
