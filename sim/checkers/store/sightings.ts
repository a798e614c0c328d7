import type { EtcdHistory } from '../history/etcd_history.ts';
import type {
  EtcdRequest,
  EtcdResponse,
  Pair,
  RangeRequest,
  RangeResponse,
  TxnOperation,
} from '../history/etcd_operation.ts';
import { isFiltered } from '../history/range_view.ts';
import { keepsSomething, keepsValue } from './keeping_put.ts';
import type { PackedHistory } from './packed.ts';
import type { PastRead } from './past_reads.ts';
import { Plain, Role } from './roles.ts';
import type { Slots } from './slots.ts';
import { requestText } from './words.ts';

/** What somebody saw of the change that made an open slot. */
export interface Evidence {
  readonly key: number;
  /** Null: the key was deleted. Undefined: it was put, but the value was not seen. */
  readonly value: string | null | undefined;
  /** The operation that saw it; -1 for a watcher. */
  readonly seenBy: number;
}

/**
 * What answers, watchers and disks tell about slots and keys, collected only when there are open slots to fill. Lists per key
 * leave out what no open slot lies before.
 */
export class Sightings {
  /** Per open slot. */
  readonly evidence = new Map<number, Evidence[]>();
  /** Per open slot: the request that the members' disks hold for it, as text. */
  readonly persisted = new Map<number, string>();
  /** Per key, ascending: slots whose known writes changed it. */
  readonly writes: number[][];
  /** Per key, ascending: slots at which it was seen absent. */
  readonly absent: number[][];
  /** Per key, ascending: slots at which it existed, of which nothing else was seen. */
  readonly present: number[][];
  /** Per key, ascending: slots at which somebody saw that its mod revision was not ... */
  readonly differs: number[][];
  /** ... this one. */
  readonly differsFrom: number[][];
  /** Per slot: the key that somebody saw put there, -1 for none, ... */
  readonly seenKey: Int32Array;
  /** ... until which slot nothing changed it again, ... */
  readonly seenUntil: Int32Array;
  /** ... and the create revision and version that were told of it, 0 for none. */
  readonly seenCreate: Int32Array;
  readonly seenVersion: Int32Array;
  /** The same of further keys put there. */
  readonly seenMore = new Map<number, Map<number, number>>();
  readonly moreVersions = new Map<number, Map<number, readonly [number, number]>>();
  /** Keys that a known write changed, where it is not plain. */
  readonly changedKeys = new Map<number, number[]>();
  private readonly plan: PackedHistory;
  private readonly slots: Slots;

  constructor(
    plan: PackedHistory,
    slots: Slots,
    { watches, persisted }: Pick<EtcdHistory, 'watches' | 'persisted'>,
    past: readonly PastRead[],
  ) {
    this.plan = plan;
    this.slots = slots;
    const lists = (): number[][] => Array.from({ length: plan.table.size }, () => []);
    [this.writes, this.absent, this.present] = [lists(), lists(), lists()];
    [this.differs, this.differsFrom] = [lists(), lists()];
    this.seenKey = new Int32Array(slots.count + 1).fill(-1);
    this.seenUntil = new Int32Array(slots.count + 1);
    this.seenCreate = new Int32Array(slots.count + 1);
    this.seenVersion = new Int32Array(slots.count + 1);
    this.collect();
    for (const { by, revision, request, response } of past)
      this.answer(by, request, response, revision - slots.initial, -1, -1);
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
      if (revision === undefined || !slots.isOpen(revision - slots.initial)) continue;
      this.persisted.set(revision - slots.initial, requestText(request));
    }
    this.deduce();
    // Reads of the past come out of order, and what was created tells of the slot before that.
    for (const list of [...this.absent, ...this.present]) sortIfNeeded(list);
  }

  /** A value that only one open operation can have written, and only if it found a mod revision, tells that it found it. */
  private deduce(): void {
    const { plan, slots } = this;
    if (this.evidence.size === 0) return;
    const { plain, key: keyOf, value: valueOf, operand } = plan.columns;
    if (!plan.open.some((i) => plain[i] === Plain.swap)) return;
    /** Per key: values of swaps, and the one who can have written it; -1 if more than one. */
    const writers = plan.table.keys.map(() => new Map<string, number>());
    /** A value that was kept was not written there. */
    const kept = new Set<number>();
    const note = (i: number, key: number, value: string): void => {
      const ofKey = writers[key] as Map<string, number>;
      if (plain[i] === Plain.swap) ofKey.set(value, ofKey.has(value) ? -1 : i);
      else if (ofKey.has(value)) ofKey.set(value, -1);
    };
    const visit = (i: number, input: EtcdRequest | TxnOperation): void => {
      if (input.kind === 'put') {
        const key = plan.table.find(input.key);
        if (keepsValue(input)) kept.add(key);
        else note(i, key, input.value);
      } else if (input.kind === 'txn') {
        for (const each of input.success) visit(i, each);
        for (const each of input.failure) visit(i, each);
      }
    };
    for (const i of plan.open) {
      if (plain[i] === Plain.swap) note(i, keyOf[i] as number, valueOf[i] as string);
    }
    for (const i of plan.open) {
      if (plain[i] === Plain.no) visit(i, plan.at(i).input);
      else if (plain[i] === Plain.put) note(i, keyOf[i] as number, valueOf[i] as string);
    }
    for (const [slot, evidence] of this.evidence) {
      for (const { key, value } of evidence) {
        if (key < 0 || typeof value !== 'string' || kept.has(key)) continue;
        const i = writers[key]?.get(value) ?? -1;
        if (i < 0 || plain[i] !== Plain.swap) continue;
        this.expected(i, key, (operand[i] as number) - slots.initial, slot - 1);
      }
    }
  }

  private collect(): void {
    const { slots } = this;
    const { owner, bucket, bucketStart } = slots;
    for (let s = 0; s <= slots.count; s++) {
      const write = owner[s] as number;
      if (write >= 0) this.visit(write, s, true);
      const end = bucketStart[s + 1] as number;
      for (let b = bucketStart[s] as number; b < end; b++) {
        this.visit(bucket[b] as number, s, false);
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
    const { initial } = this.slots;
    const mod = columns.mod[i] as number;
    switch (columns.plain[i]) {
      case Plain.put:
        return this.wrote(key, at);
      case Plain.delete:
        if (columns.told[i] === 0) return this.sawAbsent(key, at);
        this.sawPresent(key, at - 1);
        return this.wrote(key, at);
      case Plain.swap:
        if (columns.role[i] === Role.write) {
          this.expected(i, key, (columns.operand[i] as number) - initial, at - 1);
          return this.wrote(key, at);
        }
        (this.differs[key] as number[]).push(at);
        (this.differsFrom[key] as number[]).push(columns.operand[i] as number);
        if (columns.told[i] === 0) return;
        break;
      default:
    }
    if (mod === 0) return this.sawAbsent(key, at);
    const slot = mod - initial;
    if (this.isKnown(key, slot, columns.create[i] as number, columns.version[i] as number)) {
      if (at > (this.seenUntil[slot] as number)) this.seenUntil[slot] = at;
      return;
    }
    this.saw(i, key, columns.value[i], slot, columns.create[i] as number, columns.version[i] as number, at);
  }

  /** Whether all that a pair tells was told before, by one that saw the same; most reads see what others saw. */
  private isKnown(key: number, slot: number, create: number, version: number): boolean {
    const isSame = this.seenKey[slot] === key && this.seenCreate[slot] === create;
    // What it tells of an open slot may be another value.
    return isSame && version !== 0 && this.seenVersion[slot] === version && this.slots.owner[slot] !== -1;
  }

  /** A compare found the mod revision of a slot; the complement of the initial revision stands for absent. */
  private expected(i: number, key: number, slot: number, at: number): void {
    if (slot === -this.slots.initial) return this.sawAbsent(key, at);
    this.calmTo(key, slot, at);
    if (this.slots.owner[slot] === -1) this.add(slot, { key, value: undefined, seenBy: i });
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
      this.answeredRange(i, input, output, at, known, made);
    } else if (input.kind === 'put' && made >= 0) {
      const key = known >= 0 ? known : table.find(input.key);
      this.wrote(key, made);
      if (keepsSomething(input)) this.sawPresent(key, made - 1);
      if (output.kind !== 'put' || output.prevKv === undefined) return;
      if (output.prevKv === null) this.sawAbsent(key, made - 1);
      else this.sawPair(i, output.prevKv, at, made, key, false);
    } else if (input.kind === 'deleteRange' && output.kind === 'deleteRange') {
      for (const pair of output.prevKvs ?? []) this.sawPair(i, pair, at, made, -1, false);
      if (made >= 0 && output.deleted > 0) {
        table.visit(input.key, input.rangeEnd, (key) => this.wrote(key, made));
        if (input.rangeEnd === undefined) this.sawPresent(table.find(input.key), made - 1);
      }
      if (made < 0 && input.rangeEnd === undefined) this.sawAbsent(table.find(input.key), at);
    } else if (input.kind === 'txn' && output.kind === 'txn') {
      if (output.succeeded) {
        for (const { target, result, key, rangeEnd, operand } of input.compares) {
          if (target !== 'mod' || result !== 'equal' || rangeEnd !== undefined || Number(operand) === 0)
            continue;
          this.expected(i, table.find(key), Number(operand) - this.slots.initial, at);
        }
      }
      const operations = output.succeeded ? input.success : input.failure;
      for (let n = 0; n < operations.length; n++) {
        const result = output.results[n];
        if (result !== undefined) this.answer(i, operations[n] as TxnOperation, result, at, -1, made);
      }
    }
  }

  private answeredRange(
    i: number,
    input: RangeRequest,
    output: RangeResponse,
    at: number,
    known: number,
    made: number,
  ): void {
    // Reads of certain revisions are collected on their own.
    if (i >= 0 && this.isPast(input, at)) return;
    for (const pair of output.kvs) this.sawPair(i, pair, at, made, known, input.keysOnly === true);
    const isOne = input.rangeEnd === undefined || input.rangeEnd === '';
    // In a txn that writes it may have gone by the txn's own hand.
    const isAbsent =
      output.kvs.length === 0 &&
      (output.count === 0 || (output.count === undefined && input.countOnly !== true && !isFiltered(input)));
    if (isOne && isAbsent && made < 0)
      this.sawAbsent(known >= 0 ? known : this.plan.table.find(input.key), at);
  }

  private isPast({ revision = 0 }: RangeRequest, at: number): boolean {
    return revision > 0 && revision - this.slots.initial !== at;
  }

  private sawPair(i: number, pair: Pair, at: number, made: number, known: number, keysOnly: boolean): void {
    const { key, value, modRevision, createRevision = 0, version = 0 } = pair;
    if (modRevision === undefined || modRevision - this.slots.initial === made) return;
    const id = known >= 0 ? known : this.plan.table.find(key);
    const shown = keysOnly ? undefined : value;
    this.saw(i, id, shown, modRevision - this.slots.initial, createRevision, version, at);
  }

  /** Somebody saw at slot `at` that another put the key. `create` and `version` are 0 where that was not told. */
  private saw(
    i: number,
    key: number,
    value: string | undefined,
    slot: number,
    create: number,
    version: number,
    at: number,
  ): void {
    if (slot <= 0 || slot > this.slots.count) return;
    if (key >= 0) {
      this.calmTo(key, slot, at);
      if (create !== 0 && version !== 0) this.sawVersion(i, key, slot, create, version);
    }
    if (this.slots.owner[slot] === -1) this.add(slot, { key, value, seenBy: i });
  }

  private add(slot: number, evidence: Evidence): void {
    if (!this.slots.isOpen(slot)) return;
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

  private calmTo(key: number, slot: number, until: number): void {
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
    if (created > 0) this.sawAbsent(key, created - 1);
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
    const owner = this.slots.owner[slot] as number;
    if (owner >= 0 && !this.plan.isPlain(owner)) {
      const keys = this.changedKeys.get(slot);
      if (keys === undefined) this.changedKeys.set(slot, [key]);
      else if (!keys.includes(key)) keys.push(key);
    }
    this.note(this.writes[key] as number[], slot);
  }

  private sawAbsent(key: number, slot: number): void {
    if (key >= 0) this.note(this.absent[key] as number[], slot);
  }

  private sawPresent(key: number, slot: number): void {
    if (key >= 0) this.note(this.present[key] as number[], slot);
  }

  /** Only the first behind an open slot is ever asked for. */
  private note(list: number[], slot: number): void {
    const last = list.length === 0 ? -1 : (list[list.length - 1] as number);
    if (last < 0 || slot < last || this.slots.openBetween(last, slot)) list.push(slot);
  }
}

function sortIfNeeded(list: number[]): void {
  for (let at = 1; at < list.length; at++) {
    if ((list[at] as number) >= (list[at - 1] as number)) continue;
    list.sort((a, b) => a - b);
    return;
  }
}
