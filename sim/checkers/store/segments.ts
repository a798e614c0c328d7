import type { PackedHistory } from './packed.ts';
import { Plain } from './roles.ts';
import type { Sightings } from './sightings.ts';
import type { Slots } from './slots.ts';

/** Segments in order of their keys, then slots; those of key k are `start[k]` up to `start[k + 1]`. */
export interface SegmentColumns {
  readonly start: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly quota: Int32Array;
}

/** Cuts the history of each key where its version was told, and counts the changes in between that are not known. */
export class Segments {
  private readonly plan: PackedHistory;
  private readonly slots: Slots;
  private readonly seen: Sightings;
  /** Per slot: how often its key had been changed by then, its own change included; of slots with one key. */
  private readonly ordinal: Int32Array;
  private readonly moreOrdinals = new Map<number, Map<number, number>>();
  // Per key: changes so far, and where its version was told last.
  private readonly changes: Int32Array;
  private readonly at: Int32Array;
  private readonly version: Int32Array;
  private readonly create: Int32Array;
  private readonly base: Int32Array;
  // Per segment.
  private readonly key: number[] = [];
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly quota: number[] = [];

  constructor(plan: PackedHistory, slots: Slots, seen: Sightings) {
    this.plan = plan;
    this.slots = slots;
    this.seen = seen;
    this.ordinal = new Int32Array(slots.count + 1);
    const perKey = (): Int32Array => new Int32Array(plan.table.size);
    [this.changes, this.at, this.version, this.create, this.base] = [
      perKey(),
      perKey(),
      perKey(),
      perKey(),
      perKey(),
    ];
  }

  /** `calm` is told of each time in which a key was left alone, in the order of slots. */
  collect(calm: (key: number, from: number, until: number) => void): SegmentColumns {
    const { slots, seen, plan, ordinal, changes } = this;
    const { seenKey, seenUntil, seenVersion, seenCreate, seenMore, moreVersions } = seen;
    const { plain, key: keyOf } = plan.columns;
    const { owner } = slots;
    for (let slot = 1; slot <= slots.count; slot++) {
      const write = owner[slot] as number;
      if (write >= 0 && plain[write] !== Plain.no) {
        const key = keyOf[write] as number;
        ordinal[slot] = changes[key] = (changes[key] as number) + 1;
      } else {
        this.count(slot, write);
      }
      const key = seenKey[slot] as number;
      if (key < 0) continue;
      calm(key, slot, seenUntil[slot] as number);
      if (seenVersion[slot] !== 0)
        this.told(key, slot, seenCreate[slot] as number, seenVersion[slot] as number);
      if (seenMore.size === 0) continue;
      for (const [other, until] of seenMore.get(slot) ?? []) calm(other, slot, until);
      for (const [other, [create, version]] of moreVersions.get(slot) ?? [])
        this.told(other, slot, create, version);
    }
    return this.sorted();
  }

  /** Counts the changes of a slot that may be of several keys. */
  private count(slot: number, write: number): void {
    const { seen } = this;
    if (write >= 0) {
      for (const key of seen.changedKeys.get(slot) ?? []) this.countKey(slot, key);
      return;
    }
    for (const { key, value } of seen.evidence.get(slot) ?? [])
      if (value !== null && key >= 0) this.countKey(slot, key);
  }

  private countKey(slot: number, key: number): void {
    const known = this.moreOrdinals.get(slot);
    if (known?.has(key) === true) return;
    const ordinal = (this.changes[key] as number) + 1;
    this.changes[key] = ordinal;
    if (known === undefined) this.moreOrdinals.set(slot, new Map([[key, ordinal]]));
    else known.set(key, ordinal);
  }

  /** Changes of the key up to a slot that changed it; -1 if it is not known to have. */
  private ordinalAt(slot: number, key: number): number {
    const write = this.slots.owner[slot];
    if (write !== undefined && write >= 0 && this.plan.isPlain(write)) {
      return this.plan.columns.key[write] === key ? (this.ordinal[slot] as number) : -1;
    }
    return this.moreOrdinals.get(slot)?.get(key) ?? -1;
  }

  private told(key: number, slot: number, createRevision: number, version: number): void {
    const { at, base, create } = this;
    const created = createRevision - this.slots.initial;
    const ordinal = this.ordinalAt(slot, key);
    if (create[key] !== created) {
      const first = this.ordinalAt(created, key);
      // Then somebody lied, or it was created before all that is known.
      if (first < 0) return;
      at[key] = created - 1;
      this.version[key] = 0;
      create[key] = created;
      base[key] = first - 1;
    }
    if (ordinal < 0) return;
    if (this.slots.openBetween((at[key] as number) + 1, slot)) {
      this.key.push(key);
      this.from.push(at[key] as number);
      this.to.push(slot);
      this.quota.push(version - (this.version[key] as number) - (ordinal - (base[key] as number)));
    }
    at[key] = slot;
    this.version[key] = version;
    base[key] = ordinal;
  }

  private sorted(): SegmentColumns {
    const { key, from, to, quota } = this;
    const start = new Int32Array(this.plan.table.size + 1);
    for (const each of key) start[each + 1] = (start[each + 1] as number) + 1;
    for (let k = 1; k < start.length; k++) start[k] = (start[k] as number) + (start[k - 1] as number);
    const next = start.slice();
    const columns = {
      start,
      from: new Int32Array(key.length),
      to: new Int32Array(key.length),
      quota: new Int32Array(key.length),
    };
    for (let n = 0; n < key.length; n++) {
      const place = next[key[n] as number] as number;
      next[key[n] as number] = place + 1;
      columns.from[place] = from[n] as number;
      columns.to[place] = to[n] as number;
      columns.quota[place] = quota[n] as number;
    }
    return columns;
  }
}
