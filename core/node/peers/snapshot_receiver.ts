import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeIdTable } from '../../base/node_ids.ts';
import { ProtobufError } from '../../base/protobuf.ts';
import { type Message, MessageType } from '../../raft/index.ts';
import type { PeerHandler, SnapshotReceipt } from '../host/peer_transport.ts';
import { answerText } from '../http/reply.ts';
import { ByteFeed } from './byte_feed.ts';
import { readMessage } from './message_stream.ts';
import { silenceMsMax } from './stream_reader.ts';

export interface SnapshotReceiverParts {
  readonly handler: Pick<PeerHandler, 'receiveSnapshot'>;
  readonly ids: NodeIdTable;
  readonly response: ServerResponse;
  /** Answers, and returns true, if the message comes from a member that was removed. */
  readonly isRefused: (message: Message) => boolean;
}

/**
 * Takes a posted snapshot: its message with its length, then the database as it is. That goes to the disk as it comes, so that its
 * size is no matter of memory; it is answered when raft has it.
 */
export function receiveSnapshot(request: IncomingMessage, parts: SnapshotReceiverParts): void {
  const receiver = new SnapshotReceiver(parts);
  request.setTimeout(silenceMsMax, () => receiver.fail('i/o timeout'));
  request.on('error', () => undefined);
  request.on('data', (piece: Buffer) => receiver.take(piece));
  request.on('end', () => {
    request.setTimeout(0);
    receiver.finish();
  });
  request.on('close', () => receiver.fail('unexpected EOF'));
}

class SnapshotReceiver {
  private readonly parts: SnapshotReceiverParts;
  private readonly feed: ByteFeed;
  private message: Message | null | undefined;
  private receipt: SnapshotReceipt | null = null;
  private hasBytes = false;
  private isOver = false;

  constructor(parts: SnapshotReceiverParts) {
    this.parts = parts;
    const take = (message: Message | null): void => void (this.message = message);
    this.feed = new ByteFeed(
      (function* () {
        take(yield* readMessage(parts.ids));
      })(),
    );
  }

  take(piece: Buffer): void {
    if (this.isOver) return;
    this.hasBytes ||= piece.length > 0;
    if (this.receipt !== null) return this.receipt.write(piece);
    try {
      this.feed.push(piece);
    } catch (error) {
      if (error instanceof RangeError) return this.fail('rafthttp: error limit exceeded');
      if (error instanceof ProtobufError) return this.fail(error.message);
      throw error;
    }
    if (this.message !== undefined) this.begin(this.message);
  }

  /** The message is whole: the database is next. */
  private begin(message: Message | null): void {
    if (message?.type !== MessageType.snap) return this.end(400, 'wrong raft message type');
    const { handler, isRefused } = this.parts;
    if (isRefused(message)) {
      this.isOver = true;
      return;
    }
    this.receipt = handler.receiveSnapshot(message);
    if (this.receipt === null) this.end(503, 'not ready');
    else this.receipt.write(this.feed.takeRest());
  }

  finish(): void {
    if (this.isOver) return;
    if (this.receipt === null) return this.fail(this.hasBytes ? 'unexpected EOF' : 'EOF');
    const { receipt } = this;
    const { response } = this.parts;
    this.isOver = true;
    receipt.finish((refused) => {
      if (refused === null) response.writeHead(204).end();
      else answerText(response, 500, `failed to save KV snapshot (${refused})\n`);
    });
  }

  /** Whoever sent it is told what etcd's members say, if it is still there. */
  fail(reason: string): void {
    if (this.isOver) return;
    const { receipt } = this;
    receipt?.abort();
    if (receipt === null) this.end(400, `failed to decode raft message (${reason})`);
    else this.end(500, `failed to save KV snapshot (${reason})`);
  }

  private end(status: number, text: string): void {
    this.isOver = true;
    const { response } = this.parts;
    response.setHeader('Connection', 'close');
    answerText(response, status, `${text}\n`);
  }
}
