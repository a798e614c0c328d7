import type { Facts } from './facts.ts';

/** What calls for a change of a key; at or above 0: the segment in which versions count changes that nobody saw. */
const Call = { nothing: -1, ifAbsent: -2, ifPresent: -3, perhaps: -4 } as const;

/**
 * Whether something that was seen later calls for a change of a key. Asked at one open slot after the other for every key that can
 * have been changed there; most are told from what was found out at an earlier slot.
 */
export class Outlook {
  private readonly facts: Facts;
  /** Per key: what was found out holds at slots [from, until]. */
  private readonly from: Int32Array;
  private readonly until: Int32Array;
  private readonly call: Int32Array;

  constructor(facts: Facts, keys: number) {
    this.facts = facts;
    this.from = new Int32Array(keys).fill(1);
    this.until = new Int32Array(keys);
    this.call = new Int32Array(keys);
  }

  /** `mod`: 0 if the key is absent at the slot. `spent`: per segment, changes that were made in it. */
  isCalledFor(key: number, slot: number, mod: number, spent: Int32Array): boolean {
    if (slot > (this.until[key] as number) || slot < (this.from[key] as number)) this.look(key, slot);
    const call = this.call[key] as number;
    if (call >= 0) return (spent[call] as number) < (this.facts.quota[call] as number);
    if (call === Call.nothing) return false;
    return call === Call.perhaps || (call === Call.ifAbsent) === (mod === 0);
  }

  private look(key: number, slot: number): void {
    const { facts } = this;
    const segment = facts.segmentEndingFrom(key, slot);
    this.from[key] = slot;
    if (segment >= 0 && (facts.segmentFrom[segment] as number) < slot) {
      this.until[key] = facts.segmentTo[segment] as number;
      this.call[key] = segment;
      return;
    }
    const rewritten = facts.rewritten(key, slot);
    const present = facts.presentFrom(key, slot);
    const absent = facts.absentFrom(key, slot);
    const differs = facts.differsFrom(key, slot);
    const end = segment >= 0 ? (facts.segmentFrom[segment] as number) : 2 ** 31 - 1;
    this.until[key] = Math.min(rewritten - 1, present, absent, differs, end);
    this.call[key] =
      differs < rewritten
        ? Call.perhaps
        : present < rewritten && present <= absent
          ? Call.ifAbsent
          : absent < rewritten
            ? Call.ifPresent
            : Call.nothing;
  }
}
