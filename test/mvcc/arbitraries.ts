import * as fc from 'fast-check';
import type { ByteString } from '../../core/base/bytes.ts';
import { keyRange } from '../../core/mvcc/index.ts';
import type { KeyValue } from '../../core/mvcc/index.ts';
import { addPair, hashPair, newStateDigest, type StateDigest } from '../../core/mvcc/digest.ts';
import type { Change } from './model.ts';

const key = fc.constantFrom(...(['a', 'a\0', 'b', 'ba', 'c', '\xff'] as ByteString[]));
const end = fc.constantFrom(undefined, ...(['', '\0', 'a\0', 'b', 'c', '\xff'] as ByteString[]));

export const rangeOfKeys = fc.tuple(key, end).map(([low, high]) => keyRange(low, high));

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      key,
      value: key,
      lease: fc.constantFrom(0n, 0n, 7n, 1n << 62n),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), range: rangeOfKeys }) },
);

/** The changes of one transaction. */
export const writeTxn = fc.array(change, { maxLength: 5 });

export const historyOfWrites = fc.array(writeTxn, { maxLength: 25 });

export function digestOf(pairs: readonly KeyValue[]): StateDigest {
  const digest = newStateDigest();
  for (const kv of pairs) {
    const { low, high } = hashPair(kv);
    addPair(digest, low, high);
  }
  return digest;
}
