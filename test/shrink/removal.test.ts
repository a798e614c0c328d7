import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeepFirst, bisect, removeChunks, removePairs } from '../../sim/shrink/removal.ts';

const sortedSet = fc.uniqueArray(fc.nat(60)).map((items) => items.sort((a, b) => a - b));

/** The first rest of which something is kept. */
function firstOf<Item>(keep: (rest: readonly Item[]) => readonly Item[] | null): KeepFirst<Item> {
  return (rests) => {
    let position = 0;
    for (const rest of rests) {
      const left = keep(rest);
      if (left !== null) return { position, left };
      position++;
    }
    return null;
  };
}

describe('removing chunks', () => {
  it('leaves exactly what is needed, when that is a set of items', () => {
    fc.assert(
      fc.property(sortedSet, fc.uniqueArray(fc.nat(60), { maxLength: 6 }), (items, wanted) => {
        const needed = items.filter((item) => wanted.includes(item));
        const left = removeChunks(
          items,
          firstOf((rest) => (needed.every((each) => rest.includes(each)) ? rest : null)),
        );
        expect(left).toEqual(needed);
      }),
    );
  });

  it('needs few tries for one item of many', () => {
    let tries = 0;
    const items = Array.from({ length: 1000 }, (_, i) => i);
    const left = removeChunks(
      items,
      firstOf((rest) => {
        tries++;
        return rest.includes(617) ? rest : null;
      }),
    );
    expect(left).toEqual([617]);
    expect(tries).toBeLessThan(40);
  });

  it('goes on with what is left then, which may be less than was asked for', () => {
    const left = removeChunks(
      [1, 2, 3, 4, 5, 6, 7, 8],
      firstOf((rest) => (rest.includes(3) ? rest.filter((item) => item % 2 === 1) : null)),
    );
    expect(left).toEqual([3]);
  });

  it('leaves a list of which no item can go as it is', () => {
    expect(removeChunks([1, 2, 3], () => null)).toEqual([1, 2, 3]);
    expect(removeChunks([], () => null)).toEqual([]);
  });
});

it('removes two at once that can not go alone', () => {
  const balanced = firstOf((list: readonly string[]) =>
    list.includes('keep') && list.includes('crash') === list.includes('restart') ? list : null,
  );
  expect(removeChunks(['crash', 'keep', 'restart'], balanced)).toEqual(['crash', 'keep', 'restart']);
  expect(removePairs(['crash', 'keep', 'restart'], balanced)).toEqual(['keep']);
});

it('bisects to the smallest that holds', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), (a, b) => {
      const [least, high] = [Math.min(a, b), Math.max(a, b)];
      expect(bisect(0, high, (value) => value >= least)).toBe(least);
    }),
  );
});
