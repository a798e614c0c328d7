import type { LinkSettings } from '../network/settings.ts';
import { type Script, nsPerMs } from '../script.ts';
import type { ClientCall } from '../trace/client_call.ts';
import type { ReleaseOrder } from '../trace/kinds.ts';
import type { MessageTypeName } from '../trace/message_types.ts';
import { StoryBase } from './story_base.ts';

/** Longer than any run. */
const neverMs = 86_400_000;

/** `LinkSettings` with delays in ms. */
export interface LinkChange extends Omit<LinkSettings, 'delayMinNs' | 'delayMeanNs'> {
  readonly delayMinMs?: number;
  readonly delayMeanMs?: number;
}

/** What of the held messages is sent on. */
export interface LetThroughChoice {
  /** In the order in which they were sent, unless told; or the last first, or they are lost. */
  readonly how?: ReleaseOrder;
  /** Only raft messages of these types. */
  readonly only?: readonly MessageTypeName[];
  /** Only so many of each link, the earliest ones. */
  readonly first?: number;
}

/** What a story does to the network. */
export class NetworkStory extends StoryBase {
  /** Cuts every link between the groups, both ways. Links within a group are left as they are. */
  partition(...groups: readonly (readonly number[])[]): void {
    for (const from of groups) {
      for (const to of groups) if (from !== to) this.host.intervene({ kind: 'cut', from, to });
    }
  }

  isolate(member: number): void {
    this.partition([member], this.others(member));
  }

  /** Cuts a client off from some members, or from all, until `heal`. On the network clients have the numbers after the members. */
  cutOffClient(client: number, members: readonly number[] = this.members): void {
    this.partition([this.host.endpointOfClient(client)], members);
  }

  /** Drops what travels from `from` to `to`, or only raft messages of some types; the way back stays open. */
  cutOneWay(from: readonly number[], to: readonly number[], only?: readonly MessageTypeName[]): void {
    this.host.intervene({ kind: 'cut', from, to, ...(only === undefined ? {} : { only }) });
  }

  /** Keeps messages from `from` to `to` back, or only raft messages of some types, until `release` or `heal`. */
  hold(from: readonly number[], to: readonly number[], only?: readonly MessageTypeName[]): void {
    this.host.intervene({ kind: 'hold', from, to, ...(only === undefined ? {} : { only }) });
  }

  /** Sends on what is held from `from` to `to` now, and goes on holding what comes. */
  letThrough(from: readonly number[], to: readonly number[], choice: LetThroughChoice = {}): void {
    const { how = 'inOrder', ...rest } = choice;
    this.host.intervene({ kind: 'letThrough', from, to, how, ...rest });
  }

  /** Delivers once more the last messages of a type that these links delivered (up to 8 of each link), at once. */
  repeat(from: readonly number[], to: readonly number[], type: MessageTypeName, last = 1): void {
    this.host.intervene({ kind: 'repeat', from, to, type, last });
  }

  /** Mends these links: what they hold is sent on. */
  release(from: readonly number[], to: readonly number[]): void {
    this.host.intervene({ kind: 'mend', from, to });
  }

  /**
   * A client that does not read its watch streams (or one answer every so often), so that its member has to keep what comes for it;
   * `false`: it reads everything at once again.
   */
  slowClient(client: number, slow: boolean | { readonly takeEveryMs: number }): void {
    const takeEveryMs = slow === false ? 0 : slow === true ? neverMs : slow.takeEveryMs;
    this.host.intervene({ kind: 'slowClient', client, takeEveryMs });
  }

  /** Asks a client for something beside its script: a call, a lease, a watch. False if it makes no sense now. */
  call(client: number, request: ClientCall): boolean {
    return this.host.intervene({ kind: 'call', client, request });
  }

  heal(): void {
    this.host.intervene({ kind: 'heal' });
  }

  /** Changes every link from now on. Chances are per message, in parts per 10,000; delays in ms. */
  links(change: {
    readonly lossPer10k?: number;
    readonly duplicatePer10k?: number;
    readonly reorderPer10k?: number;
    readonly delayMinMs?: number;
    readonly delayMeanMs?: number;
  }): void {
    this.host.intervene({
      kind: 'links',
      lossPer10k: change.lossPer10k ?? 0,
      duplicatePer10k: change.duplicatePer10k ?? 0,
      reorderPer10k: change.reorderPer10k ?? 500,
      delayMinNs: Math.round((change.delayMinMs ?? 0.2) * 1_000_000),
      delayMeanNs: Math.round((change.delayMeanMs ?? 0.8) * 1_000_000),
    });
  }

  /**
   * Gives these directed links settings of their own, in place of those they had: what is left out is as on all other links, so `{}`
   * ends all. Chances are per message, in parts per 10,000; delays in ms.
   */
  link(from: readonly number[], to: readonly number[], change: LinkChange): void {
    const { delayMinMs, delayMeanMs, ...rest } = change;
    const settings: LinkSettings = {
      ...rest,
      ...(delayMinMs === undefined ? {} : { delayMinNs: Math.round(delayMinMs * nsPerMs) }),
      ...(delayMeanMs === undefined ? {} : { delayMeanNs: Math.round(delayMeanMs * nsPerMs) }),
    };
    this.host.intervene({ kind: 'link', from, to, settings });
  }

  /** Delays everything on these directed links: what is sent from now on arrives when the time is over, in its order. */
  clog(from: readonly number[], to: readonly number[], forMs: number): void {
    this.host.intervene({ kind: 'clog', from, to, forNs: Math.round(forMs * nsPerMs) });
  }

  // --- shapes of partitions; `heal` ends them

  /** Splits the members at random into so many groups, none of them empty, and cuts every link between two groups. */
  split(groups = 2): readonly (readonly number[])[] {
    const shuffled = this.random.shuffle(this.members);
    const count = Math.min(groups, shuffled.length);
    const parts = shuffled.slice(0, count).map((member) => [member]);
    for (const member of shuffled.slice(count)) this.random.pick(parts).push(member);
    this.partition(...parts);
    return parts;
  }

  /** Arranges the members in a ring at random: each one reaches its two neighbours, and nobody else. Returns the order. */
  ring(): readonly number[] {
    const order = this.random.shuffle(this.members);
    const size = order.length;
    for (const [place, member] of order.entries()) {
      const neighbours = [order[(place + 1) % size], order[(place + size - 1) % size]];
      const far = order.filter((other) => other !== member && !neighbours.includes(other));
      if (far.length > 0) this.cutOneWay([member], far);
    }
    return order;
  }

  /** Splits the others in two halves that reach each other only by way of this member. */
  bridge(member: number): void {
    const others = this.random.shuffle(this.others(member));
    const half = Math.floor(others.length / 2);
    if (half > 0) this.partition(others.slice(0, half), others.slice(half));
  }

  /** Every client loses these members; between the members all is well. */
  cutOffClients(members: readonly number[]): void {
    const clients = Array.from({ length: this.clientCount }, (_, i) => this.host.endpointOfClient(i + 1));
    this.partition(clients, members);
  }

  /** Members leave the network one by one in random order, and come back one by one in another; each step takes up to `stepMsMax`. */
  *swizzle(members: readonly number[], stepMsMax: number): Script {
    for (const member of this.random.shuffle(members)) {
      this.isolate(member);
      yield* this.sleepBetween(1, stepMsMax);
    }
    const back = this.random.shuffle(members);
    for (const [place, member] of back.entries()) {
      const inside = this.others(...back.slice(place));
      this.release([member], inside);
      this.release(inside, [member]);
      yield* this.sleepBetween(1, stepMsMax);
    }
  }
}
