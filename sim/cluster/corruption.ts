import { assert } from '../../core/base/assert.ts';
import { crc32c } from '../../core/base/crc32c.ts';
import { Ev } from './events.ts';
import type { Transport, Travelling } from './transport.ts';
import type { World } from './world.ts';

/** A frame with a flipped bit. Its bytes are there only in wire mode; the checksum is the one that the sender computed. */
export interface DamagedFrame {
  readonly kind: number;
  readonly payload: unknown;
  readonly bytes: Uint8Array | null;
  readonly checksum: number;
}

/**
 * Flipped bits on the wire. etcd's messages have no checksums of their own: TCP (and TLS) have them. So a damaged frame is never given
 * to a member; the receiver's machine sees that the checksum differs and gives the connection up, and with it is lost what is still on
 * its way there. New messages go over a new connection at once.
 */
export class Corruption {
  private readonly world: World;
  private readonly transport: Transport;

  constructor(world: World, transport: Transport) {
    this.world = world;
    this.transport = transport;
  }

  /** The frame that this becomes on its way. */
  damage(from: number, to: number, kind: number, payload: unknown): DamagedFrame {
    if (!(payload instanceof Uint8Array)) return { kind, payload, bytes: null, checksum: 0 };
    const bytes = payload.slice();
    const bit = this.world.network.corruptBit(from, to, bytes.length * 8);
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    return { kind, payload, bytes, checksum: crc32c(0, payload) };
  }

  arrive(to: number, sendEvent: number, from: number, frame: DamagedFrame): void {
    const { kind, payload, bytes, checksum } = frame;
    const noticed = bytes === null || crc32c(0, bytes) !== checksum;
    assert(noticed, 'a damaged frame has another checksum than its sender computed');
    const { network } = this.world;
    const damaged: Travelling = { kind, to, sendEvent, from, payload };
    if (!network.isOpen(from, to)) {
      this.transport.lose([damaged], 'partition');
      return;
    }
    this.transport.lose([damaged], 'corrupt');
    // A snapshot has a connection of its own.
    if (kind === Ev.request) this.resetCalls(from, to);
    else if (kind === Ev.response) this.resetCalls(to, from);
    else if (kind !== Ev.snapshot) this.resetMessages(from, to);
  }

  /** Members speak to each other over one connection in each direction. */
  private resetMessages(from: number, to: number): void {
    this.loseWaiting((kind, target, b) => {
      return (kind === Ev.message || kind === Ev.messageCopy) && target === to && b === from;
    });
  }

  /** A client has one connection to a member, for its calls both ways and for its watch streams. */
  private resetCalls(client: number, member: number): void {
    this.loseWaiting(
      (kind, target, b) =>
        (kind === Ev.request && target === member && b === client) ||
        (kind === Ev.response && target === client && b === member),
    );
    this.transport.watches.reset(client, member);
  }

  private loseWaiting(matches: (kind: number, target: number, b: number) => boolean): void {
    const waiting = this.world.scheduler.takeOut((kind, target, _a, b) => matches(kind, target, b));
    const lost = waiting.map(({ kind, target, a, b, payload }): Travelling => {
      return { kind, to: target, sendEvent: a, from: b, payload };
    });
    this.transport.lose(lost, 'reset');
  }
}
