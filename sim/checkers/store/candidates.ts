import type { EtcdRequest, TxnOperation } from '../history/etcd_operation.ts';
import type { Evidence, Facts } from './facts.ts';
import type { PackedHistory } from './packed.ts';
import { Role, mayWrite } from './roles.ts';
import type { Slots } from './slots.ts';

/** What an open operation may do to one key. */
interface Effect {
  readonly key: number;
  /** Null: delete it. */
  readonly value: string | null;
}

interface Candidate {
  readonly operation: number;
  readonly lowest: number;
  readonly highest: number;
  /** All that it may do. */
  readonly effects: readonly Effect[];
  /** It can only have made a revision by changing each of these. */
  readonly certain: readonly number[];
}

/**
 * Open operations that can stand in for each other: blind puts of one key, blind deletes of one key. In lists of candidates a
 * class is the complement of its number.
 */
export interface OpenClass {
  readonly key: number;
  readonly isPut: boolean;
  /** In order of the lowest slot they fit. */
  readonly members: readonly number[];
}

const listedMax = 20_000_000;

/** Which open operations can fill which open slots, as far as it can be told without a replay. */
export class Candidates {
  readonly classes: readonly OpenClass[];
  /** Per index of an open slot: operations, or complements of classes. */
  readonly lists: readonly number[][];
  /** Per operation: 1 if it is needed in a slot for what was seen of it there. */
  readonly assigned: Uint8Array;
  /** Per key: the lowest slot at which some open operation can touch it. */
  readonly touchedFrom: Float64Array;
  /** Lowest slot per open operation. */
  readonly lowest: Float64Array;
  /** The lists grew too long to be of use. */
  readonly tooMany: boolean;
  readonly facts: Facts;
  /** Per open operation: keys that it changes whenever it changes anything. */
  readonly certain = new Map<number, readonly number[]>();
  private readonly plan: PackedHistory;
  private readonly slots: Slots;

  constructor(plan: PackedHistory, slots: Slots, facts: Facts) {
    this.plan = plan;
    this.slots = slots;
    this.facts = facts;
    this.assigned = new Uint8Array(plan.count);
    this.touchedFrom = new Float64Array(plan.table.size).fill(Infinity);
    this.lowest = new Float64Array(plan.count).fill(Infinity);
    const all = plan.open.map((operation) => this.candidate(operation));
    const lists = this.identify(all);
    this.classes = this.classify(all);
    this.tooMany = !this.fillRest(lists, all);
    this.lists = lists as number[][];
    this.propagate();
  }

  /** What is the only candidate of a slot is none of any other, which may leave those with only one. */
  private propagate(): void {
    const { lists } = this;
    const within = new Map<number, number[]>();
    const singles: number[] = [];
    lists.forEach((list, index) => {
      if (list.length === 1) singles.push(index);
      else for (const entry of list) if (entry >= 0) addTo(within, entry, index);
    });
    for (let index = singles.pop(); index !== undefined; index = singles.pop()) {
      const operation = this.only((lists[index] as number[])[0]);
      if (operation < 0) continue;
      this.assigned[operation] = 1;
      for (const other of within.get(operation) ?? []) {
        const list = lists[other] as number[];
        const at = list.indexOf(operation);
        if (other === index || at < 0) continue;
        list.splice(at, 1);
        if (list.length === 1) singles.push(other);
      }
    }
  }

  /** The operation that an entry of a list stands for if it can be only one, else -1. */
  private only(entry: number | undefined): number {
    if (entry === undefined || entry >= 0) return entry ?? -1;
    const { members } = this.classes[~entry] as OpenClass;
    return members.length === 1 ? (members[0] as number) : -1;
  }

  private candidate(i: number): Candidate {
    const { plan, slots } = this;
    const operation = plan.at(i);
    const effects: Effect[] = [];
    this.effectsOf(operation.input, effects);
    const isAnswered = plan.columns.role[i] === Role.revoke;
    const own = (plan.columns.revision[i] as number) - slots.initial;
    const lowest = isAnswered ? (slots.fits(i, own) ? own : Infinity) : slots.lowestSlot(i);
    this.lowest[i] = lowest;
    for (const { key } of effects) {
      if (lowest < (this.touchedFrom[key] as number)) this.touchedFrom[key] = lowest;
    }
    const highest = isAnswered ? own : this.highestSlot(operation.input);
    const certain = this.certainKeys(operation.input);
    this.certain.set(i, certain);
    return { operation: i, lowest, highest, effects, certain };
  }

  private effectsOf(input: EtcdRequest | TxnOperation, effects: Effect[]): void {
    const { table, leases } = this.plan;
    if (input.kind === 'put') effects.push({ key: table.find(input.key), value: input.value });
    else if (input.kind === 'deleteRange')
      table.visit(input.key, input.rangeEnd, (key) => effects.push({ key, value: null }));
    else if (input.kind === 'leaseRevoke') {
      for (const key of this.keysOfLease(leases.find(input.lease))) effects.push({ key, value: null });
    } else if (input.kind === 'txn') {
      for (const each of input.success) this.effectsOf(each, effects);
      for (const each of input.failure) this.effectsOf(each, effects);
    }
  }

  private byLease: Set<number>[] | null = null;

  /** Keys that some request attaches to the lease. */
  private keysOfLease(lease: number): Iterable<number> {
    const { table, leases } = this.plan;
    if (this.byLease === null) {
      const sets = leases.leases.map(() => new Set<number>());
      const visit = (input: EtcdRequest | TxnOperation): void => {
        if (input.kind === 'txn') {
          input.success.forEach(visit);
          input.failure.forEach(visit);
        } else if (input.kind === 'put') {
          sets[leases.find(input.lease)]?.add(table.find(input.key));
        }
      };
      for (let i = 0; i < this.plan.count; i++) if (!this.plan.isPlain(i)) visit(this.plan.at(i).input);
      this.byLease = sets;
    }
    return this.byLease[lease] ?? [];
  }

  /** Keys that the request changes whenever it changes anything. */
  private certainKeys(input: EtcdRequest | TxnOperation): number[] {
    const { table } = this.plan;
    if (input.kind === 'put') return [table.find(input.key)];
    if (input.kind === 'deleteRange') return input.rangeEnd === undefined ? [table.find(input.key)] : [];
    if (input.kind !== 'txn') return [];
    const [success, failure] = [input.success.some(mayWrite), input.failure.some(mayWrite)];
    if (success && failure && input.compares.length > 0) return [];
    const branch = success ? input.success : input.failure;
    const keys = branch.filter(({ kind }) => kind === 'put').flatMap((put) => this.certainKeys(put));
    const [first] = branch;
    return keys.length === 0 && branch.length === 1 && first !== undefined ? this.certainKeys(first) : keys;
  }

  /** A compare with a mod revision holds until the next known write of its key. */
  private highestSlot(input: EtcdRequest): number {
    if (input.kind !== 'txn' || input.failure.some(mayWrite)) return Infinity;
    let highest = Infinity;
    for (const { target, result, key, rangeEnd, operand } of input.compares) {
      if (target !== 'mod' || result !== 'equal' || rangeEnd !== undefined || Number(operand) === 0) continue;
      const slot = Number(operand) - this.slots.initial;
      highest = Math.min(highest, this.facts.nextWrite(this.plan.table.find(key), slot));
    }
    return highest;
  }

  private fits({ operation, lowest, highest, certain }: Candidate, slot: number): boolean {
    if (lowest > slot || slot > highest || this.assigned[operation] === 1) return false;
    return certain.every((key) => this.facts.mayChange(key, slot));
  }

  // --- slots whose change somebody saw

  /** Candidates of the slots with evidence; null for the others. One that is the only one for its slot is out for the others. */
  private identify(all: readonly Candidate[]): (number[] | null)[] {
    const { facts, slots } = this;
    const lists: (number[] | null)[] = slots.open.map(() => null);
    if (facts.evidence.size === 0) return lists;
    const byKey = new Map<number, Map<string | null, Candidate[]>>();
    for (const candidate of all) {
      for (const { key, value } of candidate.effects) {
        const values = byKey.get(key) ?? new Map<string | null, Candidate[]>();
        if (values.size === 0) byKey.set(key, values);
        const others = values.get(value);
        if (others === undefined) values.set(value, [candidate]);
        else if (others[others.length - 1] !== candidate) others.push(candidate);
      }
    }
    slots.open.forEach((slot, index) => {
      const evidence = facts.evidence.get(slot);
      const first = evidence?.find(({ value }) => value !== undefined);
      if (evidence === undefined || first === undefined) return;
      const found = (byKey.get(first.key)?.get(first.value as string | null) ?? []).filter(
        (candidate) => this.fits(candidate, slot) && explainsAll(candidate, evidence),
      );
      const list = found.map(({ operation }) => operation);
      lists[index] = list;
      if (list.length === 1) this.assigned[list[0] as number] = 1;
    });
    return lists;
  }

  // --- the other slots

  private classify(all: readonly Candidate[]): OpenClass[] {
    const members = new Map<number, Candidate[]>();
    for (const candidate of all) {
      const number = this.classOf(candidate);
      if (number < 0) continue;
      const others = members.get(number);
      if (others === undefined) members.set(number, [candidate]);
      else others.push(candidate);
    }
    return [...members].map(([number, candidates]) => ({
      key: number >> 1,
      isPut: (number & 1) === 1,
      members: candidates
        .sort((a, b) => a.lowest - b.lowest || a.operation - b.operation)
        .map(({ operation }) => operation),
    }));
  }

  /** Blind puts of a key differ in what they write, which matters only where somebody sees it: then they are assigned. */
  private classOf({ operation }: Candidate): number {
    if (this.assigned[operation] === 1) return -1;
    const { input } = this.plan.at(operation);
    const key = this.plan.columns.key[operation] as number;
    if (input.kind === 'put' && (input.lease === undefined || input.lease === '0')) {
      return this.valuesMatter(key) ? -1 : 2 * key + 1;
    }
    if (input.kind === 'deleteRange' && input.rangeEnd === undefined)
      return 2 * this.plan.table.find(input.key);
    return -1;
  }

  private matter: Uint8Array | null = null;

  /** Whether somebody compares the key's value, or shows it without its mod revision. */
  private valuesMatter(key: number): boolean {
    this.matter ??= this.findValuesThatMatter();
    return this.matter[key] === 1;
  }

  private findValuesThatMatter(): Uint8Array {
    const { table } = this.plan;
    const matter = new Uint8Array(table.size);
    const mark = (key: string, rangeEnd?: string): void =>
      table.visit(key, rangeEnd, (id) => (matter[id] = 1));
    const visit = (input: EtcdRequest | TxnOperation): void => {
      if (input.kind !== 'txn') return;
      for (const { target, key, rangeEnd } of input.compares) if (target === 'value') mark(key, rangeEnd);
      input.success.forEach(visit);
      input.failure.forEach(visit);
    };
    for (let i = 0; i < this.plan.count; i++) {
      if (this.plan.isPlain(i)) continue;
      const { input, outcome } = this.plan.at(i);
      visit(input);
      const output = outcome.status === 'ok' ? outcome.output : null;
      if (output?.kind === 'range')
        for (const pair of output.kvs) if (pair.modRevision === undefined) mark(pair.key);
      if (output?.kind === 'put' && output.prevKv && output.prevKv.modRevision === undefined)
        mark(output.prevKv.key);
      if (output?.kind === 'txn') {
        for (const result of output.results) {
          if (result.kind === 'range')
            for (const pair of result.kvs) if (pair.modRevision === undefined) mark(pair.key);
        }
      }
    }
    return matter;
  }

  /** False if the lists get too long. */
  private fillRest(lists: (number[] | null)[], all: readonly Candidate[]): boolean {
    const { slots } = this;
    const inClass = new Set(this.classes.flatMap(({ members }) => members));
    const single = all.filter(({ operation }) => !inClass.has(operation) && this.assigned[operation] === 0);
    single.sort((a, b) => a.lowest - b.lowest || a.operation - b.operation);
    let active: Candidate[] = [];
    let next = 0;
    let listed = 0;
    slots.open.forEach((slot, index) => {
      for (; next < single.length && (single[next] as Candidate).lowest <= slot; next++)
        active.push(single[next] as Candidate);
      active = active.filter(({ highest }) => highest >= slot);
      if (lists[index] !== null || listed > listedMax) return;
      const list = this.inOrder(slot, active);
      lists[index] = list;
      listed += list.length;
    });
    return listed <= listedMax;
  }

  /**
   * Candidates of a slot, likely ones first: those that a later version calls for, the most urgent before the others; then
   * those that nothing speaks against; then those that hide what somebody saw.
   */
  private inOrder(slot: number, active: readonly Candidate[]): number[] {
    const { facts } = this;
    const needed: { readonly entry: number; readonly until: number }[] = [];
    const [possible, unlikely]: [number[], number[]] = [[], []];
    const add = (entry: number, keys: readonly number[], isPut: boolean): void => {
      let until = Infinity;
      for (const key of keys) {
        const segment = facts.segmentAt(key, slot);
        if (segment >= 0) until = Math.min(until, facts.segmentTo[segment] as number);
        const absent = facts.nextAbsent(key, slot);
        if (absent >= facts.nextWrite(key, slot)) continue;
        if (!isPut) until = Math.min(until, absent);
        else if (segment < 0) until = -1;
      }
      if (until === -1) unlikely.push(entry);
      else if (until < Infinity) needed.push({ entry, until });
      else if (isPut) possible.push(entry);
      else unlikely.push(entry);
    };
    const evidence = facts.evidence.get(slot) ?? [];
    for (const candidate of active) {
      if (this.fits(candidate, slot) && explainsAll(candidate, evidence))
        add(candidate.operation, candidate.certain, true);
    }
    this.classes.forEach(({ key, isPut, members }, number) => {
      if ((this.lowest[members[0] as number] as number) > slot || !facts.mayChange(key, slot)) return;
      if (evidence.some((each) => each.key !== key || !isPut)) return;
      // While versions are counted the key is not deleted.
      if (isPut || facts.segmentAt(key, slot) < 0) add(~number, [key], isPut);
    });
    needed.sort((a, b) => a.until - b.until || a.entry - b.entry);
    return [...needed.map(({ entry }) => entry), ...possible, ...unlikely];
  }
}

function addTo(lists: Map<number, number[]>, name: number, item: number): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [item]);
  else list.push(item);
}

function explainsAll({ effects }: Candidate, evidence: readonly Evidence[]): boolean {
  return evidence.every(({ key, value }) =>
    effects.some(
      (effect) =>
        effect.key === key && (value === undefined ? effect.value !== null : effect.value === value),
    ),
  );
}
