import { ActiveKeys } from './active_keys.ts';
import { type Candidate, type Candidates, type OpenClass, explainsAll } from './candidates.ts';
import type { Facts, Sight } from './facts.ts';
import { Outlook } from './outlook.ts';
import type { Evidence } from './sightings.ts';
import type { Slots } from './slots.ts';

/** What a search has used up so far. */
export interface Usage {
  /** Per class: those of them that no count of versions called for. */
  readonly extra: Int32Array;
  /** Per class: its members before this one are used up. */
  readonly firstFree: Int32Array;
  /** Per segment of the facts: changes that were made in it. */
  readonly spent: Int32Array;
}

/** How likely a change is that nothing calls for; above all slots. */
const Rank = {
  free: 2 ** 40,
  scarce: 2 ** 41,
  freeDelete: 2 ** 42,
  undone: 2 ** 43,
  against: 2 ** 44,
  nothing: 2 ** 45,
  usedUp: 2 ** 46,
} as const;

/** In which order candidates are tried. */
export class Ranking {
  private readonly candidates: Candidates;
  private readonly facts: Facts;
  private readonly slots: Slots;
  /** Open slots whose change nobody saw. */
  private readonly hidden: readonly number[];
  /** Per segment of the facts; 0 where it was not needed yet. */
  private readonly deadlines: Int32Array;
  private readonly left: Int32Array;
  private readonly active: ActiveKeys;
  private readonly outlook: Outlook;
  /** Per key: the first of its classes, which stand together. */
  private readonly firstClass: Int32Array;
  private readonly lowestOfClass: Float64Array;
  // Of the slot that was looked at last.
  private readonly entries: number[] = [];
  private readonly ranks: number[] = [];
  /** Its index, as long as they hold; and how many they are. */
  private ranked = -1;
  private rankedCount = 0;

  constructor(candidates: Candidates, slots: Slots) {
    this.candidates = candidates;
    this.facts = candidates.facts;
    this.slots = slots;
    candidates.classes.forEach(({ key, isPut, isCreate }, number) => {
      if (isPut && !isCreate) this.putClass.set(key, number);
    });
    const lowestOfKey = new Float64Array(candidates.touchedFrom.length).fill(Infinity);
    this.firstClass = new Int32Array(lowestOfKey.length).fill(-1);
    candidates.classes.forEach(({ key, members }, number) => {
      if (this.firstClass[key] === -1) this.firstClass[key] = number;
      const lowest = candidates.lowest[members[0] as number] as number;
      if (lowest < (lowestOfKey[key] as number)) lowestOfKey[key] = lowest;
    });
    this.active = new ActiveKeys(slots, this.facts, lowestOfKey);
    this.outlook = new Outlook(this.facts, lowestOfKey.length);
    this.lowestOfClass = Float64Array.from(
      candidates.classes,
      ({ members }) => candidates.lowest[members[0] as number] as number,
    );
    this.hidden = slots.open.filter((_, index) => candidates.identified[index] === null);
    this.deadlines = new Int32Array(this.facts.quota.length);
    this.left = this.leftBySegment();
  }

  private readonly putClass = new Map<number, number>();
  private readonly found: Sight = { kind: 'nothing', at: 0, changed: 0 };
  /** Which key `found` is about, as long as it holds. */
  private foundKey = -1;

  /**
   * What can fill an open slot when the store holds what it does there: operations, or complements of classes. Those come first
   * that must be made before something that was seen, the most urgent ahead (earliest deadline first: Jackson 1955); then those
   * that nothing speaks against; then those that what was seen later would have to undo. A class comes before another that has
   * fewer operations to spare.
   */
  listAt(index: number, mod: Int32Array, usage: Usage): readonly number[] {
    const identified = this.candidates.identified[index];
    if (identified) return identified;
    const count = this.ranked === index ? this.rankedCount : this.rankAll(index, mod, usage, false);
    const { entries, ranks } = this;
    const order = Array.from({ length: count }, (_, at) => at);
    order.sort(
      (a, b) =>
        (ranks[a] as number) - (ranks[b] as number) || (entries[a] as number) - (entries[b] as number),
    );
    return order.map((at) => entries[at] as number);
  }

  /** The first of `listAt`, without the others; null if there is none. */
  bestAt(index: number, mod: Int32Array, usage: Usage): number | null {
    const identified = this.candidates.identified[index];
    if (identified) return identified[0] ?? null;
    const slot = this.slots.open[index] as number;
    const evidence = this.facts.evidence.get(slot);
    if (evidence === undefined) {
      // Most often something calls for a change, and what nothing calls for can wait.
      const best = this.bestOf(this.rankAll(index, mod, usage, true));
      if (best >= 0 && (this.ranks[best] as number) <= this.slots.count) return this.entries[best] as number;
    }
    const count = this.rankAll(index, mod, usage, false);
    // If the best will not do, the list is asked for next.
    [this.ranked, this.rankedCount] = [index, count];
    const best = this.bestOf(count);
    return best < 0 ? null : (this.entries[best] as number);
  }

  /** Place of the first in order; -1 if there is none. */
  private bestOf(count: number): number {
    const { entries, ranks } = this;
    let best = -1;
    for (let at = 0; at < count; at++) {
      const better =
        best < 0 ||
        (ranks[at] as number) < (ranks[best] as number) ||
        (ranks[at] === ranks[best] && (entries[at] as number) < (entries[best] as number));
      if (better) best = at;
    }
    return best;
  }

  /** Fills `entries` and `ranks`; returns how many there are. `calledFor`: only keys that something calls for a change of. */
  private rankAll(index: number, mod: Int32Array, usage: Usage, calledFor: boolean): number {
    const slot = this.slots.open[index] as number;
    this.ranked = -1;
    this.foundKey = -1;
    const evidence = this.facts.evidence.get(slot);
    let count = this.rankOthers(index, slot, evidence, mod, usage);
    if (evidence !== undefined) return this.rankSeen(slot, evidence, mod, usage, count);
    const { active, outlook } = this;
    active.moveTo(index);
    for (let at = 0; at < active.count; at++) {
      const key = active.keys[at] as number;
      if (calledFor && !outlook.isCalledFor(key, slot, mod[key] as number, usage.spent)) continue;
      count = this.rankClasses(key, slot, false, mod, usage, count);
    }
    return count;
  }

  /** Those outside of classes, the first of `entries`. */
  private rankOthers(
    index: number,
    slot: number,
    evidence: readonly Evidence[] | undefined,
    mod: Int32Array,
    usage: Usage,
  ): number {
    const { candidates, entries, ranks } = this;
    let count = 0;
    for (const candidate of candidates.others[index] as readonly Candidate[]) {
      const { operation, certain, highest, expects } = candidate;
      if (expects >= 0 && mod[certain[0] as number] !== expects) {
        entries[count] = operation;
        ranks[count++] = Rank.nothing;
        continue;
      }
      if (!candidates.fits(candidate, slot) || (evidence !== undefined && !explainsAll(candidate, evidence)))
        continue;
      let rank = certain.length === 0 ? Rank.free : Infinity;
      for (const key of certain) {
        const until = this.rank(key, true, slot, mod[key] as number);
        const isUrgent = until > highest && until < Rank.free && this.spare(key, slot, usage.extra) < 0;
        rank = Math.min(rank, isUrgent ? highest : until);
      }
      entries[count] = operation;
      ranks[count++] = rank;
    }
    return count;
  }

  /** Adds the classes of the one key that was seen to be changed there. */
  private rankSeen(
    slot: number,
    evidence: readonly Evidence[],
    mod: Int32Array,
    usage: Usage,
    count: number,
  ): number {
    const key = evidence[0]?.key ?? -1;
    const isOne = key >= 0 && evidence.every((each) => each.key === key);
    if (!isOne || !this.facts.mayChange(key, slot)) return count;
    return this.rankClasses(key, slot, true, mod, usage, count);
  }

  /** Adds the classes of a key to `entries`; what holds for the key is found out once for all of them. */
  private rankClasses(
    key: number,
    slot: number,
    isSeen: boolean,
    mod: Int32Array,
    usage: Usage,
    from: number,
  ): number {
    const { facts, candidates, entries, ranks, lowestOfClass } = this;
    const { classes } = candidates;
    const segment = isSeen ? -1 : facts.segmentAt(key, slot);
    const isSpent = segment >= 0 && (usage.spent[segment] as number) >= (facts.quota[segment] as number);
    let [count, putRank] = [from, isSpent ? Rank.usedUp : -1];
    for (let number = this.firstClass[key] as number; classes[number]?.key === key; number++) {
      const each = classes[number] as OpenClass;
      const { isPut, isCreate } = each;
      // While versions are counted the key is not deleted.
      if ((lowestOfClass[number] as number) > slot || (!isPut && (isSeen || segment >= 0))) continue;
      let rank: number;
      if (!this.hasFree(each, usage.firstFree[number] as number, slot)) rank = Rank.usedUp;
      else if (isCreate && mod[key] !== 0) rank = Rank.nothing;
      else if (!isPut) rank = this.rank(key, false, slot, mod[key] as number);
      else rank = putRank = putRank >= 0 ? putRank : this.rank(key, true, slot, mod[key] as number);
      if (rank === Rank.free && isPut && !isCreate) {
        const spare = this.spare(key, slot, usage.extra);
        rank = spare > 0 ? Rank.free - Math.min(spare, 2 ** 20) : Rank.scarce;
      }
      entries[count] = ~number;
      ranks[count++] = rank;
    }
    return count;
  }

  private hasFree({ members }: OpenClass, firstFree: number, slot: number): boolean {
    if (firstFree >= members.length) return false;
    return (this.candidates.lowest[members[firstFree] as number] as number) <= slot;
  }

  /** The last slot of a segment in which a change that nobody saw can have been made. */
  private deadlineOf(key: number, segment: number): number {
    const known = this.deadlines[segment] as number;
    if (known > 0) return known;
    const { facts, hidden } = this;
    const [from, until] = [facts.calmFrom[key] as number[], facts.calmUntil[key] as number[]];
    let slot = facts.segmentTo[segment] as number;
    let at = countBelow(from, slot) - 1;
    let last = countBelow(hidden, slot) - 1;
    // Over every time in which the key is known to have been left alone.
    for (; at >= 0 && last >= 0 && (until[at] as number) >= (hidden[last] as number); at--) {
      if ((from[at] as number) >= (hidden[last] as number)) continue;
      slot = from[at] as number;
      last = countBelow(hidden, slot) - 1;
    }
    const deadline = Math.max(1, last < 0 ? 0 : (hidden[last] as number));
    this.deadlines[segment] = deadline;
    return deadline;
  }

  /**
   * Blind puts of a key that are left when all that versions call for, from a slot on, is made by such; negative: some of that
   * must be made by others.
   */
  private spare(key: number, slot: number, extra: Int32Array): number {
    const number = this.putClass.get(key);
    if (number === undefined) return -1;
    const segment = this.facts.segmentEndingFrom(key, slot);
    const least =
      segment < 0
        ? (this.candidates.classes[number] as OpenClass).members.length
        : (this.left[segment] as number);
    return least - (extra[number] as number);
  }

  /** Per segment: blind puts known by then less all changes called for until then, the least from there on. */
  private leftBySegment(): Int32Array {
    const { facts } = this;
    const left = new Int32Array(facts.quota.length);
    for (const { key, isPut, isCreate, members } of this.candidates.classes) {
      if (!isPut || isCreate) continue;
      const [start, end] = [facts.segmentStart[key] as number, facts.segmentStart[key + 1] as number];
      let [known, needed] = [0, 0];
      for (let segment = start; segment < end; segment++) {
        const to = facts.segmentTo[segment] as number;
        while (known < members.length && (this.candidates.lowest[members[known] as number] as number) <= to)
          known++;
        needed += facts.quota[segment] as number;
        left[segment] = known - needed;
      }
      for (let segment = end - 2; segment >= start; segment--) {
        left[segment] = Math.min(left[segment] as number, left[segment + 1] as number);
      }
    }
    return left;
  }

  /** The slot until which the change must have been made, or one of `Rank`. */
  private rank(key: number, isPut: boolean, slot: number, mod: number): number {
    const { facts, found } = this;
    const segment = isPut ? facts.segmentAt(key, slot) : -1;
    if (segment >= 0) {
      const deadline = this.deadlineOf(key, segment);
      return Math.min(deadline, facts.changedBefore(key, slot, mod, deadline));
    }
    const exists = mod !== 0;
    if (!isPut && !exists) return Rank.nothing;
    if (this.foundKey !== key) facts.next(key, slot, mod, found);
    this.foundKey = key;
    const { kind, at, changed } = found;
    if (isPut) {
      if (kind === 'present') return exists ? Math.min(changed, Rank.free) : at;
      if (kind === 'absent') return exists ? Rank.undone : Rank.against;
      return Math.min(changed, Rank.free);
    }
    if (kind === 'absent') return at;
    return kind === 'present' ? Rank.against : changed < Infinity ? Rank.free : Rank.freeDelete;
  }
}

/** How many numbers of an ascending list are below a bound. */
function countBelow(ascending: readonly number[], bound: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
