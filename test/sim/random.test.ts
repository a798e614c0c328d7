import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../sim/random.ts';

const draws = 100_000;

describe('random streams', () => {
  it('the same path gives the same numbers, another path others', () => {
    const take = (path: string): number[] => {
      const stream = new RandomStream(path);
      return Array.from({ length: 50 }, () => stream.below(1000));
    };
    expect(take('detcd/1/disk/n1')).toEqual(take('detcd/1/disk/n1'));
    expect(take('detcd/1/disk/n1')).not.toEqual(take('detcd/1/disk/n2'));
  });

  it('a fork does not depend on how much its parent has drawn', () => {
    const fresh = new RandomStream('seed');
    const used = new RandomStream('seed');
    for (let i = 0; i < 17; i++) used.below(10);
    expect(used.fork('nemesis').below(2 ** 32)).toBe(fresh.fork('nemesis').below(2 ** 32));
  });

  it('pins the first integers of a path, so that every engine and version draws the same', () => {
    const stream = new RandomStream('detcd/pinned');
    expect(Array.from({ length: 5 }, () => stream.below(2 ** 32))).toMatchInlineSnapshot(`
      [
        1751412629,
        1522571096,
        419574288,
        279453799,
        2732755467,
      ]
    `);
  });

  it('below is uniform', () => {
    const stream = new RandomStream('uniform');
    const counts = new Uint32Array(7);
    for (let i = 0; i < draws; i++) {
      const drawn = stream.below(7);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    // Five standard deviations of a binomial with p = 1/7.
    for (const count of counts)
      expect(Math.abs(count - draws / 7)).toBeLessThan(5 * Math.sqrt((draws * 6) / 49));
  });

  it('exponential has its mean and its tail', () => {
    const stream = new RandomStream('exponential');
    const mean = 1_000_000;
    let sum = 0;
    let above = 0;
    for (let i = 0; i < draws; i++) {
      const value = stream.exponential(mean);
      expect(Number.isInteger(value)).toBe(true);
      sum += value;
      if (value > 2 * mean) above++;
    }
    expect(sum / draws / mean).toBeCloseTo(1, 1);
    expect(above / draws).toBeCloseTo(Math.exp(-2), 2);
  });

  it('a chance of zero draws nothing', () => {
    const stream = new RandomStream('chance');
    const other = new RandomStream('chance');
    expect(stream.chance(0, 100)).toBe(false);
    expect(stream.below(1 << 30)).toBe(other.below(1 << 30));
  });

  it('shuffle keeps every item', () => {
    const items = Array.from({ length: 20 }, (_, i) => i);
    const shuffled = new RandomStream('shuffle').shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  });
});
