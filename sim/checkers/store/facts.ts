import { Cursor } from './cursor.ts';
import type { PackedHistory } from './packed.ts';
import { Segments } from './segments.ts';
import type { Evidence, Sightings } from './sightings.ts';
import type { Slots } from './slots.ts';

/** What sightings say about which keys can have been changed at open slots, and must have been. */
export class Facts {
  readonly evidence: ReadonlyMap<number, readonly Evidence[]>;
  readonly persisted: ReadonlyMap<number, string>;
  /** Per key, ascending: slots at which somebody saw that it was put, ... */
  readonly calmFrom: number[][];
  /** ... and until which nothing changed it again. Only those with an open slot in them, or made by one. */
  readonly calmUntil: number[][];
  /**
   * Segments of slots (from, to] of one key, in which versions tell how many changes nobody is known to have made, without those
   * that somebody saw: `quota`. Those of key k are `segmentStart[k]` up to `segmentStart[k + 1]`, ascending. Only those with an
   * open slot in them.
   */
  readonly segmentStart: Int32Array;
  readonly segmentFrom: Int32Array;
  readonly segmentTo: Int32Array;
  readonly quota: Int32Array;
  /** Per key: slots (from, until] at which it was found to have been left alone last, where nobody saw the slot's own change. */
  readonly leftFrom: Int32Array;
  readonly leftUntil: Int32Array;
  private readonly seen: Sightings;
  private readonly calms: Cursor;
  private readonly known: Cursor;
  private readonly exists: Cursor;
  private readonly gone: Cursor;
  private readonly changes: Cursor;
  private readonly segmentPlace: Int32Array;

  constructor(plan: PackedHistory, slots: Slots, seen: Sightings) {
    this.seen = seen;
    this.evidence = seen.evidence;
    this.persisted = seen.persisted;
    const keys = plan.table.size;
    const lists = (): number[][] => Array.from({ length: keys }, () => []);
    [this.calmFrom, this.calmUntil] = [lists(), lists()];
    const segments = new Segments(plan, slots, seen).collect((key, from, until) => {
      if (!slots.isOpen(from) && !slots.openBetween(from + 1, until)) return;
      (this.calmFrom[key] as number[]).push(from);
      (this.calmUntil[key] as number[]).push(until);
    });
    this.segmentStart = segments.start;
    this.segmentFrom = segments.from;
    this.segmentTo = segments.to;
    this.quota = segments.quota;
    this.calms = new Cursor(this.calmFrom);
    this.known = new Cursor(seen.writes);
    this.exists = new Cursor(seen.present);
    this.gone = new Cursor(seen.absent);
    this.changes = new Cursor(seen.differs);
    this.segmentPlace = new Int32Array(keys);
    this.leftFrom = new Int32Array(keys);
    this.leftUntil = new Int32Array(keys);
  }

  /** The segment of the key that the slot lies in, or -1. */
  segmentAt(key: number, slot: number): number {
    const at = this.segmentEndingFrom(key, slot);
    return at >= 0 && (this.segmentFrom[at] as number) < slot ? at : -1;
  }

  /** The first segment of the key that ends at a slot or behind it, or -1. */
  segmentEndingFrom(key: number, slot: number): number {
    const { segmentTo, segmentStart } = this;
    const [start, end] = [segmentStart[key] as number, segmentStart[key + 1] as number];
    let at = Math.max(start, this.segmentPlace[key] as number);
    while (at < end && (segmentTo[at] as number) < slot) at++;
    while (at > start && (segmentTo[at - 1] as number) >= slot) at--;
    this.segmentPlace[key] = at;
    return at < end ? at : -1;
  }

  /** Whether the key may have been changed at the slot: nobody saw an older change behind it. */
  mayChange(key: number, slot: number): boolean {
    // The last one that began before the slot reaches furthest: those before it end where it begins.
    const at = this.calms.placeAbove(key, slot - 1) - 1;
    if (at >= 0) {
      const until = (this.calmUntil[key] as number[])[at] as number;
      if (until >= slot) {
        this.leftFrom[key] = (this.calmFrom[key] as number[])[at] as number;
        this.leftUntil[key] = until;
        return false;
      }
    }
    const segment = this.segmentAt(key, slot);
    if (segment < 0 || (this.quota[segment] as number) > 0 || this.seen.evidence.has(slot)) return true;
    this.leftFrom[key] = this.segmentFrom[segment] as number;
    this.leftUntil[key] = this.segmentTo[segment] as number;
    return false;
  }

  /** The first known write of the key behind a slot; Infinity if there is none. */
  nextWrite(key: number, slot: number): number {
    return this.known.above(key, slot);
  }

  /** The first slot behind this one at which the key is put or deleted by somebody known, or seen to be put. */
  rewritten(key: number, slot: number): number {
    return Math.min(this.known.above(key, slot), this.calms.above(key, slot));
  }

  /** The first slot from this one on at which the key is seen to exist, ... */
  presentFrom(key: number, slot: number): number {
    return this.exists.above(key, slot - 1);
  }

  /** ... to be absent, ... */
  absentFrom(key: number, slot: number): number {
    return this.gone.above(key, slot - 1);
  }

  /** ... not to have some mod revision. */
  differsFrom(key: number, slot: number): number {
    return this.changes.above(key, slot - 1);
  }

  /**
   * What is seen of the key next, from a slot on, before it is written again by somebody known, given its mod revision now.
   * `at`: where, Infinity if nothing is.
   */
  next(key: number, slot: number, mod: number, found: Sight): void {
    const rewritten = this.rewritten(key, slot);
    const present = this.presentFrom(key, slot);
    const absent = this.absentFrom(key, slot);
    found.kind = 'nothing';
    found.at = Infinity;
    if (present < rewritten && present <= absent) {
      found.kind = 'present';
      found.at = present;
    } else if (absent < rewritten) {
      found.kind = 'absent';
      found.at = absent;
    }
    found.changed = this.changedBefore(key, slot, mod, rewritten);
  }

  /** The first slot from this one on, before another, at which the key had been changed since a mod revision. */
  changedBefore(key: number, slot: number, mod: number, end: number): number {
    const [at, from] = [this.seen.differs[key] as number[], this.seen.differsFrom[key] as number[]];
    for (let n = this.changes.placeAbove(key, slot - 1); n < at.length && (at[n] as number) < end; n++) {
      if (from[n] === mod) return at[n] as number;
    }
    return Infinity;
  }
}

/** What is seen of a key next. */
export interface Sight {
  kind: 'present' | 'absent' | 'nothing';
  at: number;
  /** Where it is seen that it was changed; Infinity if it need not be. */
  changed: number;
}
