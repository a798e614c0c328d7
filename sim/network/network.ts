import { assert } from '../../core/base/assert.ts';
import type { RandomStream } from '../random.ts';
import type { DropReason } from '../trace/kinds.ts';

/** How links behave, for all of them at once. Chances are per message, in parts per 10,000. */
export interface LinkParameters {
  readonly delayMinNs: number;
  /** Mean of the exponential part above the minimum. */
  readonly delayMeanNs: number;
  readonly lossPer10k: number;
  readonly duplicatePer10k: number;
  /** A message that is not reordered never overtakes an earlier one on its link (as on one TCP stream). */
  readonly reorderPer10k: number;
}

/** What happens to one sent message. Times are absolute, -1 for none; `held` messages wait for the link to be mended. */
export interface Passage {
  fate: 'deliver' | 'drop' | 'hold';
  reason: DropReason;
  deliverNs: number;
  /** When a second copy arrives. */
  duplicateNs: number;
}

class Link {
  readonly random: RandomStream;
  cut = false;
  holding = false;
  lastDeliverNs = 0;
  readonly held: unknown[] = [];

  constructor(random: RandomStream) {
    this.random = random;
  }
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
  // One passage object for all sends: the caller reads it at once.
  private readonly passage: Passage = { fate: 'deliver', reason: 'loss', deliverNs: 0, duplicateNs: -1 };

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

  setParameters(parameters: LinkParameters): void {
    const { delayMinNs, delayMeanNs, lossPer10k, duplicatePer10k, reorderPer10k } = parameters;
    this.parameters = { delayMinNs, delayMeanNs, lossPer10k, duplicatePer10k, reorderPer10k };
  }

  hasParameters(others: LinkParameters): boolean {
    const own = this.parameters;
    return (Object.keys(own) as (keyof LinkParameters)[]).every((name) => own[name] === others[name]);
  }

  private link(from: number, to: number): Link {
    assert(from > 0 && to > 0 && from <= this.endpoints && to <= this.endpoints, `no link ${from} -> ${to}`);
    const slot = from * (this.endpoints + 1) + to;
    let link = this.links[slot];
    if (link === undefined) {
      link = new Link(this.random.fork(`net/${this.names(from)}->${this.names(to)}`));
      this.links[slot] = link;
    }
    return link;
  }

  /** Decides the fate of a message sent now. The returned object is reused by the next call. */
  send(from: number, to: number, nowNs: number): Passage {
    const link = this.link(from, to);
    const { passage, parameters } = this;
    passage.deliverNs = -1;
    passage.duplicateNs = -1;
    passage.fate = 'drop';
    if (link.cut) {
      passage.reason = 'partition';
      return passage;
    }
    if (link.random.chance(parameters.lossPer10k, 10_000)) {
      passage.reason = 'loss';
      return passage;
    }
    passage.fate = link.holding ? 'hold' : 'deliver';
    passage.deliverNs = this.arrivalNs(link, nowNs);
    if (link.random.chance(parameters.duplicatePer10k, 10_000)) {
      passage.duplicateNs = passage.deliverNs + 1 + link.random.exponential(parameters.delayMeanNs);
    }
    return passage;
  }

  private arrivalNs(link: Link, nowNs: number): number {
    const { delayMinNs, delayMeanNs, reorderPer10k } = this.parameters;
    const drawn = nowNs + delayMinNs + link.random.exponential(delayMeanNs);
    if (link.random.chance(reorderPer10k, 10_000)) return drawn;
    const arrival = drawn > link.lastDeliverNs ? drawn : link.lastDeliverNs;
    link.lastDeliverNs = arrival;
    return arrival;
  }

  /** Whether something in flight may arrive now: a cut made after the send still stops it. */
  isOpen(from: number, to: number): boolean {
    return !this.link(from, to).cut;
  }

  hold(from: number, to: number, message: unknown): void {
    this.link(from, to).held.push(message);
  }

  cut(from: number, to: number): void {
    this.link(from, to).cut = true;
  }

  startHolding(from: number, to: number): void {
    this.link(from, to).holding = true;
  }

  /** Removes cut and hold. Returns what was held, in the order it was sent. */
  mend(from: number, to: number): unknown[] {
    const link = this.link(from, to);
    link.cut = false;
    link.holding = false;
    return link.held.splice(0);
  }

  /** Links that are cut or hold messages now, as [from, to], ascending. */
  disturbed(): [number, number][] {
    const found: [number, number][] = [];
    for (let from = 1; from <= this.endpoints; from++) {
      for (let to = 1; to <= this.endpoints; to++) {
        const link = this.links[from * (this.endpoints + 1) + to];
        if (link !== undefined && (link.cut || link.holding)) found.push([from, to]);
      }
    }
    return found;
  }
}
