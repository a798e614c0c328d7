import { unreachable } from '../../base/assert.ts';
import { compareNumbers, compareStrings, emptyByteString } from '../../base/bytes.ts';
import type { KeyValue, ReadView } from '../../mvcc/index.ts';
import { keyRange } from '../../mvcc/index.ts';
import type { RangeRequest, RangeResponse, SortTarget } from '../api/messages.ts';
import { revisionHeader } from '../api/messages.ts';

/** Answers a range whose revision is readable. */
export function executeRange(view: ReadView, request: RangeRequest): RangeResponse {
  const limit = Math.max(request.limit ?? 0, 0);
  // What filters and sorts needs all pairs; else one more than the limit tells whether there are more.
  const needsAll = (request.sort_order ?? 'NONE') !== 'NONE' || hasFilter(request);
  const found = view.range(keyRange(request.key, request.range_end), {
    revision: request.revision ?? 0,
    limit: needsAll || limit === 0 ? 0 : limit + 1,
    countOnly: request.count_only === true,
  });
  const wanted = hasFilter(request) ? found.kvs.filter((kv) => passes(kv, request)) : found.kvs;
  sortPairs(wanted, request);
  const more = limit > 0 && wanted.length > limit;
  const kvs = more ? wanted.slice(0, limit) : wanted;
  return {
    header: revisionHeader(found.revision),
    kvs: request.keys_only === true ? kvs.map(withoutValue) : kvs,
    more,
    count: found.count,
  };
}

function hasFilter(request: RangeRequest): boolean {
  return (
    (request.min_mod_revision ?? 0) !== 0 ||
    (request.max_mod_revision ?? 0) !== 0 ||
    (request.min_create_revision ?? 0) !== 0 ||
    (request.max_create_revision ?? 0) !== 0
  );
}

function passes(kv: KeyValue, request: RangeRequest): boolean {
  return (
    within(kv.mod_revision, request.min_mod_revision, request.max_mod_revision) &&
    within(kv.create_revision, request.min_create_revision, request.max_create_revision)
  );
}

/** Both bounds are inclusive; 0 is no bound. */
function within(revision: number, min = 0, max = 0): boolean {
  return (min === 0 || revision >= min) && (max === 0 || revision <= max);
}

// A target other than the key sorts ascending even if no order is asked for, but, as in etcd, after the limit was applied.
// Ties stay in key order either way; etcd leaves them open above a dozen pairs.
function sortPairs(kvs: KeyValue[], request: RangeRequest): void {
  const target = request.sort_target ?? 'KEY';
  const order = request.sort_order ?? 'NONE';
  if (order === 'NONE' && target === 'KEY') return;
  const sign = order === 'DESCEND' ? -1 : 1;
  kvs.sort((a, b) => sign * compareBy(target, a, b) || compareStrings(a.key, b.key));
}

function compareBy(target: SortTarget, a: KeyValue, b: KeyValue): number {
  switch (target) {
    case 'KEY':
      return compareStrings(a.key, b.key);
    case 'VERSION':
      return compareNumbers(a.version, b.version);
    case 'CREATE':
      return compareNumbers(a.create_revision, b.create_revision);
    case 'MOD':
      return compareNumbers(a.mod_revision, b.mod_revision);
    case 'VALUE':
      return compareStrings(a.value, b.value);
    default:
      return unreachable(target);
  }
}

function withoutValue(kv: KeyValue): KeyValue {
  return { ...kv, value: emptyByteString };
}
