import { describe, expect, it } from 'vitest';
import {
  type KeyChoice,
  KeyPicker,
  uniformKeys,
  zipfRanksMax,
} from '../../scenarios/workloads/key_choice.ts';
import { RandomStream } from '../../sim/random.ts';

const draws = 100_000;

/** How often each position was drawn. */
function counts(choice: KeyChoice, keys: number): number[] {
  const picker = new KeyPicker(choice);
  const random = new RandomStream(`keys/${choice.kind}`);
  const found = Array.from({ length: keys }, () => 0);
  for (let i = 0; i < draws; i++) (found[picker.pick(random, keys)] as number)++;
  return found;
}

/** Pearson's: the sum of squared distances from what was expected, each in units of what was expected. */
function chiSquared(found: readonly number[], shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  return found.reduce((sum, count, i) => {
    const expected = (draws * (shares[i] as number)) / total;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

const keys = 20;
/** For 19 degrees of freedom 1 of 10,000 samples of the right distribution lies above. */
const limit = 52.4;

const zipfShares = Array.from({ length: keys }, (_, rank) => 1 / (rank + 1));
const hotShares = Array.from({ length: keys }, (_, position) => (position < 2 ? 90 / 2 : 10 / 18));

describe.each([
  ['uniform', uniformKeys, zipfShares.map(() => 1)],
  ['zipfian', { kind: 'zipfian' }, zipfShares],
  ['hotSpot', { kind: 'hotSpot', hotKeys: 2, hotPercent: 90 }, hotShares],
] as const)('%s keys', (_name, choice, shares) => {
  it('are drawn as often as they say, over 100,000 draws', () => {
    const found = counts(choice, keys);
    expect(chiSquared(found, shares)).toBeLessThan(limit);
    // The measure can fail: another distribution is far from it.
    const other = choice.kind === 'uniform' ? zipfShares : shares.map(() => 1);
    expect(chiSquared(found, other)).toBeGreaterThan(20 * limit);
  });

  it('are integers that depend on nothing but the stream', () => {
    const draw = (): number[] => {
      const picker = new KeyPicker(choice);
      const random = new RandomStream('same');
      return Array.from({ length: 200 }, (_, i) => picker.pick(random, 1 + (i % 50)));
    };
    expect(draw()).toEqual(draw());
    expect(draw().every((position, i) => Number.isInteger(position) && position <= i % 50)).toBe(true);
  });

  it('that must differ differ, also when all are wanted', () => {
    const picker = new KeyPicker(choice);
    const random = new RandomStream('distinct');
    for (const wanted of [1, 3, 5]) {
      const positions = picker.pickDistinct(random, 5, wanted);
      expect(new Set(positions).size).toBe(wanted);
      expect(positions.every((position) => position >= 0 && position < 5)).toBe(true);
    }
    expect(picker.pickDistinct(random, 2, 4)).toHaveLength(2);
  });
});

describe('a choice of keys', () => {
  it('has fewer keys than hot ones: all are hot', () => {
    const picker = new KeyPicker({ kind: 'hotSpot', hotKeys: 10, hotPercent: 0 });
    const random = new RandomStream('few');
    expect(new Set(Array.from({ length: 100 }, () => picker.pick(random, 3))).size).toBe(3);
  });

  it('refuses what it can not draw from', () => {
    expect(() => new KeyPicker({ kind: 'hotSpot', hotKeys: 0, hotPercent: 50 })).toThrow(
      'hotKeys: expected 1',
    );
    expect(() => new KeyPicker({ kind: 'hotSpot', hotKeys: 1, hotPercent: 101 })).toThrow(
      'hotPercent: expected',
    );
    const zipfian = new KeyPicker({ kind: 'zipfian' });
    expect(() => zipfian.pick(new RandomStream('many'), zipfRanksMax + 1)).toThrow('zipfian keys: expected');
  });
});
