import type { EtcdRequest, TxnOperation } from '../history/etcd_operation.ts';
import type { Facts } from './facts.ts';
import { keepsSomething, keepsValue } from './keeping_put.ts';
import { valuesThatMatter } from './matter.ts';
import type { PackedHistory } from './packed.ts';
import { Plain, Role, isPlainSwap, mayWrite } from './roles.ts';
import type { Evidence } from './sightings.ts';
import type { Slots } from './slots.ts';
import { requestText } from './words.ts';

/** What an open operation may do to one key. */
interface Effect {
  readonly key: number;
  /** Null: delete it. Undefined: put it with the value that it has. */
  readonly value: string | null | undefined;
}

export interface Candidate {
  readonly operation: number;
  readonly lowest: number;
  readonly highest: number;
  /** All that it may do. */
  readonly effects: readonly Effect[];
  /** It can only have made a revision by changing each of these. */
  readonly certain: readonly number[];
  /** The mod revision of its key with which alone it has an effect; -1 if there is no such. */
  readonly expects: number;
}

/**
 * Open operations that can stand in for each other: blind puts of one key, puts of it if it is absent, blind
 * deletes of it. In lists of candidates a
 * class is the complement of its number.
 */
export interface OpenClass {
  readonly key: number;
  readonly isPut: boolean;
  /** Puts that are only made if the key is absent. */
  readonly isCreate: boolean;
  /** In order of the lowest slot they fit. */
  readonly members: readonly number[];
}

const listedMax = 20_000_000;

type ByEffect = Map<number, Map<Candidate['effects'][number]['value'], Candidate[]>>;

/** Which open operations can fill which open slots, as far as it can be told without a replay. */
export class Candidates {
  /** Those of one key next to each other. */
  readonly classes: readonly OpenClass[];
  /** Per index of an open slot whose change was seen: the operations that explain what was seen; null for the others. */
  readonly identified: readonly (number[] | null)[];
  /** Per index of an open slot: the operations outside of classes that may fit. */
  readonly others: (readonly Candidate[])[] = [];
  /** Per operation: 1 if it is needed in a slot for what was seen of it there. */
  readonly assigned: Uint8Array;
  /** Per key: the lowest slot at which some open operation can touch it. */
  readonly touchedFrom: Float64Array;
  /** Lowest slot per open operation. */
  readonly lowest: Float64Array;
  /** The lists grew too long to be of use. */
  readonly tooMany: boolean;
  readonly facts: Facts;
  /** Per open operation that is not plain: keys that it changes whenever it changes anything. */
  private readonly certain = new Map<number, readonly number[]>();
  /** Per open operation that is not plain: all that it may do. */
  private readonly effects = new Map<number, readonly Effect[]>();
  private readonly matter: Uint8Array;
  /** Per operation: 1 if it is one of several that explain what was seen in a slot. */
  private readonly wanted: Uint8Array;
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
    this.identified = this.identify(all);
    this.propagate();
    this.wanted = new Uint8Array(plan.count);
    for (const list of this.identified) for (const operation of list ?? []) this.wanted[operation] = 1;
    this.matter = valuesThatMatter(plan);
    this.classes = this.classify(all);
    this.tooMany = !this.fillRest(all);
  }

  /** What is the only candidate of a slot is none of any other, which may leave those with only one. */
  private propagate(): void {
    const { identified } = this;
    const within = new Map<number, number[]>();
    const singles: number[] = [];
    identified.forEach((list, index) => {
      if (list?.length === 1) singles.push(index);
      else for (const operation of list ?? []) addTo(within, operation, index);
    });
    for (let index = singles.pop(); index !== undefined; index = singles.pop()) {
      const [operation] = identified[index] as number[];
      if (operation === undefined) continue;
      this.assigned[operation] = 1;
      for (const other of within.get(operation) ?? []) {
        const list = identified[other] as number[];
        const at = list.indexOf(operation);
        if (other === index || at < 0) continue;
        list.splice(at, 1);
        if (list.length === 1) singles.push(other);
      }
    }
  }

  /** The short way for a plain one. */
  private plainCandidate(i: number): Candidate {
    const { columns } = this.plan;
    const key = columns.key[i] as number;
    const isDelete = columns.plain[i] === Plain.delete;
    const lowest = this.slots.lowestSlot(i);
    this.lowest[i] = lowest;
    if (lowest < (this.touchedFrom[key] as number)) this.touchedFrom[key] = lowest;
    const certain = (this.singleKeys[key] ??= [key]);
    const effects = [{ key, value: isDelete ? null : (columns.value[i] as string) }];
    const expects = columns.plain[i] === Plain.swap ? (columns.operand[i] as number) : -1;
    const highest = expects > 0 ? this.facts.nextWrite(key, expects - this.slots.initial) : Infinity;
    return { operation: i, lowest, highest, effects, certain, expects };
  }

  private candidate(i: number): Candidate {
    const { plan, slots } = this;
    if (plan.isPlain(i)) return this.plainCandidate(i);
    const operation = plan.at(i);
    const effects: Effect[] = [];
    this.effectsOf(operation.input, effects);
    this.effects.set(i, effects);
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
    const { input } = operation;
    const expects = input.kind === 'txn' && isPlainSwap(input) ? Number(input.compares[0]?.operand) : -1;
    return { operation: i, lowest, highest, effects, certain, expects };
  }

  private effectsOf(input: EtcdRequest | TxnOperation, effects: Effect[]): void {
    const { table, leases } = this.plan;
    if (input.kind === 'put')
      effects.push({ key: table.find(input.key), value: keepsValue(input) ? undefined : input.value });
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
      for (const [, { input }] of this.plan.keptOperations()) visit(input);
      this.byLease = sets;
    }
    return this.byLease[lease] ?? [];
  }

  private readonly singleKeys: (readonly number[])[] = [];

  private singleKey(key: string): readonly number[] {
    const id = this.plan.table.find(key);
    return (this.singleKeys[id] ??= [id]);
  }

  /** Keys that the request changes whenever it changes anything. */
  private certainKeys(input: EtcdRequest | TxnOperation): readonly number[] {
    if (input.kind === 'put') return this.singleKey(input.key);
    if (input.kind === 'deleteRange') return input.rangeEnd === undefined ? this.singleKey(input.key) : [];
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

  /** Keys that an open operation changes whenever it changes anything. */
  certainOf(operation: number): readonly number[] {
    const { plan } = this;
    if (plan.isPlain(operation)) return this.singleKeys[plan.columns.key[operation] as number] ?? [];
    return this.certain.get(operation) ?? [];
  }

  /** Whether an operation, or the complement of a class, may change a key. */
  touches(entry: number, key: number): boolean {
    if (entry < 0) return this.classes[~entry]?.key === key;
    if (this.plan.isPlain(entry)) return this.plan.columns.key[entry] === key;
    return this.effects.get(entry)?.some((effect) => effect.key === key) === true;
  }

  fits({ operation, lowest, highest, certain }: Candidate, slot: number): boolean {
    if (lowest > slot || slot > highest || this.assigned[operation] === 1) return false;
    for (let at = 0; at < certain.length; at++) {
      if (!this.facts.mayChange(certain[at] as number, slot)) return false;
    }
    return true;
  }

  // --- slots whose change somebody saw

  private identify(all: readonly Candidate[]): (number[] | null)[] {
    const { facts, slots } = this;
    const lists: (number[] | null)[] = slots.open.map(() => null);
    if (facts.evidence.size === 0 && facts.persisted.size === 0) return lists;
    const byKey = this.byEffect(all);
    const byText = new Map<string, Candidate[]>();
    if (facts.persisted.size > 0) {
      for (const each of all) addTo(byText, requestText(this.plan.at(each.operation).input), each);
    }
    slots.open.forEach((slot, index) => {
      const evidence = facts.evidence.get(slot) ?? [];
      const text = facts.persisted.get(slot);
      const first = evidence.find(({ value }) => value !== undefined);
      if (text === undefined && first === undefined) return;
      const possible = text !== undefined ? byText.get(text) : this.explainers(byKey, first as Evidence);
      const list: number[] = [];
      // Explainers of the first are those of all if there are no others.
      const isExplained = text === undefined && evidence.length === 1;
      for (const candidate of possible ?? []) {
        if (this.fits(candidate, slot) && (isExplained || explainsAll(candidate, evidence)))
          list.push(candidate.operation);
      }
      lists[index] = list;
      if (list.length === 1) this.assigned[list[0] as number] = 1;
    });
    return lists;
  }

  private explainers(byKey: ByEffect, { key, value }: Evidence): readonly Candidate[] {
    const values = byKey.get(key);
    const sure = values?.get(value) ?? [];
    const keeping = value === null ? undefined : values?.get(undefined);
    return keeping === undefined ? sure : [...sure, ...keeping.filter((each) => !sure.includes(each))];
  }

  /** Candidates by what they may do to a key. */
  private byEffect(all: readonly Candidate[]): ByEffect {
    const byKey: ByEffect = new Map();
    for (const candidate of all) {
      for (const { key, value } of candidate.effects) {
        let values = byKey.get(key);
        if (values === undefined) byKey.set(key, (values = new Map()));
        const others = values.get(value);
        if (others === undefined) values.set(value, [candidate]);
        else if (others[others.length - 1] !== candidate) others.push(candidate);
      }
    }
    return byKey;
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
    const classes = [...members].sort(([a], [b]) => a - b);
    return classes.map(([number, candidates]) => ({
      key: (number - (number % 3)) / 3,
      isPut: number % 3 > 0,
      isCreate: number % 3 === 2,
      members: candidates
        .sort((a, b) => a.lowest - b.lowest || a.operation - b.operation)
        .map(({ operation }) => operation),
    }));
  }

  /**
   * Blind puts of a key differ in what they write, which matters only where somebody sees it: then they are assigned, or one of several
   * is wanted, so that it matters which of them stands elsewhere.
   */
  private classOf({ operation, expects, certain }: Candidate): number {
    if (this.assigned[operation] === 1) return -1;
    const isWanted = this.wanted[operation] === 1;
    const only = certain[0];
    if (expects === 0 && only !== undefined) return isWanted || this.matter[only] === 1 ? -1 : 3 * only + 2;
    const kind = this.blindKind(operation);
    if (kind === Plain.no || only === undefined) return -1;
    if (kind === Plain.delete) return 3 * only;
    return isWanted || this.matter[only] === 1 ? -1 : 3 * only + 1;
  }

  /** Whether an operation puts or deletes one key, whatever the store holds. */
  private blindKind(operation: number): number {
    const { plan } = this;
    if (plan.isPlain(operation)) {
      const plain = plan.columns.plain[operation] as number;
      return plain === Plain.swap ? Plain.no : plain;
    }
    const { input } = plan.at(operation);
    if (input.kind === 'deleteRange') return input.rangeEnd === undefined ? Plain.delete : Plain.no;
    const isBlind = input.kind === 'put' && (input.lease ?? '0') === '0' && !keepsSomething(input);
    return isBlind ? Plain.put : Plain.no;
  }

  /** False if there is too much to list. */
  private fillRest(all: readonly Candidate[]): boolean {
    const { slots, identified, others } = this;
    const inClass = new Uint8Array(this.plan.count);
    for (const { members } of this.classes) for (const member of members) inClass[member] = 1;
    const single = all.filter(
      ({ operation, lowest, highest }) =>
        inClass[operation] === 0 && this.assigned[operation] === 0 && lowest <= highest,
    );
    single.sort((a, b) => a.lowest - b.lowest || a.operation - b.operation);
    let active: Candidate[] = [];
    let next = 0;
    let listed = 0;
    slots.open.forEach((slot, index) => {
      for (; next < single.length && (single[next] as Candidate).lowest <= slot; next++)
        active.push(single[next] as Candidate);
      if (active.some(({ highest }) => highest < slot))
        active = active.filter(({ highest }) => highest >= slot);
      const list = identified[index] !== null || listed > listedMax ? [] : active.slice();
      others.push(list);
      listed += list.length;
    });
    return listed <= listedMax;
  }
}

function addTo<Name, Item>(lists: Map<Name, Item[]>, name: Name, item: Item): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [item]);
  else list.push(item);
}

export function explainsAll({ effects }: Candidate, evidence: readonly Evidence[]): boolean {
  return evidence.every(({ key, value }) =>
    effects.some(
      (effect) =>
        effect.key === key &&
        (value === undefined
          ? effect.value !== null
          : effect.value === value || (effect.value === undefined && value !== null)),
    ),
  );
}
