import type { PackedHistory } from './packed.ts';
import type { PastRead } from './past_reads.ts';
import type { Clash } from './reads.ts';
import type { Replay } from './replay.ts';
import type { ReplayStore } from './replay_store.ts';
import { Plain, Role } from './roles.ts';
import type { Slots } from './slots.ts';

/** An answer that is not the store's. */
export interface WrongAnswer extends Clash {
  /** -1: a watcher's. */
  readonly operation: number;
  /** Whose state it was compared with. */
  readonly slot: number;
}

/** Compares the answers of a history with the states of a replay, slot after slot. */
export class Answers {
  private readonly plan: PackedHistory;
  private readonly slots: Slots;
  private readonly replay: Replay;
  private readonly store: ReplayStore;
  /** By revision. */
  private readonly past: readonly PastRead[];
  private nextPast = 0;

  constructor(plan: PackedHistory, slots: Slots, replay: Replay, past: readonly PastRead[]) {
    this.plan = plan;
    this.slots = slots;
    this.replay = replay;
    this.store = replay.store;
    this.past = past;
  }

  /** Makes the slot with the write that owns it. */
  apply(slot: number): WrongAnswer | null {
    const owner = this.slots.owner[slot] as number;
    if (!this.plan.effects.has(owner)) return this.check(owner, slot, true);
    this.replay.run(this.plan.at(owner).input, null, slot + this.slots.initial, true, -1);
    return null;
  }

  /** Checks those who saw a slot's state, at the time or later. `maker`: the operation that made the slot. */
  observe(slot: number, maker: number): WrongAnswer | null {
    const { slots, plan, replay } = this;
    const { role, plain, key } = plan.columns;
    const end = slots.bucketStart[slot + 1] as number;
    let revokes = false;
    for (let at = slots.bucketStart[slot] as number; at < end; at++) {
      const i = slots.bucket[at] as number;
      const each = role[i] as number;
      if (plain[i] === Plain.get) {
        if (replay.reads.plainGet(plan.columns, i, key[i] as number, slot + slots.initial)) continue;
        return this.wrong(i, slot, replay.reads.clash as Clash);
      }
      if (each === Role.revoke) revokes = true;
      if (each !== Role.observe && each !== Role.stale) continue;
      const wrong = this.check(i, slot, false);
      if (wrong !== null) return wrong;
    }
    if (revokes) {
      for (let at = slots.bucketStart[slot] as number; at < end; at++) {
        const i = slots.bucket[at] as number;
        const wrong = role[i] === Role.revoke && maker !== i ? this.revoke(i, slot) : null;
        if (wrong !== null) return wrong;
      }
    }
    return this.readLater(slot);
  }

  private readLater(slot: number): WrongAnswer | null {
    const { past, replay } = this;
    const revision = slot + this.slots.initial;
    for (; this.nextPast < past.length; this.nextPast++) {
      const read = past[this.nextPast] as PastRead;
      if (read.revision > revision) break;
      if (!replay.runPast(read.request, read.response, revision))
        return this.wrong(read.by, slot, replay.reads.clash as Clash);
    }
    return null;
  }

  /** A search goes back to a slot. */
  goBack(slot: number): void {
    const { past } = this;
    const revision = slot + this.slots.initial;
    let at = Math.min(this.nextPast, past.length);
    while (at > 0 && (past[at - 1] as PastRead).revision >= revision) at--;
    this.nextPast = at;
  }

  private check(i: number, s: number, sure: boolean): WrongAnswer | null {
    const { plan, replay, slots } = this;
    const { columns } = plan;
    const key = columns.key[i] as number;
    switch (columns.plain[i]) {
      case Plain.put:
        replay.runPut(key, columns.value[i] as string, s + slots.initial);
        return null;
      case Plain.delete:
        if (replay.runDelete(columns, i, key, s + slots.initial)) return null;
        break;
      case Plain.swap:
        if (replay.runSwap(columns, i, key, s + slots.initial)) return null;
        break;
      default:
    }
    const { input, outcome } = plan.at(i);
    if (outcome.status !== 'ok') return null;
    if (replay.run(input, outcome.output, s + slots.initial, sure, key)) {
      if (replay.changed === sure) return null;
      const text = sure ? 'it is said to have changed the store, which it does not' : 'it changes the store';
      return this.wrong(i, s, about(`${text} at revision ${s + slots.initial}`));
    }
    return this.wrong(i, s, replay.reads.clash as Clash);
  }

  private revoke(i: number, s: number): WrongAnswer | null {
    const { plan, store, replay, slots } = this;
    const { input } = plan.at(i);
    const lease = input.kind === 'leaseRevoke' ? plan.leases.find(input.lease) : -1;
    const revision = s + slots.initial;
    if (lease < 0) return null;
    const name = plan.leases.leases[lease];
    if (store.revoked[lease] === 1 || (plan.leases.grantedAt[lease] as number) > revision) {
      const state = store.revoked[lease] === 1 ? 'had been revoked before' : 'was not granted yet';
      return this.wrong(i, s, about(`lease ${name} ${state}`));
    }
    if (store.hasKeys(lease)) {
      const key = plan.table.keys[store.firstKey(lease)] as string;
      const text = `at revision ${revision} lease ${name} has the key ${key}, so that it must make a revision of its own`;
      return this.wrong(i, s, about(text));
    }
    // It may have been granted at this very revision.
    replay.run(input, null, revision + 1, true, -1);
    return null;
  }

  private wrong(operation: number, slot: number, clash: Clash): WrongAnswer {
    return { ...clash, operation, slot };
  }
}

/** About no key in particular. */
function about(text: string): Clash {
  return { key: -1, from: 0, until: Infinity, text };
}
