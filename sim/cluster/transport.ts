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
import { Kind, dropReasons } from '../trace/kinds.ts';
import { snapshotTimeoutNs } from '../limits.ts';
import { Ev } from './events.ts';
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

/** A held message, with what is needed to send it on when its link is mended. */
interface Held {
  readonly kind: number;
  readonly to: number;
  readonly sendEvent: number;
  readonly from: number;
  readonly payload: unknown;
}

const reasonCode = {
  loss: dropReasons.indexOf('loss'),
  partition: dropReasons.indexOf('partition'),
  targetDown: dropReasons.indexOf('targetDown'),
} as const;

/** Carries messages, requests and responses over the virtual network and writes both of their ends into the trace. */
export class Transport {
  private readonly world: World;

  readonly peers: PeerCallTransport;
  readonly watches: WatchTransport;

  constructor(world: World) {
    this.world = world;
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
    const passage = world.network.send(from, message.to, world.scheduler.nowNs);
    if (passage.fate === 'drop') {
      this.drop(message.to, sendEvent, from, message.type, passage.reason === 'loss' ? 'loss' : 'partition');
      return;
    }
    const payload: InFlight = world.wireMode ? encodeMessage(message) : message;
    if (passage.fate === 'hold') {
      const held: Held = { kind: Ev.message, to: message.to, sendEvent, from, payload };
      world.network.hold(from, message.to, held);
      return;
    }
    world.scheduler.schedule(passage.deliverNs, Ev.message, message.to, sendEvent, from, payload);
    if (passage.duplicateNs >= 0 && message.type !== MessageType.prop) {
      world.scheduler.schedule(passage.duplicateNs, Ev.messageCopy, message.to, sendEvent, from, payload);
    }
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
    const passage = world.network.send(from, message.to, world.scheduler.nowNs);
    if (passage.fate === 'deliver') {
      world.scheduler.schedule(passage.deliverNs, Ev.snapshot, message.to, sendEvent, from, envelope);
    } else if (passage.fate === 'hold') {
      const held: Held = { kind: Ev.snapshot, to: message.to, sendEvent, from, payload: envelope };
      world.network.hold(from, message.to, held);
    } else {
      this.drop(message.to, sendEvent, from, message.type, passage.reason === 'loss' ? 'loss' : 'partition');
      this.reportSnapshot(from, message.to, incarnation, false);
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
    const message = payload instanceof Uint8Array ? decodeMessage(payload) : (payload as Message);
    if (!this.world.network.isOpen(from, to)) {
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
    return message;
  }

  /** Trace row of the last arrival: the cause of what the receiver does with it. */
  arrivalEvent = -1;

  private drop(
    to: number,
    sendEvent: number,
    from: number,
    type: number,
    reason: keyof typeof reasonCode,
  ): void {
    this.world.trace.add(kindDrop, to, sendEvent, from, type, reasonCode[reason]);
    this.world.facts.lostMessages++;
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
    const passage = world.network.send(from, to, world.scheduler.nowNs);
    if (passage.fate === 'drop') {
      const reason = passage.reason === 'loss' ? reasonCode.loss : reasonCode.partition;
      world.trace.add(Kind.requestDrop, to, sendEvent, from, operation, reason);
    } else if (passage.fate === 'hold') {
      const held: Held = { kind, to, sendEvent, from, payload };
      world.network.hold(from, to, held);
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

  /** Sends on what a mended link had held back, in its order, as if it were sent now. */
  releaseHeld(held: readonly unknown[]): void {
    const { world } = this;
    for (const item of held as readonly Held[]) {
      const passage = world.network.send(item.from, item.to, world.scheduler.nowNs);
      const at = passage.fate === 'deliver' ? passage.deliverNs : world.scheduler.nowNs;
      world.scheduler.schedule(at, item.kind, item.to, item.sendEvent, item.from, item.payload);
    }
  }
}
