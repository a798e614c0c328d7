import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import type { MvccStore } from '../../core/mvcc/index.ts';
import { errors, withMember } from '../../core/server/api/index.ts';
import type { ClientResponse, PutRequest, RangeRequest } from '../../core/server/api/index.ts';
import { applyRequest, isReadOnly } from '../../core/server/apply/index.ts';
import { newStore } from '../mvcc/support.ts';

const text = fromText;

function put(store: MvccStore, key: string, value = '', more: Partial<PutRequest> = {}): ClientResponse {
  return applyRequest(store, { kind: 'put', put: { key: text(key), value: text(value), ...more } });
}

function range(store: MvccStore, more: Partial<RangeRequest> = {}): ClientResponse {
  const all = { key: '\0' as ByteString, range_end: '\0' as ByteString };
  return applyRequest(store, { kind: 'range', range: { ...all, ...more } });
}

function keysOf(response: ClientResponse): string {
  return response.kind === 'range' ? response.range.kvs.map((kv) => kv.key).join('') : response.kind;
}

/** b (2), a (3), c (4), b (5): versions a 1, b 2, c 1. */
function filled(): MvccStore {
  const store = newStore();
  put(store, 'b', 'x');
  put(store, 'a', 'y');
  put(store, 'c', 'x');
  put(store, 'b', 'z');
  return store;
}

describe('apply range', () => {
  it('reads an old revision, with the present one in the header', () => {
    const response = range(filled(), { revision: 3 });
    expect(response).toMatchObject({ range: { header: { revision: 5 }, count: 2, more: false } });
    expect(keysOf(response)).toBe('ab');
  });

  it('refuses a future revision and takes negative ones for now', () => {
    expect(range(filled(), { revision: 6 })).toBe(errors.futureRevision);
    expect(keysOf(range(filled(), { revision: -3 }))).toBe('abc');
  });

  it('says that there is more, and counts all', () => {
    expect(range(filled(), { limit: 2 })).toMatchObject({ range: { more: true, count: 3 } });
    expect(keysOf(range(filled(), { limit: 2 }))).toBe('ab');
    expect(range(filled(), { limit: 3 })).toMatchObject({ range: { more: false, count: 3 } });
    expect(range(filled(), { limit: 1, count_only: true })).toMatchObject({
      range: { kvs: [], more: false, count: 3 },
    });
  });

  it('sorts by every target, ties in key order', () => {
    const order = (sort_target: 'KEY' | 'VERSION' | 'CREATE' | 'MOD' | 'VALUE', down = false): string =>
      keysOf(range(filled(), { sort_target, sort_order: down ? 'DESCEND' : 'ASCEND' }));
    expect([order('KEY'), order('KEY', true)]).toEqual(['abc', 'cba']);
    expect([order('VERSION'), order('VERSION', true)]).toEqual(['acb', 'bac']);
    expect([order('CREATE'), order('CREATE', true)]).toEqual(['bac', 'cab']);
    expect([order('MOD'), order('MOD', true)]).toEqual(['acb', 'bca']);
    expect([order('VALUE'), order('VALUE', true)]).toEqual(['cab', 'bac']);
  });

  it('limits after sorting if an order is given, before if only a target is', () => {
    expect(keysOf(range(filled(), { sort_target: 'CREATE', sort_order: 'DESCEND', limit: 1 }))).toBe('c');
    expect(keysOf(range(filled(), { sort_target: 'CREATE', limit: 1 }))).toBe('b');
    expect(keysOf(range(filled(), { sort_target: 'MOD', limit: 1 }))).toBe('a');
  });

  it('filters by revisions, and counts as if it did not', () => {
    expect(keysOf(range(filled(), { min_mod_revision: 4 }))).toBe('bc');
    expect(keysOf(range(filled(), { max_mod_revision: 4 }))).toBe('ac');
    expect(keysOf(range(filled(), { min_create_revision: 3 }))).toBe('ac');
    expect(keysOf(range(filled(), { max_create_revision: 3 }))).toBe('ab');
    const response = range(filled(), { min_mod_revision: 3, max_mod_revision: 4, limit: 1 });
    expect(response).toMatchObject({ range: { kvs: [{ key: 'a' }], more: true, count: 3 } });
  });

  it('leaves out values if only keys are wanted', () => {
    const response = range(filled(), { keys_only: true });
    expect(response).toMatchObject({ range: { kvs: [{ value: '' }, { value: '' }, { value: '' }] } });
    expect(keysOf(range(filled(), { keys_only: true, sort_target: 'VALUE', sort_order: 'DESCEND' }))).toBe(
      'bac',
    );
  });
});

describe('apply put and delete', () => {
  it('gives the previous pair only if asked and there was one', () => {
    const store = newStore();
    expect(put(store, 'a', '1', { prev_kv: true })).toEqual({
      kind: 'put',
      put: { header: { cluster_id: 0n, member_id: 0n, revision: 2, raft_term: 0 } },
    });
    expect(put(store, 'a', '2', { prev_kv: true })).toMatchObject({
      put: { header: { revision: 3 }, prev_kv: { value: '1', version: 1, mod_revision: 2 } },
    });
    expect(put(store, 'a', '3')).not.toHaveProperty('put.prev_kv');
  });

  it('keeps value or lease if asked, and fails without a key to keep them from', () => {
    const store = newStore();
    const leases = new Set([7n]);
    expect(put(store, 'a', '', { ignore_value: true })).toBe(errors.keyNotFound);
    expect(put(store, 'a', '1', { ignore_lease: true })).toBe(errors.keyNotFound);
    expect(store.currentRevision).toBe(1);
    applyRequest(store, { kind: 'put', put: { key: text('a'), value: text('1'), lease: 7n } }, leases);
    const kept = put(store, 'a', '', { ignore_value: true, ignore_lease: true });
    expect(kept).not.toHaveProperty('put.prev_kv');
    expect(range(store)).toMatchObject({ range: { kvs: [{ value: '1', lease: 7n, version: 2 }] } });
    put(store, 'a', '', { ignore_value: true });
    expect(range(store)).toMatchObject({ range: { kvs: [{ value: '1', lease: 0n, version: 3 }] } });
  });

  it('refuses a lease that is not there', () => {
    const store = newStore();
    expect(put(store, 'a', '1', { lease: 7n })).toBe(errors.leaseNotFound);
    expect(put(store, 'a', '', { lease: 7n, ignore_value: true })).toBe(errors.leaseNotFound);
    expect(store.currentRevision).toBe(1);
  });

  it('deletes a range, counts it and gives the pairs back if asked', () => {
    const store = filled();
    const request = { key: text('a'), range_end: text('c'), prev_kv: true };
    expect(applyRequest(store, { kind: 'delete_range', delete_range: request })).toMatchObject({
      delete_range: {
        header: { revision: 6 },
        deleted: 2,
        prev_kvs: [{ key: 'a' }, { key: 'b', value: 'z' }],
      },
    });
    expect(applyRequest(store, { kind: 'delete_range', delete_range: request })).toMatchObject({
      delete_range: { header: { revision: 6 }, deleted: 0, prev_kvs: [] },
    });
    expect(keysOf(range(store))).toBe('c');
  });
});

describe('responses and requests', () => {
  it('get their member in the outermost header only', () => {
    const store = newStore();
    const member = { cluster_id: 1n, member_id: 2n, raft_term: 3 };
    const nested = applyRequest(store, {
      kind: 'txn',
      txn: { compare: [], success: [{ kind: 'put', put: { key: text('a') } }], failure: [] },
    });
    expect(withMember(nested, member)).toMatchObject({
      txn: {
        header: { ...member, revision: 2 },
        responses: [{ put: { header: { cluster_id: 0n, member_id: 0n, revision: 2, raft_term: 0 } } }],
      },
    });
    const remove = applyRequest(store, { kind: 'delete_range', delete_range: { key: text('a') } });
    for (const response of [put(store, 'a'), range(store), remove]) {
      expect(withMember(response, member)).toMatchObject({ [response.kind]: { header: member } });
    }
    expect(withMember(errors.timeout, member)).toBe(errors.timeout);
    const headless: ClientResponse = { kind: 'defragment', defragment: {} };
    expect(withMember(headless, member)).toBe(headless);
  });

  it('count as read-only if they are ranges or txns of ranges, but not with a txn inside', () => {
    const get = { kind: 'range', range: { key: text('a') } } as const;
    const empty = { compare: [], success: [], failure: [] };
    expect(isReadOnly(get)).toBe(true);
    expect(isReadOnly({ kind: 'txn', txn: { ...empty, success: [get], failure: [get] } })).toBe(true);
    expect(isReadOnly({ kind: 'put', put: { key: text('a') } })).toBe(false);
    const write = { kind: 'delete_range', delete_range: { key: text('a') } } as const;
    expect(isReadOnly({ kind: 'txn', txn: { ...empty, failure: [write] } })).toBe(false);
    expect(isReadOnly({ kind: 'txn', txn: { ...empty, success: [{ kind: 'txn', txn: empty }] } })).toBe(
      false,
    );
  });
});
