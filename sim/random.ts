import tychei from 'seedrandom/lib/tychei.js';
import { AssertionError, assert } from '../core/base/assert.ts';
import type { Random } from '../core/ports.ts';
import { exponentialQuantiles } from './exponential_table.ts';

const twoTo32 = 0x100000000;

/**
 * One stream of integers per purpose. Forking by label derives the child from the seed's text, not from the parent's
 * position, so that drawing more or less in one place (one fault removed) never shifts another stream.
 * Generator: Tyche-i of the package seedrandom; only its 32-bit integers are used, never its floats.
 */
export class RandomStream implements Random {
  readonly path: string;
  private readonly generator: ReturnType<typeof tychei>;

  constructor(path: string) {
    this.path = path;
    this.generator = tychei(path, { state: true });
  }

  /** The stream of `label` below this one: always the same, however much was drawn from this one. */
  fork(label: string): RandomStream {
    return new RandomStream(`${this.path}/${label}`);
  }

  /** Uniform in [0, bound), bound from 1 to 2^32. Rejects the uneven rest, so there is no bias. */
  below(bound: number): number {
    if (!(bound >= 1 && bound <= twoTo32) || !Number.isInteger(bound))
      throw new AssertionError(`random bound ${bound} is not from 1 to 2^32`);
    const even = twoTo32 - (twoTo32 % bound);
    for (;;) {
      const word = this.generator.int32() >>> 0;
      if (word < even) return word % bound;
    }
  }

  /** Uniform in [low, high], both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True in `numerator` of `denominator` cases. A chance of 0 draws nothing, so an absent fault costs nothing. */
  chance(numerator: number, denominator: number): boolean {
    return numerator > 0 && this.below(denominator) < numerator;
  }

  pick<Item>(items: readonly Item[]): Item {
    assert(items.length > 0, 'pick from an empty list');
    return items[this.below(items.length)] as Item;
  }

  /** A new array in random order (Fisher-Yates). */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j] as Item, out[i] as Item];
    }
    return out;
  }

  /** Exponential with the given mean (below 2^34), in whole units; never above 6.93 means. */
  exponential(mean: number): number {
    if (mean === 0) return 0;
    const word = this.generator.int32() >>> 0;
    const quantile = word & 255;
    const low = exponentialQuantiles[quantile] as number;
    const high = exponentialQuantiles[quantile + 1] as number;
    const value = low + (((high - low) * ((word >>> 8) & 255)) >> 8);
    return Math.floor((mean * value) / 65536);
  }
}
