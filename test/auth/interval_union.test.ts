import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interval, IntervalUnion } from '../../core/auth/interval_union.ts';
import { accessOf, isValidPermission, requestedInterval } from '../../core/auth/permissions.ts';
import { permissionTypes } from '../../core/auth/index.ts';
import { fromText as text, type ByteString } from '../../core/base/bytes.ts';

/** All keys of up to three letters: every gap between two of them has a key in it, or holds none of interest. */
const letters = ['\0', 'a', 'b', '\xff'];
const keys = ['', ...letters, ...pairs(letters), ...triples(letters)].sort((a, b) =>
  a < b ? -1 : a > b ? 1 : 0,
);

function pairs(of: readonly string[]): string[] {
  return of.flatMap((first) => of.map((second) => first + second));
}

function triples(of: readonly string[]): string[] {
  return of.flatMap((first) => pairs(of).map((rest) => first + rest));
}

function inside(key: string, { low, high }: Interval): boolean {
  return key >= low && (high === null || key < high);
}

/** Ends of up to two letters, so that the keys of three tell any two intervals apart. */
const bound = fc.constantFrom(...keys.filter((key) => key.length <= 2)) as fc.Arbitrary<ByteString>;
const interval: fc.Arbitrary<Interval> = fc.record({
  low: bound,
  high: fc.oneof({ weight: 4, arbitrary: bound }, { weight: 1, arbitrary: fc.constant(null) }),
});

describe('a union of intervals', () => {
  it('contains a range exactly if every key of the range is in an interval', () => {
    let contained = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 6 }), interval, (intervals, asked) => {
        const wanted = keys.filter((key) => inside(key, asked));
        fc.pre(asked.high === null || asked.low < asked.high);
        const expected = wanted.every((key) => intervals.some((each) => inside(key, each)));
        // No end: there is always a key behind the last one here.
        const open = asked.high !== null || intervals.some((each) => each.high === null);
        expect(new IntervalUnion(intervals).contains(asked)).toBe(expected && open);
        if (expected && open) contained++;
        else refused++;
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(contained).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(200);
  });

  it('does not depend on the order in which the intervals were granted', () => {
    fc.assert(
      fc.property(
        fc.array(interval, { maxLength: 6 }),
        fc.array(interval, { maxLength: 8 }),
        (intervals, asked) => {
          const forwards = new IntervalUnion(intervals);
          const backwards = new IntervalUnion([...intervals].reverse());
          for (const each of asked) expect(backwards.contains(each)).toBe(forwards.contains(each));
        },
      ),
      { numRuns: 500, seed: 2 },
    );
  });

  it('joins intervals that touch or overlap, and no others', () => {
    const union = new IntervalUnion([
      { low: text('c'), high: text('e') },
      { low: text('a'), high: text('b') },
      { low: text('b'), high: text('c') },
      { low: text('f'), high: null },
    ]);
    const holds = (low: string, high: string | null): boolean =>
      union.contains({ low: text(low), high: high === null ? null : text(high) });
    expect(holds('a', 'e')).toBe(true);
    expect(holds('a', 'e\0')).toBe(false);
    expect(holds('e', 'f')).toBe(false);
    expect(holds('d', 'g')).toBe(false);
    expect(holds('f', null)).toBe(true);
    expect(holds('zz', null)).toBe(true);
    expect(holds('d', null)).toBe(false);
    expect(holds('', 'a')).toBe(false);
  });

  it('holds a range without keys where the range starts', () => {
    const union = new IntervalUnion([{ low: text('b'), high: text('d') }]);
    const holds = (low: string, high: string): boolean =>
      union.contains({ low: text(low), high: text(high) });
    expect([holds('c', 'c'), holds('c', 'a'), holds('b', 'b')]).toEqual([true, true, true]);
    expect([holds('d', 'c'), holds('a', 'a'), holds('d', 'd')]).toEqual([false, false, false]);
  });

  it('holds nothing for an interval without keys', () => {
    const union = new IntervalUnion([{ low: text('c'), high: text('c') }]);
    expect(union.contains(requestedInterval(text('c'), text('')))).toBe(false);
  });
});

describe("a user's access", () => {
  const permission = fc.record({
    permType: fc.constantFrom(...permissionTypes),
    key: bound,
    range_end: fc.oneof(bound, fc.constant('' as ByteString), fc.constant('\0' as ByteString)),
  });

  it('is what the permissions of all roles allow, key by key', () => {
    fc.assert(
      fc.property(fc.array(fc.array(permission, { maxLength: 4 }), { maxLength: 3 }), (granted) => {
        const roles = new Map(granted.map((keyPermission, i) => [text(`r${i}`), keyPermission] as const));
        const access = accessOf(
          { name: text('u'), password: text(''), roles: [...roles.keys(), text('gone')], options: null },
          (name) => {
            const keyPermission = roles.get(name);
            return keyPermission === undefined ? undefined : { name, keyPermission };
          },
        );
        for (const key of keys.slice(1)) {
          const allowed = (except: string): boolean =>
            granted.flat().some(({ permType, key: low, range_end }) => {
              if (permType === except || low === '') return false;
              if (range_end === '') return key === low;
              return key >= low && (range_end === '\0' || key < range_end);
            });
          const point = requestedInterval(key as ByteString, undefined);
          expect(access.read.contains(point)).toBe(allowed('WRITE'));
          expect(access.write.contains(point)).toBe(allowed('READ'));
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('a permission on no key is invalid', () => {
    const valid = (key: string, range_end: string): boolean =>
      isValidPermission({ permType: 'READ', key: text(key), range_end: text(range_end) });
    expect([valid('a', ''), valid('a', '\0'), valid('a', 'b'), valid('\0', '\0')]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([valid('', ''), valid('', '\0'), valid('b', 'a'), valid('b', 'b'), valid('b', '\0a')]).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
