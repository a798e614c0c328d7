import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteString } from '../../core/base/bytes.ts';
import { RangeTree } from '../../core/watch/range_tree.ts';

const letters = 'abcdefgh';
const key = fc.integer({ min: 0, max: letters.length - 1 }).map((i) => letters[i] as ByteString);
const range = fc.record({ low: key, high: fc.option(key, { freq: 5 }) });
const steps = fc.array(fc.record({ range, keep: fc.integer({ min: 0, max: 9 }).map((n) => n < 7) }), {
  maxLength: 120,
  size: 'max',
});

function name(low: string, high: string | null): string {
  return `${low}-${high ?? ''}`;
}

describe('range tree against a list', () => {
  it('finds the ranges that cover a key, in order, whatever was added and removed', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const tree = new RangeTree<string>();
        const present = new Map<string, { readonly low: ByteString; readonly high: ByteString | null }>();
        for (const { range: one, keep } of list) {
          const id = name(one.low, one.high);
          expect(tree.get(one.low, one.high)).toBe(present.has(id) ? id : undefined);
          if (!keep) {
            present.delete(id);
            tree.delete(one.low, one.high);
          } else if (!present.has(id)) {
            present.set(id, one);
            tree.add(one.low, one.high, id);
          }
          for (const wanted of letters) {
            const found: string[] = [];
            tree.visit(wanted as ByteString, (value) => found.push(value));
            const covering = [...present.values()]
              .filter(({ low, high }) => low <= wanted && (high === null || wanted < high))
              .toSorted((a, b) => (a.low === b.low ? compareEnds(a.high, b.high) : a.low < b.low ? -1 : 1))
              .map(({ low, high }) => name(low, high));
            expect(found).toEqual(covering);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('stays shallow when ranges come in order', () => {
    const tree = new RangeTree<number>();
    const count = 20_000;
    const at = (i: number): ByteString => String(i).padStart(6, '0') as ByteString;
    for (let i = 0; i < count; i++) tree.add(at(i), at(i + 1), i);
    const found: number[] = [];
    for (let i = 0; i < count; i += 997) tree.visit(at(i), (value) => found.push(value));
    expect(found).toEqual(Array.from({ length: Math.ceil(count / 997) }, (_, i) => i * 997));
    for (let i = 0; i < count; i++) tree.delete(at(i), at(i + 1));
    expect(tree.get(at(5), at(6))).toBeUndefined();
  });
});

function compareEnds(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  return b === null || a < b ? -1 : 1;
}
