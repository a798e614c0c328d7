import type { EtcdHistory } from '../history/etcd_history.ts';
import type { EtcdRequest, EtcdResponse, Pair, TxnOperation } from '../history/etcd_operation.ts';
import type { PackedHistory } from './packed.ts';
import { Plain, pastRevision } from './roles.ts';
import type { Slots } from './slots.ts';

/** What somebody saw of the change that made an open slot. */
export interface Evidence {
  readonly key: number;
  /** Null: the key was deleted. Undefined: it was put, but the value was not seen. */
  readonly value: string | null | undefined;
  /** The operation that saw it; -1 for a watcher. */
  readonly seenBy: number;
}

/**
 * What answers say about keys, per slot: which change of a key they saw, hence that it was not changed again until then. Only
 * collected when there are open slots to fill.
 */
export class Facts {
  /** Per open slot. */
  readonly evidence = new Map<number, Evidence[]>();
  /** Per key, ascending pairs (mod, until): nothing changed the key in (mod, until]. */
  readonly calm: number[][];
  /** Per key, ascending: slots whose known writes changed it. */
  readonly writes: number[][];
  /** Per key, ascending: slots at which it was seen absent. */
  readonly absent: number[][];
  /**
   * Segments of slots (from, to] of one key, in which versions tell how many changes nobody is known to have made: `quota`
   * without those that somebody saw. Those of key k are `segmentStart[k]` up to `segmentStart[k + 1]`, ascending.
   */
  readonly segmentStart: Int32Array;
  readonly segmentFrom: number[] = [];
  readonly segmentTo: number[] = [];
  readonly quota: number[] = [];
  private readonly plan: PackedHistory;
  private readonly slots: Slots;
  /** Per slot: create revision and version that were told of the key in `seenKey`; 0 for none. */
  private readonly seenCreate: Int32Array;
  private readonly seenVersion: Int32Array;
  private readonly moreVersions = new Map<number, Map<number, readonly [number, number]>>();
  private readonly seenKey: Int32Array;
  private readonly seenUntil: Int32Array;
  private readonly seenMore = new Map<number, Map<number, number>>();

  constructor(
    plan: PackedHistory,
    slots: Slots,
    { watches, persisted }: Pick<EtcdHistory, 'watches' | 'persisted'>,
  ) {
    this.plan = plan;
    this.slots = slots;
    const lists = (): number[][] => Array.from({ length: plan.table.size }, () => []);
    [this.calm, this.writes, this.absent] = [lists(), lists(), lists()];
    this.seenKey = new Int32Array(slots.count + 1).fill(-1);
    this.seenUntil = new Int32Array(slots.count + 1);
    this.seenCreate = new Int32Array(slots.count + 1);
    this.seenVersion = new Int32Array(slots.count + 1);
    this.segmentStart = new Int32Array(plan.table.size + 1);
    this.collect();
    for (const { responses } of watches) {
      for (const { events } of responses) {
        for (const { type, key, value, modRevision } of events ?? []) {
          this.add(modRevision - slots.initial, {
            key: plan.table.find(key),
            value: type === 'put' ? value : null,
            seenBy: -1,
          });
        }
      }
    }
    for (const { request, revision } of persisted ?? []) {
      if (revision !== undefined && request.kind === 'put') {
        this.add(revision - slots.initial, {
          key: plan.table.find(request.key),
          value: request.value,
          seenBy: -1,
        });
      }
    }
    this.finish();
  }

  private collect(): void {
    const { plan, slots } = this;
    for (let s = 0; s <= slots.count; s++) {
      const write = slots.owner[s] as number;
      if (write >= 0) this.visit(write, s, true);
      for (let b = slots.bucketStart[s] as number; b < (slots.bucketStart[s + 1] as number); b++) {
        const i = slots.bucket[b] as number;
        const past = plan.isPlain(i) ? 0 : pastRevision(plan.at(i));
        this.visit(i, past > 0 ? past - slots.initial : s, false);
      }
    }
  }

  private visit(i: number, at: number, isWrite: boolean): void {
    const { plan } = this;
    if (plan.isPlain(i)) return this.plain(i, at);
    const { input, outcome } = plan.at(i);
    if (outcome.status !== 'ok') return;
    const known = plan.columns.key[i] as number;
    this.answer(i, input, outcome.output, isWrite ? at - 1 : at, known, isWrite ? at : -1);
  }

  private plain(i: number, at: number): void {
    const { columns } = this.plan;
    const key = columns.key[i] as number;
    if (columns.plain[i] === Plain.put) return this.wrote(key, at);
    const mod = columns.mod[i] as number;
    if (mod === 0) return this.sawAbsent(key, at);
    const told = { create: columns.create[i] as number, version: columns.version[i] as number };
    this.saw(i, key, columns.value[i], mod, told, at);
  }

  /** `at`: the slot whose state it saw. `made`: the slot that it made itself, -1 for none. */
  private answer(
    i: number,
    input: EtcdRequest | TxnOperation,
    output: EtcdResponse,
    at: number,
    known: number,
    made: number,
  ): void {
    const { table } = this.plan;
    if (input.kind === 'range' && output.kind === 'range') {
      for (const pair of output.kvs) this.sawPair(i, pair, at, made, known);
      if (output.kvs.length === 0 && known >= 0 && output.count !== 1) this.sawAbsent(known, at);
    } else if (input.kind === 'put' && made >= 0) {
      const key = known >= 0 ? known : table.find(input.key);
      this.wrote(key, made);
      if (output.kind === 'put' && output.prevKv) this.sawPair(i, output.prevKv, at, made, key);
    } else if (input.kind === 'deleteRange' && output.kind === 'deleteRange') {
      for (const pair of output.prevKvs ?? []) this.sawPair(i, pair, at, made, -1);
      if (made >= 0 && output.deleted > 0)
        table.visit(input.key, input.rangeEnd, (key) => this.wrote(key, made));
      else if (made < 0 && input.rangeEnd === undefined) this.sawAbsent(table.find(input.key), at);
    } else if (input.kind === 'txn' && output.kind === 'txn') {
      if (output.succeeded) {
        for (const { target, result, key, rangeEnd, operand } of input.compares) {
          if (target !== 'mod' || result !== 'equal' || rangeEnd !== undefined || Number(operand) === 0)
            continue;
          const slot = Number(operand) - this.slots.initial;
          this.calmUntil(table.find(key), slot, at);
          this.add(slot, { key: table.find(key), value: undefined, seenBy: i });
        }
      }
      const operations = output.succeeded ? input.success : input.failure;
      for (let n = 0; n < operations.length; n++) {
        const result = output.results[n];
        if (result !== undefined) this.answer(i, operations[n] as TxnOperation, result, at, -1, made);
      }
    }
  }

  private sawPair(i: number, pair: Pair, at: number, made: number, known: number): void {
    const { key, value, modRevision, createRevision = 0, version = 0 } = pair;
    if (modRevision === undefined || modRevision - this.slots.initial === made) return;
    const { input } = this.plan.at(i);
    const keysOnly = input.kind === 'range' && input.keysOnly === true;
    const id = known >= 0 ? known : this.plan.table.find(key);
    this.saw(i, id, keysOnly ? undefined : value, modRevision, { create: createRevision, version }, at);
  }

  /** Somebody saw at slot `at` that revision `mod` put the key. `told`: 0 for what it did not tell. */
  private saw(
    i: number,
    key: number,
    value: string | undefined,
    mod: number,
    told: { readonly create: number; readonly version: number },
    at: number,
  ): void {
    const slot = mod - this.slots.initial;
    if (slot <= 0 || slot > this.slots.count) return;
    if (key >= 0) {
      this.calmUntil(key, slot, at);
      if (told.create !== 0 && told.version !== 0) this.sawVersion(i, key, slot, told.create, told.version);
    }
    if (this.slots.owner[slot] === -1) this.add(slot, { key, value, seenBy: i });
  }

  private add(slot: number, evidence: Evidence): void {
    if (slot <= 0 || slot > this.slots.count || this.slots.owner[slot] !== -1) return;
    const known = this.evidence.get(slot);
    if (known === undefined) this.evidence.set(slot, [evidence]);
    else if (
      !known.some(
        ({ key, value }) =>
          key === evidence.key && (value === evidence.value || evidence.value === undefined),
      )
    )
      known.push(evidence);
  }

  private calmUntil(key: number, slot: number, until: number): void {
    if (key < 0 || slot < 0 || slot > this.slots.count || until < slot) return;
    const { seenKey, seenUntil } = this;
    if (seenKey[slot] === -1) seenKey[slot] = key;
    if (seenKey[slot] === key) {
      if (until > (seenUntil[slot] as number)) seenUntil[slot] = until;
      return;
    }
    const others = this.seenMore.get(slot) ?? new Map<number, number>();
    others.set(key, Math.max(until, others.get(key) ?? 0));
    this.seenMore.set(slot, others);
  }

  private sawVersion(i: number, key: number, slot: number, create: number, version: number): void {
    const created = create - this.slots.initial;
    if (created !== slot && this.slots.owner[created] === -1) {
      this.add(created, { key, value: undefined, seenBy: i });
    }
    const absent = this.absent[key] as number[];
    if (created > 0 && absent[absent.length - 1] !== created - 1) absent.push(created - 1);
    if (this.seenKey[slot] === key) {
      this.seenCreate[slot] = create;
      this.seenVersion[slot] = version;
      return;
    }
    const others = this.moreVersions.get(slot) ?? new Map<number, readonly [number, number]>();
    others.set(key, [create, version]);
    this.moreVersions.set(slot, others);
  }

  private wrote(key: number, slot: number): void {
    const writes = this.writes[key] as number[];
    if (writes[writes.length - 1] !== slot) writes.push(slot);
  }

  private sawAbsent(key: number, slot: number): void {
    if (key < 0) return;
    const absent = this.absent[key] as number[];
    if (absent[absent.length - 1] !== slot) absent.push(slot);
  }

  private finish(): void {
    const { seenKey, seenUntil, calm } = this;
    for (let slot = 0; slot < seenKey.length; slot++) {
      const key = seenKey[slot] as number;
      if (key >= 0) (calm[key] as number[]).push(slot, seenUntil[slot] as number);
      for (const [other, until] of this.seenMore.get(slot) ?? []) (calm[other] as number[]).push(slot, until);
    }
    // Reads of the past come out of order.
    for (const each of this.absent) each.sort((a, b) => a - b);
    for (let key = 0; key < calm.length; key++) {
      this.cut(key);
      this.segmentStart[key + 1] = this.quota.length;
    }
  }

  /** Cuts the history of a key where its version is known, and counts the changes that are missing in between. */
  private cut(key: number): void {
    const calm = this.calm[key] as number[];
    const writes = this.writes[key] as number[];
    let [at, version, create] = [0, 0, 0];
    let nextWrite = 0;
    for (let n = 0; n < calm.length; n += 2) {
      const slot = calm[n] as number;
      const more = this.seenKey[slot] === key ? undefined : this.moreVersions.get(slot)?.get(key);
      const own = this.seenKey[slot] === key;
      const told = own ? (this.seenVersion[slot] as number) : (more?.[1] ?? 0);
      if (told === 0) continue;
      const created = (own ? (this.seenCreate[slot] as number) : (more?.[0] ?? 0)) - this.slots.initial;
      if (create !== created) [at, version, create] = [created - 1, 0, created];
      let known = 0;
      for (; nextWrite < writes.length && (writes[nextWrite] as number) <= slot; nextWrite++) {
        if ((writes[nextWrite] as number) > at) known++;
      }
      const seen = this.evidenceWithin(key, calm, n, at);
      this.segmentFrom.push(at);
      this.segmentTo.push(slot);
      this.quota.push(told - version - known - seen);
      [at, version] = [slot, told];
    }
  }

  /** Open slots in (at, the n-th observed one] at which a change of the key was seen. */
  private evidenceWithin(key: number, calm: readonly number[], n: number, at: number): number {
    let seen = 0;
    for (let m = n; m >= 0 && (calm[m] as number) > at; m -= 2) {
      if (this.evidence.get(calm[m] as number)?.some((each) => each.key === key && each.value !== null))
        seen++;
    }
    return seen;
  }

  /** The segment of the key that the slot lies in, or -1. */
  segmentAt(key: number, slot: number): number {
    const { segmentTo, segmentFrom, segmentStart } = this;
    const end = segmentStart[key + 1] as number;
    let [low, high] = [segmentStart[key] as number, end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((segmentTo[middle] as number) < slot) low = middle + 1;
      else high = middle;
    }
    return low < end && (segmentFrom[low] as number) < slot ? low : -1;
  }

  /** Whether the key may have been changed at the slot: nobody saw an older change behind it. */
  mayChange(key: number, slot: number): boolean {
    const calm = this.calm[key] as number[];
    let [low, high] = [0, calm.length >> 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((calm[2 * middle] as number) < slot) low = middle + 1;
      else high = middle;
    }
    // The last one that began before the slot reaches furthest: those before it end where it begins.
    if (low > 0 && (calm[2 * low - 1] as number) >= slot) return false;
    const segment = this.segmentAt(key, slot);
    return segment < 0 || (this.quota[segment] as number) > 0 || this.evidence.has(slot);
  }

  /** The first known write of the key behind a slot; Infinity if there is none. */
  nextWrite(key: number, slot: number): number {
    return firstAbove(this.writes[key] as number[], slot);
  }

  /** The first slot from this one on at which the key was seen absent. */
  nextAbsent(key: number, slot: number): number {
    return firstAbove(this.absent[key] as number[], slot - 1);
  }
}

function firstAbove(ascending: readonly number[], bound: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= bound) low = middle + 1;
    else high = middle;
  }
  return ascending[low] ?? Infinity;
}
