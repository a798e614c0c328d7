import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TimeIndex, addCounts, countBetween, gallop, lowerBound, visitColumns } from './page_model.ts';

function indexOf(times: readonly number[]): TimeIndex {
  const sorted = times.toSorted((a, b) => a - b);
  return { timesNs: Float64Array.from(sorted), refs: Int32Array.from(sorted, (_, i) => i) };
}

const times = fc.array(fc.integer({ min: 0, max: 30_000_000_000 }), { maxLength: 200 });

describe('time index', () => {
  it('finds the first entry at or after a moment, also from nearby', () => {
    const { timesNs } = indexOf([10, 20, 20, 30]);
    expect([5, 10, 15, 20, 21, 30, 31].map((at) => lowerBound(timesNs, at))).toEqual([0, 0, 1, 1, 3, 3, 4]);
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 30_000_000_000 }), fc.nat(100), (all, at, from) => {
        const index = indexOf(all).timesNs;
        const exact = lowerBound(index, at);
        expect(gallop(index, at, Math.min(from, exact))).toBe(exact);
      }),
    );
  });

  it('counts every entry of the window in exactly one column', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 400 }), (all, columns) => {
        const index = indexOf(all);
        const counts = new Uint32Array(columns);
        const endNs = 30_000_000_001;
        addCounts(index, 0, endNs, counts);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(countBetween(index, 0, endNs));
      }),
    );
  });

  it('never leaves out a rare event at any zoom', () => {
    const zooms = fc.record({
      startNs: fc.integer({ min: 0, max: 29_000_000_000 }),
      lengthNs: fc.integer({ min: 20_000, max: 30_000_000_000 }),
      columns: fc.integer({ min: 1, max: 1000 }),
    });
    fc.assert(
      fc.property(times, zooms, (all, { startNs, lengthNs, columns }) => {
        const index = indexOf(all);
        const endNs = startNs + lengthNs;
        const marked = new Set<number>();
        let counted = 0;
        visitColumns(index, startNs, endNs, columns, (column, position, count) => {
          expect(index.timesNs[position]).toBeGreaterThanOrEqual(startNs);
          marked.add(column);
          counted += count;
        });
        const inside = [...index.timesNs].filter((at) => at >= startNs && at < endNs);
        for (const at of inside) {
          const column = Math.min(columns - 1, Math.floor((at - startNs) / (lengthNs / columns)));
          expect(marked.has(column) || marked.has(column - 1) || marked.has(column + 1)).toBe(true);
        }
        expect(counted).toBeGreaterThanOrEqual(inside.length);
      }),
    );
  });
});
