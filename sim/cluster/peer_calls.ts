import type { RequestId } from '../../core/base/ids.ts';
import { requestId } from '../../core/base/ids.ts';
import type { PeerAnswer, PeerCall } from '../../core/server/peers/messages.ts';
import { otherTraffic } from '../network/traffic.ts';
import { peerCallTimeoutNs } from '../limits.ts';
import { Kind } from '../trace/kinds.ts';
import { Ev } from './events.ts';
import { frameBytes } from './frame_bytes.ts';
import type { World } from './world.ts';

/** A question of one member to another, on its way there and back. */
export interface PeerCallEnvelope {
  readonly from: number;
  readonly token: number;
  /** The asker's. */
  readonly incarnation: number;
  readonly call: PeerCall;
}

/** Carries what members ask each other beside raft: an HTTP call, whose asker always hears something. */
export class PeerCallTransport {
  private readonly world: World;
  private readonly open = new Map<RequestId, { readonly to: number; readonly envelope: PeerCallEnvelope }>();
  private nextId = 1;

  constructor(world: World) {
    this.world = world;
  }

  call(to: number, cause: number, envelope: PeerCallEnvelope): void {
    const { network, scheduler, trace } = this.world;
    const { from, call } = envelope;
    const sendEvent = trace.add(Kind.peerCall, from, cause, to, trace.string(call.kind));
    const bytes = network.isNarrow(from, to) ? frameBytes(call) : 0;
    const passage = network.send(from, to, scheduler.nowNs, otherTraffic, bytes);
    if (passage.fate === 'deliver' && !passage.corrupt) {
      scheduler.schedule(passage.deliverNs, Ev.peerCall, to, sendEvent, from, envelope);
    } else this.fail(envelope);
  }

  /** The call reached the machine. Returns the id to answer it by, or null when nobody takes it. */
  arrive(to: number, envelope: PeerCallEnvelope, up: boolean): RequestId | null {
    if (!up || !this.world.network.isOpen(envelope.from, to)) {
      this.fail(envelope);
      return null;
    }
    const id = requestId(this.nextId++);
    this.open.set(id, { to, envelope });
    return id;
  }

  answer(id: RequestId, cause: number, answer: PeerAnswer): void {
    const { network, scheduler, trace } = this.world;
    const call = this.open.get(id);
    if (call === undefined) return;
    this.open.delete(id);
    const { to: from, envelope } = call;
    const { from: asker, token, incarnation } = envelope;
    const sendEvent = trace.add(Kind.peerAnswer, from, cause, asker, trace.string(answer.kind));
    const bytes = network.isNarrow(from, asker) ? frameBytes(answer) : 0;
    const passage = network.send(from, asker, scheduler.nowNs, otherTraffic, bytes);
    if (passage.fate !== 'deliver' || passage.corrupt) this.fail(envelope);
    else {
      const payload: PeerAnswerEnvelope = { token, answer, sendEvent };
      scheduler.schedule(passage.deliverNs, Ev.peerAnswer, asker, sendEvent, incarnation, payload);
    }
  }

  /** The member's process is gone: what it was asked, it does not answer. */
  memberDown(member: number): void {
    for (const [id, { to, envelope }] of this.open) {
      if (to !== member) continue;
      this.open.delete(id);
      this.fail(envelope);
    }
  }

  /** Nobody answers: the asker's connection runs into its timeout. */
  private fail({ from, token, incarnation }: PeerCallEnvelope): void {
    const { scheduler } = this.world;
    const payload: PeerAnswerEnvelope = { token, answer: null, sendEvent: -1 };
    scheduler.schedule(scheduler.nowNs + peerCallTimeoutNs, Ev.peerAnswer, from, -1, incarnation, payload);
  }
}

export interface PeerAnswerEnvelope {
  readonly token: number;
  readonly answer: PeerAnswer | null;
  /** Trace row of the answer's sending, -1 if there is none. */
  readonly sendEvent: number;
}
