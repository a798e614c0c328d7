import {
  type Message,
  MessageType,
  decodeMessage,
  encodeMessage,
  messageCommit,
  messageEntries,
  messageIndex,
  messageLogTerm,
  messageReject,
  messageRejectHint,
} from '../../core/raft/index.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import type { RequestId } from '../../core/base/ids.ts';
import type { ClientRequest, ClientResponse } from '../../core/server/api/index.ts';
import { type DropReason, Kind, dropReasons } from '../trace/kinds.ts';
import { otherTraffic } from '../network/traffic.ts';
import { snapshotTimeoutNs } from '../limits.ts';
import { Corruption } from './corruption.ts';
import { DeliveredMessages } from './delivered.ts';
import { Ev } from './events.ts';
import { frameBytes } from './frame_bytes.ts';
import { PeerCallTransport } from './peer_calls.ts';
import { WatchTransport } from './watch_transport.ts';
import type { World } from './world.ts';

const { send: kindSend, deliver: kindDeliver, drop: kindDrop, duplicate: kindDuplicate } = Kind;

/** A message on its way: the object itself, or its bytes in wire mode. Never changed after it was sent. */
type InFlight = Message | Uint8Array;

/** A client's request on its way to a member. `operation` is the history's id. */
export interface RequestEnvelope {
  readonly client: number;
  readonly call: RequestId;
  readonly operation: number;
  readonly request: ClientRequest;
  readonly token: ByteString | undefined;
}

/** The answer on its way back; null when the member's machine refused the connection. */
export interface ResponseEnvelope {
  readonly call: RequestId;
  readonly operation: number;
  readonly response: ClientResponse | null;
}

/** A snapshot on its way: over a connection of its own, whose sender learns whether it arrived. */
export interface SnapshotEnvelope {
  readonly message: InFlight;
  readonly database: Uint8Array;
  /** The sender's incarnation. */
  readonly incarnation: number;
}

/** Something between two endpoints: `kind` is the event's that its arrival is. */
export interface Travelling {
  readonly kind: number;
  readonly to: number;
  readonly sendEvent: number;
  readonly from: number;
  readonly payload: unknown;
}

/** A held message, with what is needed to send it on when its link is mended. */
export interface Held extends Travelling {
  /** What the network calls it. */
  readonly sort: number;
}

const reasonCode = Object.fromEntries(dropReasons.map((name, code) => [name, code])) as Readonly<
  Record<DropReason, number>
>;

/** Carries messages, requests and responses over the virtual network and writes both of their ends into the trace. */
export class Transport {
  private readonly world: World;

  readonly peers: PeerCallTransport;
  readonly watches: WatchTransport;
  readonly corruption: Corruption;
  private readonly delivered: DeliveredMessages;

  constructor(world: World) {
    this.world = world;
    this.corruption = new Corruption(world, this);
    this.delivered = new DeliveredMessages(world.machines);
    this.peers = new PeerCallTransport(world);
    this.watches = new WatchTransport(world);
  }

  /**
   * Raft takes any of its messages twice, so links may double them. Not so a proposal on its way to the leader: it is a client's
   * write, which etcd would apply twice; its peers talk over TCP, where a message arrives once or never.
   */
  sendMessage(from: number, cause: number, message: Message): void {
    const { world } = this;
    const sendEvent = this.recordSend(from, cause, message, 0);
    const { to, type } = message;
    const narrow = world.network.isNarrow(from, to);
    const bytes = narrow ? encodeMessage(message).length : 0;
    const passage = world.network.send(from, to, world.scheduler.nowNs, type, bytes);
    if (passage.fate === 'drop') {
      this.drop(to, sendEvent, from, type, passage.reason);
      return;
    }
    const payload: InFlight = world.wireMode ? encodeMessage(message) : message;
    if (passage.fate === 'hold') {
      const held: Held = { kind: Ev.message, sort: type, to, sendEvent, from, payload };
      world.network.hold(from, to, held, type);
      return;
    }
    if (passage.corrupt) {
      this.sendDamaged(passage.deliverNs, { kind: Ev.message, to, sendEvent, from, payload });
      return;
    }
    world.scheduler.schedule(passage.deliverNs, Ev.message, message.to, sendEvent, from, payload);
    if (passage.duplicateNs >= 0 && message.type !== MessageType.prop) {
      world.scheduler.schedule(passage.duplicateNs, Ev.messageCopy, message.to, sendEvent, from, payload);
    }
  }

  private sendDamaged(atNs: number, { kind, to, sendEvent, from, payload }: Travelling): void {
    const frame = this.corruption.damage(from, to, kind, payload);
    this.world.scheduler.schedule(atNs, Ev.corrupted, to, sendEvent, from, frame);
  }

  /** Writes the sender's end into the trace. Returns its row. */
  private recordSend(from: number, cause: number, message: Message, otherBytes: number): number {
    const { trace } = this.world;
    const sendEvent = trace.begin(kindSend, from, cause);
    const entries = messageEntries(message);
    let bytes = otherBytes;
    for (let i = 0; i < entries.length; i++) bytes += entries[i]?.data.length ?? 0;
    trace.argument(message.to);
    trace.argument(message.type);
    trace.argument(message.term);
    trace.argument(messageLogTerm(message));
    trace.argument(messageIndex(message));
    trace.argument(messageCommit(message));
    trace.argument(entries.length);
    trace.argument(messageReject(message) ? 1 : 0);
    trace.argument(messageRejectHint(message));
    trace.argument(bytes);
    this.world.facts.sentMessages++;
    return sendEvent;
  }

  /** A snapshot is sent whole or not at all; links do not double it, for it travels over TCP. */
  sendSnapshot(
    from: number,
    cause: number,
    incarnation: number,
    message: Message,
    database: Uint8Array,
  ): void {
    const { world } = this;
    const sendEvent = this.recordSend(from, cause, message, database.length);
    const envelope: SnapshotEnvelope = {
      message: world.wireMode ? encodeMessage(message) : message,
      database,
      incarnation,
    };
    const { to, type } = message;
    const bytes = world.network.isNarrow(from, to) ? encodeMessage(message).length + database.length : 0;
    const passage = world.network.send(from, to, world.scheduler.nowNs, type, bytes);
    if (passage.corrupt && passage.fate === 'deliver') {
      this.sendDamaged(passage.deliverNs, { kind: Ev.snapshot, to, sendEvent, from, payload: envelope });
    } else if (passage.fate === 'deliver') {
      world.scheduler.schedule(passage.deliverNs, Ev.snapshot, to, sendEvent, from, envelope);
    } else if (passage.fate === 'hold') {
      const held: Held = { kind: Ev.snapshot, sort: type, to, sendEvent, from, payload: envelope };
      world.network.hold(from, to, held, type);
    } else {
      this.drop(to, sendEvent, from, type, passage.reason);
      this.reportSnapshot(from, to, incarnation, false);
    }
  }

  /** Returns the snapshot's message, or null when nobody takes it; either way the sender will hear of it. */
  arriveSnapshot(
    to: number,
    sendEvent: number,
    from: number,
    { message, incarnation }: SnapshotEnvelope,
    up: boolean,
  ): Message | null {
    const arrived = this.arrive(to, sendEvent, from, message, false, up);
    this.reportSnapshot(from, to, incarnation, arrived !== null);
    return arrived;
  }

  private reportSnapshot(sender: number, receiver: number, incarnation: number, arrived: boolean): void {
    const { world } = this;
    const back = world.network.send(receiver, sender, world.scheduler.nowNs);
    // Without an answer the sender's connection runs into its timeout.
    const heard = arrived && back.fate === 'deliver';
    const atNs =
      heard && back.fate === 'deliver' ? back.deliverNs : world.scheduler.nowNs + snapshotTimeoutNs;
    world.scheduler.schedule(atNs, Ev.snapshotSent, sender, receiver, incarnation, heard);
  }

  /** A message reached the member's machine. Returns it with its trace row, or null when nobody takes it. */
  arrive(
    to: number,
    sendEvent: number,
    from: number,
    payload: unknown,
    copy: boolean,
    up: boolean,
  ): Message | null {
    const message = messageOf(payload);
    if (!this.world.network.isOpen(from, to, message.type)) {
      this.drop(to, sendEvent, from, message.type, 'partition');
      return null;
    }
    if (!up) {
      this.drop(to, sendEvent, from, message.type, 'targetDown');
      return null;
    }
    this.arrivalEvent = this.world.trace.add(
      copy ? kindDuplicate : kindDeliver,
      to,
      sendEvent,
      from,
      message.type,
    );
    this.world.facts.deliveredMessages++;
    this.delivered.note(from, to, message.type, sendEvent, payload);
    return message;
  }

  /** Trace row of the last arrival: the cause of what the receiver does with it. */
  arrivalEvent = -1;

  private drop(to: number, sendEvent: number, from: number, type: number, reason: DropReason): void {
    this.world.trace.add(kindDrop, to, sendEvent, from, type, reasonCode[reason]);
    this.world.facts.lostMessages++;
    this.world.facts.dropped(reason);
  }

  sendRequest(cause: number, to: number, envelope: RequestEnvelope): void {
    const sendEvent = this.world.trace.add(Kind.requestSend, envelope.client, cause, to, envelope.operation);
    this.route(Ev.request, envelope.client, to, sendEvent, envelope.operation, envelope);
  }

  sendResponse(cause: number, from: number, client: number, envelope: ResponseEnvelope): void {
    const sendEvent = this.world.trace.add(Kind.responseSend, from, cause, client, envelope.operation);
    this.route(Ev.response, from, client, sendEvent, envelope.operation, envelope);
  }

  private route(
    kind: number,
    from: number,
    to: number,
    sendEvent: number,
    operation: number,
    payload: unknown,
  ): void {
    const { world } = this;
    const bytes = world.network.isNarrow(from, to) ? frameBytes(payload) : 0;
    const passage = world.network.send(from, to, world.scheduler.nowNs, otherTraffic, bytes);
    if (passage.fate === 'drop') {
      world.trace.add(Kind.requestDrop, to, sendEvent, from, operation, reasonCode[passage.reason]);
      world.facts.dropped(passage.reason);
    } else if (passage.fate === 'hold') {
      const held: Held = { kind, sort: otherTraffic, to, sendEvent, from, payload };
      world.network.hold(from, to, held);
    } else if (passage.corrupt) {
      this.sendDamaged(passage.deliverNs, { kind, to, sendEvent, from, payload });
    } else {
      // Requests travel on one TCP connection: a second copy never reaches the application.
      world.scheduler.schedule(passage.deliverNs, kind, to, sendEvent, from, payload);
    }
  }

  /** A request or response reached the other end. Returns its trace row, or -1 when it was cut off on its way. */
  arriveCall(to: number, sendEvent: number, from: number, operation: number, isRequest: boolean): number {
    const { world } = this;
    if (!world.network.isOpen(from, to)) {
      world.trace.add(Kind.requestDrop, to, sendEvent, from, operation, reasonCode.partition);
      return -1;
    }
    return world.trace.add(
      isRequest ? Kind.requestDeliver : Kind.responseDeliver,
      to,
      sendEvent,
      from,
      operation,
    );
  }

  /** Lets a link deliver once more what it delivered last of a type: now, as second copies. */
  repeat(from: number, to: number, type: number, count: number): void {
    const { scheduler } = this.world;
    for (const { sendEvent, payload } of this.delivered.last(from, to, type, count)) {
      scheduler.schedule(scheduler.nowNs, Ev.messageCopy, to, sendEvent, from, payload);
    }
  }

  /** Sends on what a mended link had held back, in its order, as if it were sent now. */
  releaseHeld(held: readonly unknown[]): void {
    const { world } = this;
    for (const item of held as readonly Held[]) {
      const passage = world.network.send(item.from, item.to, world.scheduler.nowNs, item.sort);
      const at = passage.deliverNs >= 0 ? passage.deliverNs : world.scheduler.nowNs;
      world.scheduler.schedule(at, item.kind, item.to, item.sendEvent, item.from, item.payload);
    }
  }

  /** Messages, snapshots and calls that never arrive, for this reason: what waited for its link, or was on its way. */
  lose(messages: readonly Travelling[], reason: DropReason): void {
    for (const { kind, to, sendEvent, from, payload } of messages) {
      if (kind === Ev.request || kind === Ev.response) {
        const { operation } = payload as RequestEnvelope | ResponseEnvelope;
        this.world.trace.add(Kind.requestDrop, to, sendEvent, from, operation, reasonCode[reason]);
        this.world.facts.dropped(reason);
      } else if (kind === Ev.snapshot) {
        const { message, incarnation } = payload as SnapshotEnvelope;
        this.drop(to, sendEvent, from, messageOf(message).type, reason);
        this.reportSnapshot(from, to, incarnation, false);
      } else this.drop(to, sendEvent, from, messageOf(payload).type, reason);
    }
  }
}

function messageOf(payload: unknown): Message {
  return payload instanceof Uint8Array ? decodeMessage(payload) : (payload as Message);
}
