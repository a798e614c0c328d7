import { compareStrings } from '../../base/bytes.ts';
import type { KeyValue, ReadView } from '../../mvcc/index.ts';
import { keyRange, noLease } from '../../mvcc/index.ts';
import { emptyByteString } from '../../base/bytes.ts';
import { unreachable } from '../../base/assert.ts';
import type { Compare, CompareResult } from '../api/messages.ts';

/** True if every key of the compare's range satisfies it. */
export function holds(view: ReadView, compare: Compare): boolean {
  const { kvs } = view.range(keyRange(compare.key, compare.range_end));
  if (kvs.length > 0) return kvs.every((kv) => pairHolds(compare, kv));
  // A missing key has no value to compare, not even with the empty one; its numbers are zero.
  return compare.target !== 'VALUE' && pairHolds(compare, { ...absent, key: compare.key });
}

const absent: KeyValue = {
  key: emptyByteString,
  create_revision: 0,
  mod_revision: 0,
  version: 0,
  value: emptyByteString,
  lease: noLease,
};

function pairHolds(compare: Compare, kv: KeyValue): boolean {
  return resultHolds(compare.result, order(compare, kv));
}

/** Negative, zero or positive as the pair's field is below, at or above the given operand. */
function order(compare: Compare, kv: KeyValue): number {
  switch (compare.target) {
    case 'VERSION':
      return kv.version - compare.version;
    case 'CREATE':
      return kv.create_revision - compare.create_revision;
    case 'MOD':
      return kv.mod_revision - compare.mod_revision;
    case 'VALUE':
      return compareStrings(kv.value, compare.value);
    case 'LEASE':
      return kv.lease < compare.lease ? -1 : kv.lease > compare.lease ? 1 : 0;
    default:
      return unreachable(compare);
  }
}

function resultHolds(result: CompareResult, sign: number): boolean {
  switch (result) {
    case 'EQUAL':
      return sign === 0;
    case 'NOT_EQUAL':
      return sign !== 0;
    case 'GREATER':
      return sign > 0;
    case 'LESS':
      return sign < 0;
    default:
      return unreachable(result);
  }
}
