import * as fc from 'fast-check';
import type { ByteString } from '../../../core/base/bytes.ts';
import type { LeaseRef, MemberRef, RevisionRef } from '../symbolic.ts';

/** Few keys, so that operations meet; with bytes that text can't hold, and keys that are prefixes of others. */
export const keys = ['a', 'a\0', 'ab', 'b', 'c', '\0', '\xff', '\xff\xff'] as ByteString[];
export const key = fc.constantFrom(...keys);
/** The empty key, which most requests refuse, comes rarely. */
export const anyKey = fc.oneof(
  { weight: 40, arbitrary: key },
  { weight: 1, arbitrary: fc.constant('' as ByteString) },
);
/** Ends below the key, equal to it, behind all keys, and the open one. */
export const rangeEnd = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...(['\0', 'b', 'd', ''] as ByteString[])) },
  { weight: 2, arbitrary: key },
);
export const value = fc.constantFrom(...(['', '0', '1', 'xy', '\x80\xfe', 'v'.repeat(200)] as ByteString[]));

const near = (base: RevisionRef['base'], min: number, max: number): fc.Arbitrary<RevisionRef> =>
  fc.integer({ min, max }).map((plus): RevisionRef => ({ ref: 'revision', base, plus }));

/** Present, old, compacted, future, none, negative. */
export const revision: fc.Arbitrary<number | RevisionRef> = fc.oneof(
  { weight: 6, arbitrary: near('current', -8, 0) },
  { weight: 2, arbitrary: near('compacted', -2, 3) },
  { weight: 1, arbitrary: near('current', 1, 2) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 2, -1, -7) },
);

export const lease: fc.Arbitrary<bigint | LeaseRef> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.integer({ min: 0, max: 5 }).map((index): LeaseRef => ({ ref: 'lease', index })),
  },
  { weight: 1, arbitrary: fc.constantFrom(0n, 1n, 2n, 77n, -1n) },
);

export const member: fc.Arbitrary<bigint | MemberRef> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.integer({ min: 0, max: 2 }).map((index): MemberRef => ({ ref: 'member', index })),
  },
  { weight: 1, arbitrary: fc.constantFrom(0n, 77n) },
);

export const yes = fc.constant(true);
