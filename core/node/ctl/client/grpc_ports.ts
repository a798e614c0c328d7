import type { ClientDuplexStream } from '@grpc/grpc-js';
import { assertDefined } from '../../../base/assert.ts';
import type { ByteString } from '../../../base/bytes.ts';
import type { NodeId, RequestId } from '../../../base/ids.ts';
import type { Client, ClientPorts, WaitId } from '../../../client/index.ts';
import type { StreamId } from '../../../ports.ts';
import {
  type ClientRequest,
  type ErrorResponse,
  type LeaseKeepAliveResponse,
  type WatchRequest,
  type WatchResponse,
  rpcs,
  watchRpc,
} from '../../../server/api/index.ts';
import { bodyOf, responseOf, rpcOf } from '../../../server/api/wire.ts';
import { RealClock } from '../../host/real_clock.ts';
import { systemRandom } from '../../host/system_random.ts';
import { type Channel, errorOf } from './channel.ts';

type WatchCall = ClientDuplexStream<WatchRequest, WatchResponse>;

/** The real world of a client: members over gRPC, the machine's clock. */
export class GrpcPorts implements ClientPorts {
  readonly clock: RealClock;
  readonly random = systemRandom;
  private readonly channels: ReadonlyMap<NodeId, Channel>;
  private readonly onResume: (wait: WaitId, answer: unknown) => void;
  private readonly streams = new Map<StreamId, { call: WatchCall | null; readonly unsent: WatchRequest[] }>();
  private client: Client | null = null;
  private nextStream = 1;

  constructor(channels: ReadonlyMap<NodeId, Channel>, onResume: (wait: WaitId, answer: unknown) => void) {
    this.channels = channels;
    this.onResume = onResume;
    this.clock = new RealClock((token) => this.to.onTimer(token));
  }

  /** Who hears of what comes back. */
  serve(client: Client): void {
    this.client = client;
  }

  private get to(): Client {
    return assertDefined(this.client, 'the client of these ports');
  }

  private channel(node: NodeId): Channel {
    return assertDefined(this.channels.get(node), `the channel of endpoint ${node}`);
  }

  send(node: NodeId, attempt: RequestId, request: ClientRequest, token: ByteString | undefined): void {
    const channel = this.channel(node);
    channel.connect((connected) => {
      if (this.client === null) return;
      if (!connected) this.to.onRefused(attempt);
      else if (request.kind === 'lease_keep_alive') this.keepAlive(channel, attempt, request, token);
      else this.call(channel, attempt, request, token);
    });
  }

  private call(
    channel: Channel,
    attempt: RequestId,
    request: ClientRequest,
    token: ByteString | undefined,
  ): void {
    channel.unary(rpcOf(request.kind), bodyOf(request), token, (answer, failed) => {
      if (this.client === null) return;
      this.to.onResponse(attempt, failed ? (answer as ErrorResponse) : responseOf(request.kind, answer));
    });
  }

  /** A stream in gRPC, of which each renewal here is one. */
  private keepAlive(
    channel: Channel,
    attempt: RequestId,
    { lease_keep_alive: body }: Extract<ClientRequest, { kind: 'lease_keep_alive' }>,
    token: ByteString | undefined,
  ): void {
    const call = channel.duplex(rpcs.lease_keep_alive, token);
    call.once('data', (answer: LeaseKeepAliveResponse) => {
      call.end();
      if (this.client !== null) this.to.onResponse(attempt, responseOf('lease_keep_alive', answer));
    });
    call.once('error', (error) => {
      if (this.client !== null) this.to.onResponse(attempt, errorOf(error));
    });
    call.write(body);
  }

  // --- watches

  openStream(node: NodeId, _window: number, token: ByteString | undefined): StreamId {
    const id = this.nextStream++;
    this.streams.set(id, { call: null, unsent: [] });
    const channel = this.channel(node);
    channel.connect((connected) => {
      const stream = this.streams.get(id);
      if (stream === undefined || this.client === null) return;
      if (!connected) {
        this.lost(id);
        return;
      }
      const call = channel.duplex(watchRpc, token);
      stream.call = call;
      call.on('data', (answer: WatchResponse) => {
        if (this.streams.has(id)) this.to.onStreamResponse(id, answer);
      });
      call.on('end', () => this.lost(id));
      call.on('error', () => this.lost(id));
      for (const request of stream.unsent) call.write(request);
    });
    return id;
  }

  private lost(id: StreamId): void {
    if (this.streams.delete(id) && this.client !== null) this.to.onStreamClosed(id);
  }

  sendStream(id: StreamId, request: WatchRequest): void {
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    if (stream.call === null) stream.unsent.push(request);
    else stream.call.write(request);
  }

  /** HTTP/2's own windows do that. */
  takeStream(): void {}

  closeStream(id: StreamId): void {
    const stream = this.streams.get(id);
    this.streams.delete(id);
    stream?.call?.cancel();
  }

  // --- scripts

  resume(wait: WaitId, answer: unknown): void {
    this.onResume(wait, answer);
  }

  /** Nothing comes in or goes out any more. */
  close(): void {
    this.client = null;
    this.clock.stop();
    for (const channel of this.channels.values()) channel.close();
  }
}
