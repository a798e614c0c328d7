import type { EtcdRequest, TxnOperation } from '../history/etcd_operation.ts';
import { Answers, type WrongAnswer } from './answers.ts';
import { Blame, anyKey } from './blame.ts';
import type { Candidates } from './candidates.ts';
import type { Compactions } from './compactions.ts';
import { keepsSomething } from './keeping_put.ts';
import type { PackedHistory } from './packed.ts';
import type { PastRead } from './past_reads.ts';
import { Ranking } from './ranking.ts';
import { Replay } from './replay.ts';
import { ReplayStore } from './replay_store.ts';
import type { Slots } from './slots.ts';

export interface StoreClash {
  /** The operation whose answer can't be; -1 if a slot can't be filled, or a watcher told it. */
  readonly operation: number;
  /** Counted from the initial revision. */
  readonly slot: number;
  readonly text: string;
  /** About one key, else null. */
  readonly key: string | null;
}

export interface StoreSearchResult {
  readonly verdict: 'linearizable' | 'violation' | 'unknown';
  readonly clash: StoreClash | null;
  readonly steps: number;
  /** Per slot the operation that made it; of use only if linearizable. */
  readonly makers: Int32Array;
  /** What was tried in the clash's slot if nothing could fill it: operations, or complements of classes. */
  readonly tried: readonly number[];
}

/**
 * Replays the revisions one after the other. Where a slot is open it tries the candidates; where an answer is wrong it goes
 * back to the latest slot that can have to do with it (conflict-directed backjumping: Prosser 1993). An answer that no open
 * slot has to do with is a violation, whatever was tried.
 */
export class StoreSearch {
  private readonly plan: PackedHistory;
  private readonly slots: Slots;
  /** Null if there are no open slots. */
  private readonly candidates: Candidates | null;
  private readonly ranking: Ranking | null;
  private readonly store: ReplayStore;
  private readonly replay: Replay;
  private readonly answers: Answers;
  private readonly compactions: Compactions;
  private readonly makers: Int32Array;
  private steps = 0;
  private clash: StoreClash | null = null;
  private tried: readonly number[] = [];
  // Per open slot.
  /** What can fill it, as long as no earlier one changes. */
  private readonly lists: (readonly number[] | null)[];
  private readonly position: Int32Array;
  private readonly marks: Int32Array;
  private readonly blamed: (Blame | null)[];
  /** Keys of which it is known that nothing will do that leaves them alone. */
  private readonly refuted: (number[] | null)[];
  /** Per operation: index of the open slot that it fills, or -1. */
  private readonly fills: Int32Array;
  /** Per class of open operations: members before this one fill slots. */
  readonly firstFree: Int32Array;
  /** Per operation: its class and its place in it; -1 for none. */
  private readonly classOf: Int32Array;
  private readonly placeInClass: Int32Array;
  /** Per segment of the facts: changes that fill open slots. */
  readonly spent: Int32Array;
  /** Per class of open operations: how many fill slots without that a count of versions called for them. */
  readonly extra: Int32Array;

  constructor(
    plan: PackedHistory,
    slots: Slots,
    candidates: Candidates | null,
    compactions: Compactions,
    past: readonly PastRead[],
  ) {
    this.plan = plan;
    this.slots = slots;
    this.candidates = candidates;
    this.ranking = candidates === null ? null : new Ranking(candidates, slots);
    this.store = new ReplayStore(plan.table.size, plan.leases.size);
    this.replay = new Replay(this.store, plan.table, plan.leases);
    this.answers = new Answers(plan, slots, this.replay, past);
    this.compactions = compactions;
    this.makers = slots.owner.slice();
    const open = slots.open.length;
    this.lists = Array.from({ length: open }, () => null);
    this.position = new Int32Array(open).fill(-1);
    this.marks = new Int32Array(open);
    this.blamed = Array.from({ length: open }, () => null);
    this.refuted = Array.from({ length: open }, () => null);
    this.extra = new Int32Array(candidates?.classes.length ?? 0);
    this.firstFree = new Int32Array(candidates?.classes.length ?? 0);
    const operations = candidates === null ? 0 : plan.count;
    this.classOf = new Int32Array(operations).fill(-1);
    this.placeInClass = new Int32Array(operations);
    candidates?.classes.forEach(({ members }, number) => {
      members.forEach((member, place) => {
        this.classOf[member] = number;
        this.placeInClass[member] = place;
      });
    });
    this.spent = new Int32Array(candidates === null ? 0 : candidates.facts.quota.length);
    this.fills = new Int32Array(operations).fill(-1);
  }

  run(stepsMax: number): StoreSearchResult {
    let openAt = 0;
    const { slots } = this;
    if (this.candidates !== null) this.store.keepLog(slots.count + 1);
    for (let s = 0; s <= slots.count; s++) {
      let blame: Blame | null = null;
      const owner = slots.owner[s] as number;
      if (s > 0 && owner === -1) {
        this.position[openAt] = -1;
        this.lists[openAt] = null;
        this.blamed[openAt] = null;
        this.refuted[openAt] = null;
        this.marks[openAt] = this.store.mark();
        blame = this.fill(openAt++);
      } else if (s > 0) {
        blame = this.blameOf(this.answers.apply(s));
      }
      blame ??= this.observe(s);
      while (blame !== null) {
        if (this.steps > stepsMax) return this.result('unknown');
        const back = blame.latest();
        if (back < 0) return this.result('violation');
        this.leave(back, blame);
        for (let later = openAt - 1; later >= back; later--) this.unfill(later);
        this.store.rollBack(this.marks[back] as number);
        openAt = back + 1;
        s = slots.open[back] as number;
        this.answers.goBack(s);
        blame = this.fill(back) ?? this.observe(s);
      }
    }
    return this.result('linearizable');
  }

  /** What fills an open slot led to a contradiction: takes over whose fault that was, but for the slot itself. */
  private leave(index: number, blame: Blame): void {
    const { plan, slots, candidates } = this;
    const operation = this.makers[slots.open[index] as number] as number;
    // What a txn did rests on all that it compared.
    if (!plan.isPlain(operation)) this.blameFor(plan.at(operation).input, index, blame);
    const key = blame.keyOf(index);
    if (key >= 0 && candidates?.touches(operation, key) === false) (this.refuted[index] ??= []).push(key);
    blame.remove(index);
    const known = this.blamed[index];
    if (known) blame.addAll(known);
    this.blamed[index] = blame;
  }

  private observe(slot: number): Blame | null {
    return this.blameOf(this.answers.observe(slot, this.makers[slot] as number));
  }

  private result(verdict: StoreSearchResult['verdict']): StoreSearchResult {
    return {
      verdict,
      clash: verdict === 'linearizable' ? null : this.clash,
      steps: this.steps,
      makers: this.makers,
      tried: this.tried,
    };
  }

  // --- open slots

  /** Fills an open slot with the next candidate. Returns those to blame if there is none. */
  private fill(index: number): Blame | null {
    const { ranking, slots, store } = this;
    if (this.position[index] === -1 && this.lists[index] === null) {
      // Most often the first will do, and the others need not be put in order.
      const best = ranking?.bestAt(index, store.mod, this) ?? null;
      if (best !== null && this.take(best, index)) {
        this.position[index] = 0;
        return null;
      }
    }
    const list = (this.lists[index] ??= ranking?.listAt(index, store.mod, this) ?? []);
    for (let at = (this.position[index] as number) + 1; at < list.length; at++) {
      if (this.isRefuted(list[at] as number, index) || !this.take(list[at] as number, index)) continue;
      this.position[index] = at;
      return null;
    }
    if (list.length === 0 || this.clash === null) {
      this.clash = { operation: -1, slot: slots.open[index] as number, text: '', key: null };
      this.tried = list;
    }
    return this.blameAt(index);
  }

  /** Those that are to blame for what could not fill an open slot. Most slots are filled at once, and need none. */
  private blameAt(index: number): Blame {
    return (this.blamed[index] ??= new Blame());
  }

  /** Whether a candidate leaves alone what has to be changed, as another did before. */
  private isRefuted(entry: number, index: number): boolean {
    const { candidates } = this;
    const keys = this.refuted[index];
    if (!keys || candidates === null) return false;
    for (let at = 0; at < keys.length; at++) if (!candidates.touches(entry, keys[at] as number)) return true;
    return false;
  }

  /** Fills an open slot with a candidate if that can be; else those that prevent it are to blame. */
  private take(entry: number, index: number): boolean {
    const { slots, plan, replay, store } = this;
    const slot = slots.open[index] as number;
    this.steps++;
    const operation = entry >= 0 ? entry : this.freeMember(~entry, slot, index);
    if (operation < 0) return false;
    const user = this.fills[operation] as number;
    if (user >= 0) {
      this.blameAt(index).add(user, anyKey);
      return false;
    }
    if (this.isSpent(operation, slot, index)) return false;
    const isPlain = plan.isPlain(operation);
    const revision = slot + slots.initial;
    const runs = isPlain
      ? replay.runOpen(plan.columns, operation, revision)
      : replay.run(plan.at(operation).input, null, revision, false, -1) && replay.changed;
    if (runs && (isPlain || this.couldReadPast(operation, slot))) {
      this.fills[operation] = index;
      this.makers[slot] = operation;
      this.spend(operation, slot, 1);
      return true;
    }
    store.rollBack(this.marks[index] as number);
    this.blameFor(plan.at(operation).input, index, this.blameAt(index));
    return false;
  }

  /** A txn whose reads of older revisions had been compacted has no effect. */
  private couldReadPast(operation: number, slot: number): boolean {
    const { oldestRead } = this.replay;
    return oldestRead === Infinity || this.compactions.allow(operation, slot, oldestRead);
  }

  private unfill(index: number): void {
    const slot = this.slots.open[index] as number;
    const operation = this.makers[slot] as number;
    if (operation >= 0) {
      this.fills[operation] = -1;
      const number = this.classOf[operation] as number;
      if (number >= 0) {
        const place = this.placeInClass[operation] as number;
        this.firstFree[number] = Math.min(place, this.firstFree[number] as number);
      }
      this.spend(operation, slot, -1);
    }
    this.makers[slot] = -1;
  }

  /** Whether as many changes of the operation's keys as versions allow are used up by others. */
  private isSpent(operation: number, slot: number, index: number): boolean {
    const candidates = this.candidates as Candidates;
    const { facts } = candidates;
    if (facts.evidence.has(slot)) return false;
    for (const key of candidates.certainOf(operation)) {
      const segment = facts.segmentAt(key, slot);
      if (segment < 0 || (this.spent[segment] as number) < (facts.quota[segment] as number)) continue;
      const from = (facts.segmentFrom[segment] as number) + this.slots.initial;
      this.blameBetween(key, from, index, this.blameAt(index));
      return true;
    }
    return false;
  }

  private spend(operation: number, slot: number, by: number): void {
    const candidates = this.candidates as Candidates;
    const { facts } = candidates;
    if (facts.evidence.has(slot)) return;
    for (const key of candidates.certainOf(operation)) {
      const segment = facts.segmentAt(key, slot);
      const number = segment < 0 ? (this.classOf[operation] as number) : -1;
      if (segment >= 0) this.spent[segment] = (this.spent[segment] as number) + by;
      else if (number >= 0) this.extra[number] = (this.extra[number] as number) + by;
    }
  }

  /** A member of the class that fills no slot. If there is none those it is used for are to blame. */
  private freeMember(number: number, slot: number, index: number): number {
    const { candidates, fills } = this;
    const members = candidates?.classes[number]?.members ?? [];
    const alone = this.candidates?.identified[index]?.length === 1;
    let skipped = false;
    for (let at = this.firstFree[number] as number; at < members.length; at++) {
      const member = members[at] as number;
      if ((candidates?.lowest[member] as number) > slot) break;
      // One that another slot can't do without is not free.
      if (fills[member] === -1 && (alone || candidates?.assigned[member] !== 1)) return member;
      if (fills[member] === -1) skipped = true;
      else if (!skipped) this.firstFree[number] = at + 1;
    }
    const key = candidates?.classes[number]?.key ?? anyKey;
    for (const member of members) {
      const user = fills[member] as number;
      if (user >= 0 && user < index) this.blameAt(index).add(user, key);
    }
    return -1;
  }

  /** An open request had no effect or could not be: those that changed what it depends on are to blame. */
  private blameFor(input: EtcdRequest | TxnOperation, index: number, blame: Blame): void {
    const { table } = this.plan;
    const add = (key: string, rangeEnd: string | undefined, whole: boolean): void =>
      table.visit(key, rangeEnd, (id) =>
        this.blameBetween(id, whole ? 0 : (this.store.lastSure[id] as number), index, blame),
      );
    if (input.kind === 'leaseRevoke') this.blameBetween(-1, 0, index, blame);
    if (input.kind === 'deleteRange') add(input.key, input.rangeEnd, false);
    if (input.kind === 'put' && (input.lease !== undefined || keepsSomething(input)))
      this.blameBetween(-1, 0, index, blame);
    if (input.kind !== 'txn') return;
    for (const { key, rangeEnd, target } of input.compares)
      add(key, rangeEnd, target !== 'mod' && target !== 'value');
    for (const each of input.success) this.blameFor(each, index, blame);
    for (const each of input.failure) this.blameFor(each, index, blame);
  }

  /** Adds the open slots above a revision, before index `end`, at which somebody may have touched the key. */
  private blameBetween(key: number, from: number, end: number, blame: Blame): void {
    const { slots, candidates } = this;
    const touched = key < 0 ? 0 : (candidates?.touchedFrom[key] as number);
    const lowest = Math.max(from - slots.initial + 1, touched);
    for (let index = end - 1; index >= 0 && (slots.open[index] as number) >= lowest; index--)
      blame.add(index, key);
  }

  /** An answer is wrong: the open slots that can have to do with it are to blame. Null if none is wrong. */
  private blameOf(wrong: WrongAnswer | null): Blame | null {
    if (wrong === null) return null;
    this.steps++;
    const { operation, slot: s, key, from, until, text } = wrong;
    this.clash = { operation, slot: s, text, key: key < 0 ? null : (this.plan.table.keys[key] as string) };
    const blame = new Blame();
    const { open, initial } = this.slots;
    const last = Math.min(s, until - initial);
    let end = 0;
    for (let high = open.length; end < high;) {
      const middle = (end + high) >> 1;
      if ((open[middle] as number) <= last) end = middle + 1;
      else high = middle;
    }
    this.blameBetween(key, from, end, blame);
    return blame;
  }
}
