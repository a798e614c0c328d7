import type { ByteString } from '../../base/bytes.ts';
import type { KeyRange } from '../../mvcc/key_range.ts';
import { keyRange, rangeCovers } from '../../mvcc/key_range.ts';
import type { ErrorResponse } from './errors.ts';
import { errors } from './errors.ts';
import type { RequestOp, TxnRequest } from './messages.ts';

/** Keys that operations, nested txns included, may put, and ranges that they may delete. */
interface Footprint {
  readonly puts: Set<ByteString>;
  readonly deletes: KeyRange[];
}

/**
 * All changes of a txn share one revision, and a key has one value at a revision: a txn that may put a key twice, or put a key
 * that it may also delete, is refused. Deletes may overlap, and branches that exclude each other may share keys.
 *
 * Stricter than etcd in two known holes of its check: a delete that is open-ended ("\0", etcd issue 22445) counts in full, and
 * the order of nested txns does not matter (etcd issue 16380).
 */
export function checkDuplicateKeys(txn: TxnRequest): ErrorResponse | null {
  const distinct = footprintOf(txn.success) !== null && footprintOf(txn.failure) !== null;
  return distinct ? null : errors.duplicateKey;
}

/** Null if two operations of the list clash. */
function footprintOf(ops: readonly RequestOp[]): Footprint | null {
  const all: Footprint = { puts: new Set(), deletes: [] };
  for (const op of ops) {
    const footprint = footprintOfOp(op);
    if (footprint === null || clash(all, footprint)) return null;
    for (const key of footprint.puts) all.puts.add(key);
    for (const range of footprint.deletes) all.deletes.push(range);
  }
  return all;
}

function footprintOfOp(op: RequestOp): Footprint | null {
  if (op.kind === 'put') return { puts: new Set([op.put.key]), deletes: [] };
  if (op.kind === 'range') return { puts: new Set(), deletes: [] };
  if (op.kind === 'delete_range') {
    const { key, range_end } = op.delete_range;
    return { puts: new Set(), deletes: [keyRange(key, range_end)] };
  }
  const success = footprintOf(op.txn.success);
  const failure = footprintOf(op.txn.failure);
  if (success === null || failure === null) return null;
  return {
    puts: new Set([...success.puts, ...failure.puts]),
    deletes: [...success.deletes, ...failure.deletes],
  };
}

function clash(a: Footprint, b: Footprint): boolean {
  for (const key of b.puts) if (a.puts.has(key)) return true;
  return deletesAny(a.deletes, b.puts) || deletesAny(b.deletes, a.puts);
}

function deletesAny(deletes: readonly KeyRange[], puts: ReadonlySet<ByteString>): boolean {
  return deletes.some((range) => {
    for (const key of puts) if (rangeCovers(range, key)) return true;
    return false;
  });
}
