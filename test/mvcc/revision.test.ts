import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareStrings, fromBytes } from '../../core/base/bytes.ts';
import { compareRevisions, decodeRevision, encodeRevision } from '../../core/mvcc/index.ts';

const revision = fc.record({
  main: fc.oneof(fc.nat(300), fc.maxSafeNat()),
  sub: fc.oneof(fc.nat(300), fc.maxSafeNat()),
});

describe('revision keys', () => {
  it("are BE64(main) '_' BE64(sub), with 't' behind a tombstone", () => {
    const hex = (tombstone: boolean): string =>
      Buffer.from(encodeRevision({ main: 0x0102030405, sub: 0x8000_0001 }, tombstone)).toString('hex');
    expect(hex(false)).toBe('00000001020304055f0000000080000001');
    expect(hex(true)).toBe('00000001020304055f000000008000000174');
  });

  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(revision, fc.boolean(), (wanted, tombstone) => {
        expect(decodeRevision(encodeRevision(wanted, tombstone))).toEqual({ revision: wanted, tombstone });
      }),
    );
  });

  it('sort in byte order as revisions do', () => {
    fc.assert(
      fc.property(revision, revision, (a, b) => {
        const bytes = compareStrings(
          fromBytes(encodeRevision(a, false)),
          fromBytes(encodeRevision(b, false)),
        );
        expect(Math.sign(bytes)).toBe(Math.sign(compareRevisions(a, b)));
      }),
    );
  });

  it('are refused if malformed, with the bytes in the message', () => {
    const good = encodeRevision({ main: 1, sub: 2 }, true);
    expect(() => decodeRevision(good.subarray(0, 16))).toThrow(/found 0{15}15f/);
    const wrongMark = good.slice();
    wrongMark[17] = 0x75;
    expect(() => decodeRevision(wrongMark)).toThrow(RangeError);
    const wrongSeparator = good.slice(0, 17);
    wrongSeparator[8] = 0;
    expect(() => decodeRevision(wrongSeparator)).toThrow(RangeError);
    expect(() => decodeRevision(good.slice(0, 17).fill(0xff, 0, 8))).toThrow(/above 2\^53/);
  });
});
