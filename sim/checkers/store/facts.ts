import type { EtcdHistory } from '../history/etcd_history.ts';
import type {
  EtcdOperation,
  EtcdRequest,
  EtcdResponse,
  Pair,
  TxnOperation,
} from '../history/etcd_operation.ts';
import { type Plan, pastRevision } from './plan.ts';
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
  private readonly plan: Plan;
  private readonly slots: Slots;
  /** Per slot: the pair whose version was told. */
  private readonly seenPair: (Pair | null)[];
  private readonly morePairs = new Map<number, Map<number, Pair>>();
  private readonly seenKey: Int32Array;
  private readonly seenUntil: Int32Array;
  private readonly seenMore = new Map<number, Map<number, number>>();

  constructor(plan: Plan, slots: Slots, { watches, persisted }: EtcdHistory) {
    this.plan = plan;
    this.slots = slots;
    const lists = (): number[][] => Array.from({ length: plan.table.size }, () => []);
    [this.calm, this.writes, this.absent] = [lists(), lists(), lists()];
    this.seenKey = new Int32Array(slots.count + 1).fill(-1);
    this.seenUntil = new Int32Array(slots.count + 1);
    this.seenPair = new Array<Pair | null>(slots.count + 1).fill(null);
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
    const visit = (i: number, at: number, isWrite: boolean): void => {
      const { input, outcome } = plan.operations[i] as EtcdOperation;
      if (outcome.status === 'ok')
        this.answer(
          i,
          input,
          outcome.output,
          isWrite ? at - 1 : at,
          plan.key[i] as number,
          isWrite ? at : -1,
        );
    };
    for (let s = 0; s <= slots.count; s++) {
      const write = slots.owner[s] as number;
      if (write >= 0) visit(write, s, true);
      for (let b = slots.bucketStart[s] as number; b < (slots.bucketStart[s + 1] as number); b++) {
        const i = slots.bucket[b] as number;
        const past = pastRevision(plan.operations[i] as EtcdOperation);
        visit(i, past > 0 ? past - slots.initial : s, false);
      }
    }
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
    const { key, value, modRevision } = pair;
    if (modRevision === undefined) return;
    const slot = modRevision - this.slots.initial;
    if (slot === made || slot <= 0 || slot > this.slots.count) return;
    const id = known >= 0 ? known : this.plan.table.find(key);
    if (id >= 0) this.calmUntil(id, slot, at);
    if (id >= 0 && pair.version !== undefined && pair.createRevision !== undefined)
      this.sawVersion(i, id, slot, pair);
    const { input } = this.plan.operations[i] as EtcdOperation;
    if (this.slots.owner[slot] === -1 && !(input.kind === 'range' && input.keysOnly === true)) {
      this.add(slot, { key: id, value, seenBy: i });
    }
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

  private sawVersion(i: number, key: number, slot: number, pair: Pair): void {
    const created = (pair.createRevision as number) - this.slots.initial;
    if (created !== slot) this.add(created, { key, value: undefined, seenBy: i });
    const absent = this.absent[key] as number[];
    if (created > 0 && absent[absent.length - 1] !== created - 1) absent.push(created - 1);
    if (this.seenKey[slot] === key) {
      this.seenPair[slot] = pair;
      return;
    }
    const others = this.morePairs.get(slot) ?? new Map<number, Pair>();
    others.set(key, pair);
    this.morePairs.set(slot, others);
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
      const pair = this.seenKey[slot] === key ? this.seenPair[slot] : this.morePairs.get(slot)?.get(key);
      if (!pair) continue;
      const created = (pair.createRevision as number) - this.slots.initial;
      if (create !== created) [at, version, create] = [created - 1, 0, created];
      let known = 0;
      for (; nextWrite < writes.length && (writes[nextWrite] as number) <= slot; nextWrite++) {
        if ((writes[nextWrite] as number) > at) known++;
      }
      const seen = this.evidenceWithin(key, calm, n, at);
      this.segmentFrom.push(at);
      this.segmentTo.push(slot);
      this.quota.push((pair.version as number) - version - known - seen);
      [at, version] = [slot, pair.version as number];
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
