import * as fc from 'fast-check';
import type {
  Compare,
  CompactionRequest,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../../../core/server/api/index.ts';
import type { Symbolic } from '../symbolic.ts';
import { anyKey, key, lease, rangeEnd, revision, value, yes } from './values.ts';

const keyOnly: { requiredKeys: ['key'] } = { requiredKeys: ['key'] };
const limit = fc.constantFrom(0, 1, 2, 3, 7, -1);

const wholeRange = fc.record(
  {
    key: anyKey,
    range_end: rangeEnd,
    limit,
    revision,
    sort_order: fc.constantFrom('NONE', 'ASCEND', 'DESCEND'),
    sort_target: fc.constantFrom('KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE'),
    keys_only: fc.boolean(),
    count_only: yes,
    serializable: fc.boolean(),
    min_mod_revision: revision,
    max_mod_revision: revision,
    min_create_revision: revision,
    max_create_revision: revision,
  },
  keyOnly,
);

/** Few options at a time, so that one does not hide what another does. */
const plainRange = fc.oneof(
  fc.record({ key: anyKey, range_end: rangeEnd, limit }, keyOnly),
  fc.record({ key, range_end: rangeEnd, revision, serializable: yes }, keyOnly),
  fc.record(
    {
      key,
      range_end: rangeEnd,
      limit,
      sort_order: fc.constantFrom('ASCEND', 'DESCEND'),
      sort_target: fc.constantFrom('KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE'),
    },
    keyOnly,
  ),
);

export const rangeRequest = fc.oneof(plainRange, wholeRange) as fc.Arbitrary<Symbolic<RangeRequest>>;

export const putRequest: fc.Arbitrary<Symbolic<PutRequest>> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ key: anyKey, value, prev_kv: yes }, keyOnly) },
  { weight: 2, arbitrary: fc.record({ key, value, lease, prev_kv: yes }, keyOnly) },
  { weight: 1, arbitrary: fc.record({ key, prev_kv: yes, ignore_value: yes, ignore_lease: yes }, keyOnly) },
  {
    weight: 1,
    arbitrary: fc.record({ key, value, lease, prev_kv: yes, ignore_value: yes, ignore_lease: yes }, keyOnly),
  },
);

export const deleteRangeRequest: fc.Arbitrary<DeleteRangeRequest> = fc.record(
  { key: anyKey, range_end: rangeEnd, prev_kv: yes },
  keyOnly,
);

/** Leases are compared by size only with ids that both sides know: those that they choose have no common order. */
const operand = fc.oneof(
  fc.record({ target: fc.constant('VERSION'), version: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ target: fc.constant('CREATE'), create_revision: revision }),
  fc.record({ target: fc.constant('MOD'), mod_revision: revision }),
  fc.record({ target: fc.constant('VALUE'), value }),
  fc.record({ target: fc.constant('LEASE'), lease: fc.bigInt({ min: -1n, max: 3n }) }),
);

const compareByResult = fc
  .tuple(
    fc.record(
      { result: fc.constantFrom('EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'), key: anyKey, range_end: rangeEnd },
      { requiredKeys: ['result', 'key'] },
    ),
    operand,
  )
  .map(([common, rest]) => ({ ...common, ...rest }));

const compareLease = fc.record(
  {
    target: fc.constant('LEASE'),
    result: fc.constantFrom('EQUAL', 'NOT_EQUAL'),
    key,
    range_end: rangeEnd,
    lease,
  },
  { requiredKeys: ['target', 'result', 'key', 'lease'] },
);

export const compare = fc.oneof(
  { weight: 6, arbitrary: compareByResult },
  { weight: 1, arbitrary: compareLease },
) as fc.Arbitrary<Symbolic<Compare>>;

function txn(depth: number): fc.Arbitrary<Symbolic<TxnRequest>> {
  const branch = fc.array(requestOp(depth), { maxLength: 4 });
  return fc.record({ compare: fc.array(compare, { maxLength: 2 }), success: branch, failure: branch });
}

function requestOp(depth: number): fc.Arbitrary<Symbolic<RequestOp>> {
  const leaves = [
    { weight: 4, arbitrary: putRequest.map((put) => ({ kind: 'put' as const, put })) },
    { weight: 3, arbitrary: rangeRequest.map((range) => ({ kind: 'range' as const, range })) },
    {
      weight: 2,
      arbitrary: deleteRangeRequest.map((delete_range) => ({ kind: 'delete_range' as const, delete_range })),
    },
  ];
  if (depth === 0) return fc.oneof(...leaves);
  const nested = txn(depth - 1).map((inner) => ({ kind: 'txn' as const, txn: inner }));
  return fc.oneof(...leaves, { weight: 2, arbitrary: nested });
}

/** At and around the bound of 128 operations, flat and nested. */
const longTxn: fc.Arbitrary<Symbolic<TxnRequest>> = fc
  .record({ outer: fc.integer({ min: 126, max: 130 }), inner: fc.integer({ min: 0, max: 3 }) })
  .map(({ outer, inner }) => {
    const reads = (count: number): Symbolic<RequestOp>[] =>
      Array.from({ length: count }, () => ({ kind: 'range', range: { key: keyOfReads, count_only: true } }));
    const nested: Symbolic<RequestOp> = {
      kind: 'txn',
      txn: { compare: [], success: reads(inner), failure: [] },
    };
    return { compare: [], success: inner === 0 ? reads(outer) : [nested, ...reads(outer - 3)], failure: [] };
  });
const keyOfReads = 'a' as RangeRequest['key'];

/** Puts and deletes of few keys each, most of them distinct: txns that are done. */
const writingTxn: fc.Arbitrary<Symbolic<TxnRequest>> = fc
  .record({
    compare: fc.array(compare, { maxLength: 1 }),
    puts: fc.uniqueArray(putRequest, { maxLength: 4, selector: (put) => put.key }),
    reads: fc.array(rangeRequest, { maxLength: 2 }),
  })
  .map(({ compare: compares, puts, reads }) => {
    const ops: Symbolic<RequestOp>[] = [
      ...puts.map((put) => ({ kind: 'put' as const, put })),
      ...reads.map((range) => ({ kind: 'range' as const, range })),
    ];
    return { compare: compares, success: ops, failure: ops.toReversed() };
  });

export const txnRequest: fc.Arbitrary<Symbolic<TxnRequest>> = fc.oneof(
  { weight: 12, arbitrary: txn(2) },
  { weight: 12, arbitrary: writingTxn },
  { weight: 1, arbitrary: longTxn },
);

export const compactionRequest: fc.Arbitrary<Symbolic<CompactionRequest>> = fc.record(
  { revision, physical: yes },
  { requiredKeys: ['revision'] },
);
