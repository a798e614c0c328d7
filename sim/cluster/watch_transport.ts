import type { ByteString } from '../../core/base/bytes.ts';
import type { WatchRequest, WatchResponse } from '../../core/server/api/index.ts';
import { streamTimeoutNs } from '../limits.ts';
import { otherTraffic } from '../network/traffic.ts';
import { Ev } from './events.ts';
import { frameBytes } from './frame_bytes.ts';
import type { World } from './world.ts';

/** What travels on a watch stream, to the member or to the client. */
export type StreamFrame =
  | { readonly kind: 'open'; readonly window: number; readonly token: ByteString | undefined }
  | { readonly kind: 'request'; readonly request: WatchRequest }
  | { readonly kind: 'taken'; readonly count: number }
  | { readonly kind: 'response'; readonly response: WatchResponse }
  /** The other end is gone, or can't be reached any more. */
  | { readonly kind: 'closed'; readonly reason: string };

export interface StreamEnvelope {
  readonly stream: number;
  readonly frame: StreamFrame;
}

interface Stream {
  readonly client: number;
  readonly member: number;
  /** Arrival of the last frame in each direction: a connection keeps its order. */
  lastToMemberNs: number;
  lastToClientNs: number;
}

/**
 * Clients' watch streams: a connection each, in order and without loss while the link is open. A frame that the link does not carry
 * breaks the connection, and both ends hear of it some time later.
 */
export class WatchTransport {
  private readonly world: World;
  private readonly streams = new Map<number, Stream>();
  private nextStream = 1;

  constructor(world: World) {
    this.world = world;
  }

  /** Opens a stream to a member; returns its id. */
  open(client: number, member: number, window: number, token: ByteString | undefined): number {
    const stream = this.nextStream++;
    this.streams.set(stream, { client, member, lastToMemberNs: 0, lastToClientNs: 0 });
    this.toMember(stream, { kind: 'open', window, token });
    return stream;
  }

  toMember(id: number, frame: StreamFrame): void {
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    const atNs = this.carry(stream.client, stream.member, frame);
    if (atNs < 0) this.break(id, stream);
    else {
      stream.lastToMemberNs = Math.max(stream.lastToMemberNs, atNs);
      this.schedule(stream.lastToMemberNs, stream.member, id, frame);
      if (frame.kind === 'closed') this.streams.delete(id);
    }
  }

  toClient(id: number, frame: StreamFrame): void {
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    const atNs = this.carry(stream.member, stream.client, frame);
    if (atNs < 0) this.break(id, stream);
    else {
      stream.lastToClientNs = Math.max(stream.lastToClientNs, atNs);
      this.schedule(stream.lastToClientNs, stream.client, id, frame);
      if (frame.kind === 'closed') this.streams.delete(id);
    }
  }

  /** When a frame arrives, or -1. What is lost on the way, or finds the queue full, is sent again, which takes time. */
  private carry(from: number, to: number, frame: StreamFrame): number {
    const { network, scheduler } = this.world;
    const bytes = network.isNarrow(from, to) ? frameBytes(frame) : 0;
    for (let lateNs = 0; lateNs <= streamTimeoutNs; lateNs += streamTimeoutNs / 8) {
      const passage = network.send(from, to, scheduler.nowNs + lateNs, otherTraffic, bytes);
      if (passage.corrupt) return -1;
      if (passage.fate === 'deliver') return passage.deliverNs;
      if (passage.fate === 'hold' || passage.reason === 'partition') return -1;
    }
    return -1;
  }

  private break(id: number, stream: Stream): void {
    this.streams.delete(id);
    const { scheduler } = this.world;
    const frame: StreamFrame = { kind: 'closed', reason: 'connection lost' };
    const atNs = scheduler.nowNs + streamTimeoutNs;
    this.schedule(Math.max(atNs, stream.lastToMemberNs), stream.member, id, frame);
    this.schedule(Math.max(atNs, stream.lastToClientNs), stream.client, id, frame);
  }

  private schedule(atNs: number, target: number, stream: number, frame: StreamFrame): void {
    const envelope: StreamEnvelope = { stream, frame };
    this.world.scheduler.schedule(atNs, Ev.stream, target, 0, 0, envelope);
  }

  /** The connection between the two was given up. */
  reset(client: number, member: number): void {
    for (const [id, stream] of this.streams) {
      if (stream.client === client && stream.member === member) this.break(id, stream);
    }
  }

  /** The member's process is gone: its connections end. */
  memberDown(member: number): void {
    for (const [id, stream] of this.streams) if (stream.member === member) this.break(id, stream);
  }
}
