import * as fc from 'fast-check';
import type { ByteString } from '../../core/base/bytes.ts';
import type {
  Compare,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../../core/server/api/index.ts';

/** Few keys, so that operations meet; with bytes that text can't hold, and keys that are prefixes of others. */
export const keys = ['\0', 'a', 'a\0', 'ab', 'b', 'c', '\x7f', '\xff', '\xff\xff'] as ByteString[];
const end = fc.constantFrom(...([...keys, '\0', '\0', 'd'] as ByteString[]));
export const key = fc.constantFrom(...keys);
export const value = fc.constantFrom(...(['', '0', '1', 'xy', '\x80\xfe', 'v'.repeat(200)] as ByteString[]));

/** How far revisions in requests reach; tests of a store choose about as many as it has. */
interface Bounds {
  readonly revisionMax: number;
}

const yes = fc.constant(true);
const keyOnly: { requiredKeys: ['key'] } = { requiredKeys: ['key'] };

function revision(bounds: Bounds): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: bounds.revisionMax });
}

export function rangeRequest(bounds: Bounds): fc.Arbitrary<RangeRequest> {
  const plain = { key, range_end: end, limit: fc.integer({ min: 1, max: 6 }), keys_only: yes };
  const all = fc.record(
    {
      key,
      range_end: end,
      limit: fc.integer({ min: 1, max: 6 }),
      revision: fc.oneof({ weight: 9, arbitrary: revision(bounds) }, fc.constantFrom(-1, -2, -1000)),
      sort_order: fc.constantFrom('ASCEND', 'DESCEND'),
      sort_target: fc.constantFrom('VERSION', 'CREATE', 'MOD', 'VALUE'),
      keys_only: yes,
      count_only: yes,
      serializable: yes,
      min_mod_revision: revision(bounds),
      max_mod_revision: revision(bounds),
      min_create_revision: revision(bounds),
      max_create_revision: revision(bounds),
    },
    keyOnly,
  );
  return fc.oneof(fc.record(plain, keyOnly), all);
}

/** Most without lease: a store without leases refuses every one. */
export function putRequest(lease: fc.Arbitrary<bigint>): fc.Arbitrary<PutRequest> {
  const nonEmpty = value.filter((text) => text.length > 0);
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ key, value: nonEmpty, prev_kv: yes }, keyOnly) },
    { weight: 1, arbitrary: fc.record({ key, prev_kv: yes, ignore_value: yes, ignore_lease: yes }, keyOnly) },
    {
      weight: 1,
      arbitrary: fc.record(
        { key, value: nonEmpty, lease, prev_kv: yes, ignore_value: yes, ignore_lease: yes },
        keyOnly,
      ),
    },
  );
}

/** Ids over all 64 bits, as etcd makes them. */
export const grantedLease = 0x694d_71dd_f3a5_c20cn;
export const leaseId = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(1n, grantedLease) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((id) => id !== 0n) },
);

export const deleteRangeRequest: fc.Arbitrary<DeleteRangeRequest> = fc.record(
  { key, range_end: end, prev_kv: yes },
  keyOnly,
);

export function compare(bounds: Bounds): fc.Arbitrary<Compare> {
  const base = fc.record(
    { result: fc.constantFrom('EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'), key, range_end: end },
    { requiredKeys: ['result', 'key'] },
  );
  const number = fc.integer({ min: 0, max: bounds.revisionMax });
  const operand = fc.oneof(
    fc.record({ target: fc.constant('VERSION'), version: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ target: fc.constant('CREATE'), create_revision: number }),
    fc.record({ target: fc.constant('MOD'), mod_revision: number }),
    fc.record({ target: fc.constant('VALUE'), value }),
    fc.record({ target: fc.constant('LEASE'), lease: fc.oneof(fc.bigInt({ min: -1n, max: 1n }), leaseId) }),
  );
  return fc.tuple(base, operand).map(([common, rest]) => ({ ...common, ...rest }) as Compare);
}

export function txnRequest(bounds: Bounds, depth = 2): fc.Arbitrary<TxnRequest> {
  const ops = fc.array(requestOp(bounds, depth), { maxLength: 3 });
  return fc.record({ compare: fc.array(compare(bounds), { maxLength: 2 }), success: ops, failure: ops });
}

export function requestOp(bounds: Bounds, depth = 2): fc.Arbitrary<RequestOp> {
  const leaves: fc.WeightedArbitrary<RequestOp>[] = [
    { weight: 4, arbitrary: putRequest(leaseId).map((put) => ({ kind: 'put', put })) },
    { weight: 2, arbitrary: rangeRequest(bounds).map((range) => ({ kind: 'range', range })) },
    {
      weight: 1,
      arbitrary: deleteRangeRequest.map((delete_range) => ({ kind: 'delete_range', delete_range })),
    },
  ];
  if (depth === 0) return fc.oneof(...leaves);
  const nested = txnRequest(bounds, depth - 1).map((txn): RequestOp => ({ kind: 'txn', txn }));
  return fc.oneof(...leaves, { weight: 2, arbitrary: nested });
}
