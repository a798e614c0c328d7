import { nsPerSecond } from '../../core/limits.ts';
import type { RandomStream } from '../random.ts';
import type { LinkParameters, LinkSettings } from './settings.ts';
import { type TrafficSet, includesTraffic } from './traffic.ts';

/** Something that was sent and waits for its link. */
interface Held {
  readonly sort: number;
  readonly message: unknown;
}

/** What of the held messages is meant. */
export interface HeldChoice {
  readonly traffic: TrafficSet;
  /** The first so many of them, in the order in which they were sent. */
  readonly first: number;
}

/** What a link does beside what every link does. */
interface Own {
  readonly settings: LinkSettings;
  readonly parameters: LinkParameters;
  readonly corruptPer10k: number;
  readonly bytesPerSecond: number;
  readonly queueBytes: number;
}

/** One direction between two endpoints. */
export class Link {
  readonly random: RandomStream;
  cutTraffic: TrafficSet = 0;
  heldTraffic: TrafficSet = 0;
  /** Nothing arrives before this time. */
  cloggedUntilNs = 0;
  own: Own | null = null;
  private lastDeliverNs = 0;
  /** When the last byte of what was sent so far has left the sender, on a link with a bandwidth. */
  private sentUntilNs = 0;
  private corruption: RandomStream | null = null;
  private held: Held[] = [];

  constructor(random: RandomStream) {
    this.random = random;
  }

  get disturbed(): boolean {
    return this.cutTraffic !== 0 || this.heldTraffic !== 0;
  }

  set(settings: LinkSettings, usual: LinkParameters): void {
    if (Object.keys(settings).length === 0) {
      this.own = null;
      return;
    }
    const { delayMinNs, delayMeanNs, lossPer10k, duplicatePer10k, reorderPer10k } = { ...usual, ...settings };
    const { corruptPer10k = 0, bytesPerSecond = Infinity, queueBytes = Infinity } = settings;
    const parameters = { delayMinNs, delayMeanNs, lossPer10k, duplicatePer10k, reorderPer10k };
    this.own = { settings, parameters, corruptPer10k, bytesPerSecond, queueBytes };
  }

  /**
   * When so many bytes, handed over now, have left the sender: behind all that was handed over before. -1: the queue has no room for
   * them.
   */
  transmit(nowNs: number, bytes: number): number {
    if (this.own === null || this.own.bytesPerSecond === Infinity) return nowNs;
    const { bytesPerSecond, queueBytes } = this.own;
    const waitNs = Math.max(0, this.sentUntilNs - nowNs);
    const queued = Math.floor((waitNs * bytesPerSecond) / nsPerSecond);
    // A message that is larger than the whole queue passes when nothing waits.
    if (queued > 0 && queued + bytes > queueBytes) return -1;
    this.sentUntilNs = nowNs + waitNs + Math.ceil((bytes * nsPerSecond) / bytesPerSecond);
    return this.sentUntilNs;
  }

  arrivalNs(fromNs: number, { delayMinNs, delayMeanNs, reorderPer10k }: LinkParameters): number {
    const travelled = fromNs + delayMinNs + this.random.exponential(delayMeanNs);
    const drawn = travelled > this.cloggedUntilNs ? travelled : this.cloggedUntilNs;
    if (this.random.chance(reorderPer10k, 10_000)) return drawn;
    const arrival = drawn > this.lastDeliverNs ? drawn : this.lastDeliverNs;
    this.lastDeliverNs = arrival;
    return arrival;
  }

  /** Draws whether a bit of a message flips; from a stream of its own, so that delays stay what they are. */
  corrupts(): boolean {
    if (this.own === null || this.own.corruptPer10k === 0) return false;
    this.corruption ??= this.random.fork('corrupt');
    return this.corruption.chance(this.own.corruptPer10k, 10_000);
  }

  /** Which bit of a corrupted message flips. */
  corruptBit(bits: number): number {
    this.corruption ??= this.random.fork('corrupt');
    return this.corruption.below(bits);
  }

  hold(sort: number, message: unknown): void {
    this.held.push({ sort, message });
  }

  /** Takes held messages out, in the order in which they were sent. */
  takeHeld({ traffic, first }: HeldChoice): unknown[] {
    const taken: unknown[] = [];
    const left: Held[] = [];
    for (const each of this.held) {
      if (taken.length < first && includesTraffic(traffic, each.sort)) taken.push(each.message);
      else left.push(each);
    }
    this.held = left;
    return taken;
  }
}
