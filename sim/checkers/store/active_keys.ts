import type { Facts } from './facts.ts';
import type { Slots } from './slots.ts';

/**
 * Which keys can have been changed at an open slot, as far as that is known before any slot is filled. A key enters and leaves as a
 * search goes from slot to slot, so that a slot costs what can have changed there, however many keys there are. Linear in what
 * is known of the keys.
 */
export class ActiveKeys {
  /** The first `count` are active, in no order that means anything. */
  readonly keys: Int32Array;
  count = 0;
  private readonly place: Int32Array;
  /** Keys that become active when the search comes to an open slot: `enter.keys[enter.start[index]]` up to the next start. */
  private readonly enter: Events;
  /** Keys that are active at the open slot before this one and no more here. */
  private readonly leave: Events;
  /** Index of the open slot that it stands at. */
  private at = -1;

  /** `lowest`: per key the first slot from which on it is of interest; Infinity: never. */
  constructor(slots: Slots, facts: Facts, lowest: Float64Array) {
    this.keys = new Int32Array(lowest.length);
    this.place = new Int32Array(lowest.length).fill(-1);
    const [key, from, to]: [number[], number[], number[]] = [[], [], []];
    for (let each = 0; each < lowest.length; each++) {
      if (lowest[each] === Infinity) continue;
      collect(slots, facts, each, lowest[each] as number, (start, end) => {
        key.push(each);
        from.push(start);
        to.push(end);
      });
    }
    this.enter = eventsOf(key, from, slots.open.length);
    this.leave = eventsOf(key, to, slots.open.length);
  }

  /** Goes to an open slot, forward or back. */
  moveTo(index: number): void {
    const { enter, leave } = this;
    while (this.at < index) {
      this.at++;
      for (let n = leave.start[this.at] as number; n < (leave.start[this.at + 1] as number); n++)
        this.remove(leave.keys[n] as number);
      for (let n = enter.start[this.at] as number; n < (enter.start[this.at + 1] as number); n++)
        this.add(enter.keys[n] as number);
    }
    while (this.at > index) {
      for (let n = enter.start[this.at] as number; n < (enter.start[this.at + 1] as number); n++)
        this.remove(enter.keys[n] as number);
      for (let n = leave.start[this.at] as number; n < (leave.start[this.at + 1] as number); n++)
        this.add(leave.keys[n] as number);
      this.at--;
    }
  }

  private add(key: number): void {
    this.place[key] = this.count;
    this.keys[this.count++] = key;
  }

  private remove(key: number): void {
    const last = this.keys[--this.count] as number;
    const place = this.place[key] as number;
    this.keys[place] = last;
    this.place[last] = place;
    this.place[key] = -1;
  }
}

interface Events {
  readonly start: Int32Array;
  readonly keys: Int32Array;
}

/** Keys by the index at which something happens to them. */
function eventsOf(keys: readonly number[], indexes: readonly number[], count: number): Events {
  const start = new Int32Array(count + 2);
  for (const index of indexes) start[index + 1] = (start[index + 1] as number) + 1;
  for (let n = 1; n < start.length; n++) start[n] = (start[n] as number) + (start[n - 1] as number);
  const next = start.slice();
  const sorted = new Int32Array(keys.length);
  for (let n = 0; n < keys.length; n++) {
    const index = indexes[n] as number;
    sorted[next[index] as number] = keys[n] as number;
    next[index] = (next[index] as number) + 1;
  }
  return { start, keys: sorted };
}

/**
 * Calls back with the stretches [start, end) of indexes of open slots at which a key can have been changed: nobody saw an older
 * change behind them, and no count of versions is complete without them.
 */
function collect(
  slots: Slots,
  facts: Facts,
  key: number,
  lowest: number,
  found: (start: number, end: number) => void,
): void {
  const { open } = slots;
  const [from, until] = [facts.calmFrom[key] as number[], facts.calmUntil[key] as number[]];
  const segmentEnd = facts.segmentStart[key + 1] as number;
  let segment = facts.segmentStart[key] as number;
  /** Of the first calm that begins at the slot or behind it. */
  let calm = 0;
  let start = -1;
  for (let index = slots.openBelowOrAt(lowest - 1); index < open.length;) {
    const slot = open[index] as number;
    while (calm < from.length && (from[calm] as number) < slot) calm++;
    while (segment < segmentEnd && (facts.segmentTo[segment] as number) < slot) segment++;
    // What changes next: a calm begins, or a segment begins or ends.
    let next = calm < from.length ? (from[calm] as number) : Infinity;
    let isFree = true;
    // The last one that began before the slot reaches furthest: those before it end where it begins.
    if (calm > 0 && (until[calm - 1] as number) >= slot) {
      isFree = false;
      next = Math.min(next, until[calm - 1] as number);
    }
    if (segment < segmentEnd) {
      const isIn = (facts.segmentFrom[segment] as number) < slot;
      next = Math.min(next, (isIn ? facts.segmentTo : facts.segmentFrom)[segment] as number);
      if (isIn && (facts.quota[segment] as number) <= 0) isFree = false;
    }
    if (isFree && start < 0) start = index;
    if (!isFree && start >= 0) {
      found(start, index);
      start = -1;
    }
    index = next === Infinity ? open.length : Math.max(index + 1, slots.openBelowOrAt(next));
  }
  if (start >= 0) found(start, open.length);
}
