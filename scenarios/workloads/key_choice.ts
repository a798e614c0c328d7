import { assert } from '../../core/base/assert.ts';
import type { RandomStream } from '../../sim/random.ts';

/** Which of its keys a client asks for how often. */
export type KeyChoice =
  | { readonly kind: 'uniform' }
  /** The key of rank r is asked for 1/r as often as the first (Zipf's law with exponent 1; YCSB's "zipfian" has 0.99). */
  | { readonly kind: 'zipfian' }
  /** The first `hotKeys` keys get `hotPercent` of a hundred draws, all others share the rest (YCSB's "hotspot"). */
  | { readonly kind: 'hotSpot'; readonly hotKeys: number; readonly hotPercent: number };

export const uniformKeys: KeyChoice = { kind: 'uniform' };

/** A zipfian table has no more ranks, so that its weights, in 1/2^24 of the first, add up to less than 2^32. */
export const zipfRanksMax = 65_536;
const firstWeight = 2 ** 24;

/** Draws positions of keys, with integers only. The lower a position, the hotter. */
export class KeyPicker {
  private readonly choice: KeyChoice;
  /** Entry r: the weights of ranks 0 to r together. It grows with the ranks that are asked for. */
  private readonly cumulative: number[] = [];

  constructor(choice: KeyChoice) {
    if (choice.kind === 'hotSpot') {
      const { hotKeys, hotPercent } = choice;
      assert(Number.isInteger(hotKeys) && hotKeys >= 1, `hotKeys: expected 1 or more, got ${hotKeys}`);
      assert(hotPercent >= 0 && hotPercent <= 100, `hotPercent: expected 0 to 100, got ${hotPercent}`);
    }
    this.choice = choice;
  }

  /** A position in [0, count). */
  pick(random: RandomStream, count: number): number {
    const { choice } = this;
    if (choice.kind === 'uniform') return random.below(count);
    if (choice.kind === 'zipfian') return this.rank(random, count);
    const hot = Math.min(choice.hotKeys, count);
    if (hot === count || random.chance(choice.hotPercent, 100)) return random.below(hot);
    return random.between(hot, count - 1);
  }

  /** `wanted` different positions in [0, count): of one that is taken, the next that is free. */
  pickDistinct(random: RandomStream, count: number, wanted: number): number[] {
    const positions = Array.from({ length: count }, (_, position) => position);
    if (this.choice.kind === 'uniform') return random.shuffle(positions).slice(0, wanted);
    const taken = new Set<number>();
    while (taken.size < Math.min(wanted, count)) {
      let position = this.pick(random, count);
      while (taken.has(position)) position = (position + 1) % count;
      taken.add(position);
    }
    return [...taken];
  }

  private rank(random: RandomStream, count: number): number {
    const { cumulative } = this;
    assert(count >= 1 && count <= zipfRanksMax, `zipfian keys: expected 1 to ${zipfRanksMax}, got ${count}`);
    for (let rank = cumulative.length; rank < count; rank++) {
      cumulative.push((cumulative[rank - 1] ?? 0) + Math.floor(firstWeight / (rank + 1)));
    }
    const draw = random.below(cumulative[count - 1] as number);
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (draw < (cumulative[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
