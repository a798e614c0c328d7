import type { ServerResponse } from 'node:http';
import type { NodeId } from '../../base/ids.ts';
import type { Log } from '../../ports.ts';
import { type Message, MessageType } from '../../raft/index.ts';
import type { PeerHandler } from '../host/peer_transport.ts';
import { AppendEncoder, readAppends } from './append_stream.ts';
import type { FrameReader } from './byte_feed.ts';
import { type PeerDialer, refusalOf } from './dialer.ts';
import { type Identity, headersOf, hexOf } from './identity.ts';
import { MessageEncoder, readMessages } from './message_stream.ts';
import { postSnapshot } from './snapshot_post.ts';
import { StreamReader } from './stream_reader.ts';
import { StreamWriter } from './stream_writer.ts';
import { UrlPicker } from './url_picker.ts';
import { encodePeerMessage } from './wire.ts';

export type StreamKind = 'msgapp' | 'message';

const streamNames: Readonly<Record<StreamKind, string>> = {
  msgapp: 'stream MsgApp v2',
  message: 'stream Message',
};

/** Posts that may be under way, as in etcd's pipeline: 4 at once, 64 behind them. */
const postsMax = 68;
const postMsMax = 5000;

export interface PeerParts {
  readonly identity: Identity;
  readonly dialer: PeerDialer;
  readonly handler: PeerHandler;
  readonly log: Log;
}

/**
 * Another member. Each side asks the other for two streams, one of appends and one of the rest, and reads them; as long as the other
 * has not asked, messages are posted one by one.
 */
export class RemotePeer {
  readonly id: NodeId;
  readonly urls: UrlPicker;
  private readonly parts: PeerParts;
  private readonly hex: string;
  private readonly writers: Readonly<Record<StreamKind, StreamWriter>>;
  private readonly readers: readonly StreamReader[];
  private posts = 0;
  private isActive = false;
  private lastFailure = '';
  private stopped = false;

  constructor(id: NodeId, peerUrls: readonly string[], parts: PeerParts) {
    const { ids, id: local } = parts.identity;
    this.id = id;
    this.parts = parts;
    this.hex = hexOf(id, ids);
    this.urls = new UrlPicker(peerUrls);
    this.writers = {
      msgapp: new StreamWriter(() => new AppendEncoder(ids)),
      message: new StreamWriter(() => new MessageEncoder(ids)),
    };
    const onMessage = (message: Message): void => parts.handler.onMessage(message);
    this.readers = [
      this.reader('msgapp', () => readAppends(ids, { local, remote: id }, onMessage)),
      this.reader('message', () => readMessages(ids, onMessage)),
    ];
  }

  private reader(kind: StreamKind, newReader: () => FrameReader): StreamReader {
    const { dialer, identity, handler, log } = this.parts;
    return new StreamReader({
      dialer,
      urls: this.urls,
      path: `/raft/stream/${kind}/${hexOf(identity.id, identity.ids)}`,
      headers: () => ({ ...headersOf(identity), 'X-Raft-To': this.hex }),
      newReader,
      onOpen: () => {
        this.reached();
        const what = `established a TCP streaming connection with peer ${this.hex}`;
        log.line('info', `rafthttp: ${what} (${streamNames[kind]} reader)`);
      },
      onFailed: (reason) => this.failed(`${streamNames[kind]} reader`, reason),
      onRemoved: () => handler.onRemoved(),
    });
  }

  private reached(): void {
    if (!this.isActive) this.parts.log.line('info', `rafthttp: peer ${this.hex} became active`);
    this.isActive = true;
  }

  /** Tells it once, not at every try. `how`: which connection. */
  private failed(how: string, reason: string): void {
    if (this.stopped || (!this.isActive && reason === this.lastFailure)) return;
    const { log } = this.parts;
    if (this.isActive) log.line('warning', `rafthttp: peer ${this.hex} became inactive (${how}: ${reason})`);
    else log.line('warning', `rafthttp: peer ${this.hex} is not reached (${how}: ${reason})`);
    this.isActive = false;
    this.lastFailure = reason;
  }

  /** The other member asks for a stream. */
  attach(kind: StreamKind, response: ServerResponse): void {
    const { log } = this.parts;
    this.writers[kind].attach(response, () => {
      const what = `lost the TCP streaming connection with peer ${this.hex}`;
      if (!this.stopped) log.line('warning', `rafthttp: ${what} (${streamNames[kind]} writer)`);
    });
    const what = `established a TCP streaming connection with peer ${this.hex}`;
    log.line('info', `rafthttp: ${what} (${streamNames[kind]} writer)`);
  }

  send(message: Message): void {
    const { msgapp, message: rest } = this.writers;
    let taken: boolean;
    if (message.type === MessageType.app && msgapp.isOpen) taken = msgapp.write(message);
    else if (rest.isOpen) taken = rest.write(message);
    else taken = this.post(message);
    if (!taken) this.parts.handler.onUnreachable(this.id);
  }

  private post(message: Message): boolean {
    const url = this.urls.pick();
    if (this.posts >= postsMax || url === null) return false;
    this.posts++;
    void this.postTo(url, encodePeerMessage(message, this.parts.identity.ids)).then((isDelivered) => {
      this.posts--;
      if (this.stopped || isDelivered) return;
      this.urls.failed(url);
      this.parts.handler.onUnreachable(this.id);
    });
    return true;
  }

  private async postTo(url: string, body: Uint8Array): Promise<boolean> {
    const { dialer, identity, handler } = this.parts;
    const headers = { ...headersOf(identity), 'Content-Type': 'application/protobuf' };
    const reply = await dialer.ask(url, {
      method: 'POST',
      path: '/raft',
      headers,
      body,
      timeoutMs: postMsMax,
    });
    if (reply?.status === 410) handler.onRemoved();
    if (reply?.status === 204) this.reached();
    else this.failed('message', reply === null ? 'no answer' : refusalOf(reply));
    return reply?.status === 204;
  }

  async sendSnapshot(message: Message, database: Uint8Array): Promise<boolean> {
    const { dialer, identity, log } = this.parts;
    const url = this.urls.pick();
    if (url === null) return false;
    const what = `database snapshot of ${database.length} bytes to peer ${this.hex}`;
    log.line('info', `rafthttp: start to send ${what}`);
    const refused = await postSnapshot(dialer, url, identity, message, database);
    if (refused === null) log.line('info', `rafthttp: sent ${what}`);
    else {
      this.urls.failed(url);
      log.line('warning', `rafthttp: failed to send ${what}: ${refused}`);
    }
    return refused === null;
  }

  heartbeat(): void {
    this.writers.msgapp.heartbeat();
    this.writers.message.heartbeat();
  }

  stop(): void {
    this.stopped = true;
    for (const reader of this.readers) reader.stop();
    this.writers.msgapp.close();
    this.writers.message.close();
  }
}
