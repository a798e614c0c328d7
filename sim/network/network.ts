import { AssertionError } from '../../core/base/assert.ts';
import type { RandomStream } from '../random.ts';
import type { DropReason } from '../trace/kinds.ts';
import { type HeldChoice, Link } from './link.ts';
import type { LinkParameters, LinkSettings } from './settings.ts';
import { type TrafficSet, allTraffic, includesTraffic, otherTraffic } from './traffic.ts';

export type { LinkParameters, LinkSettings };

/** What happens to one sent message. Times are absolute, -1 for none; `held` messages wait for the link to be mended. */
export interface Passage {
  fate: 'deliver' | 'drop' | 'hold';
  reason: DropReason;
  deliverNs: number;
  /** When a second copy arrives. */
  duplicateNs: number;
  /** One of its bits flips on the way. */
  corrupt: boolean;
}

/**
 * The directed links between endpoints (members, then clients, numbered from 1). Decides fates and times; carrying the
 * messages is the scheduler's business. Each link draws from its own random stream.
 */
export class VirtualNetwork {
  private parameters: LinkParameters;
  private readonly random: RandomStream;
  private readonly endpoints: number;
  private readonly links: (Link | undefined)[] = [];
  private readonly names: (endpoint: number) => string;
  /** Some link was narrow at some time; as long as none was, nobody has to look. */
  private everNarrow = false;
  // One passage object for all sends: the caller reads it at once.
  private readonly passage: Passage = {
    fate: 'deliver',
    reason: 'loss',
    deliverNs: 0,
    duplicateNs: -1,
    corrupt: false,
  };

  constructor(
    endpoints: number,
    parameters: LinkParameters,
    random: RandomStream,
    names: (endpoint: number) => string,
  ) {
    this.endpoints = endpoints;
    this.parameters = parameters;
    this.random = random;
    this.names = names;
  }

  /** Of all links; those with settings of their own keep these. */
  setParameters(parameters: LinkParameters): void {
    const { delayMinNs, delayMeanNs, lossPer10k, duplicatePer10k, reorderPer10k } = parameters;
    this.parameters = { delayMinNs, delayMeanNs, lossPer10k, duplicatePer10k, reorderPer10k };
    for (const link of this.links) {
      if (link !== undefined && link.own !== null) link.set(link.own.settings, this.parameters);
    }
  }

  hasParameters(others: LinkParameters): boolean {
    const own = this.parameters;
    return (Object.keys(own) as (keyof LinkParameters)[]).every((name) => own[name] === others[name]);
  }

  /** Gives one direction settings of its own, in place of those it had; `{}`: none. */
  setLink(from: number, to: number, settings: LinkSettings): void {
    this.link(from, to).set(settings, this.parameters);
    this.everNarrow ||= settings.bytesPerSecond !== undefined;
  }

  /** Whether the link must be told how many bytes it is to carry. */
  isNarrow(from: number, to: number): boolean {
    if (!this.everNarrow) return false;
    const { own } = this.link(from, to);
    return own !== null && own.bytesPerSecond !== Infinity;
  }

  /** What is sent on this link arrives at `untilNs` at the earliest. */
  clog(from: number, to: number, untilNs: number): void {
    this.link(from, to).cloggedUntilNs = untilNs;
  }

  private link(from: number, to: number): Link {
    if (!(from > 0 && to > 0 && from <= this.endpoints && to <= this.endpoints))
      throw new AssertionError(`no link ${from} -> ${to}`);
    const slot = from * (this.endpoints + 1) + to;
    let link = this.links[slot];
    if (link === undefined) {
      link = new Link(this.random.fork(`net/${this.names(from)}->${this.names(to)}`));
      this.links[slot] = link;
    }
    return link;
  }

  /**
   * Decides the fate of a message of this sort sent now; `bytes` counts only on a narrow link. The returned object is reused by the
   * next call.
   */
  send(from: number, to: number, nowNs: number, sort = otherTraffic, bytes = 0): Passage {
    const link = this.link(from, to);
    const { passage } = this;
    const parameters = link.own === null ? this.parameters : link.own.parameters;
    passage.deliverNs = -1;
    passage.duplicateNs = -1;
    passage.corrupt = false;
    passage.fate = 'drop';
    if (includesTraffic(link.cutTraffic, sort)) {
      passage.reason = 'partition';
      return passage;
    }
    if (link.random.chance(parameters.lossPer10k, 10_000)) {
      passage.reason = 'loss';
      return passage;
    }
    const leavesNs = link.transmit(nowNs, bytes);
    if (leavesNs < 0) {
      passage.reason = 'queueFull';
      return passage;
    }
    passage.fate = includesTraffic(link.heldTraffic, sort) ? 'hold' : 'deliver';
    passage.deliverNs = link.arrivalNs(leavesNs, parameters);
    if (link.random.chance(parameters.duplicatePer10k, 10_000)) {
      passage.duplicateNs = passage.deliverNs + 1 + link.random.exponential(parameters.delayMeanNs);
    }
    passage.corrupt = link.corrupts();
    return passage;
  }

  /** Which of so many bits of a message flips that this link corrupts. */
  corruptBit(from: number, to: number, bits: number): number {
    return this.link(from, to).corruptBit(bits);
  }

  /** Whether something in flight may arrive now: a cut made after the send still stops it. */
  isOpen(from: number, to: number, sort = otherTraffic): boolean {
    return !includesTraffic(this.link(from, to).cutTraffic, sort);
  }

  hold(from: number, to: number, message: unknown, sort = otherTraffic): void {
    this.link(from, to).hold(sort, message);
  }

  cut(from: number, to: number, traffic: TrafficSet = allTraffic): void {
    this.link(from, to).cutTraffic |= traffic;
  }

  startHolding(from: number, to: number, traffic: TrafficSet = allTraffic): void {
    this.link(from, to).heldTraffic |= traffic;
  }

  /** Takes held messages out in the order in which they were sent; the link goes on holding. */
  takeHeld(from: number, to: number, choice: HeldChoice): unknown[] {
    return this.link(from, to).takeHeld(choice);
  }

  /** Removes cut and hold. Returns what was held, in the order it was sent. */
  mend(from: number, to: number): unknown[] {
    const link = this.link(from, to);
    link.cutTraffic = 0;
    link.heldTraffic = 0;
    return link.takeHeld({ traffic: allTraffic, first: Infinity });
  }

  /** Links that are cut or hold messages now, as [from, to], ascending. */
  disturbed(): [number, number][] {
    return this.linksThat((link) => link.disturbed);
  }

  hasOwnSettings(): boolean {
    return this.linksThat(({ own }) => own !== null).length > 0;
  }

  isClogged(nowNs: number): boolean {
    return this.linksThat(({ cloggedUntilNs }) => cloggedUntilNs > nowNs).length > 0;
  }

  private linksThat(holds: (link: Link) => boolean): [number, number][] {
    const found: [number, number][] = [];
    for (let from = 1; from <= this.endpoints; from++) {
      for (let to = 1; to <= this.endpoints; to++) {
        const link = this.links[from * (this.endpoints + 1) + to];
        if (link !== undefined && holds(link)) found.push([from, to]);
      }
    }
    return found;
  }
}
