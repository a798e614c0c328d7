import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import { keyRange, type MvccStore } from '../../core/mvcc/index.ts';
import { errors } from '../../core/server/api/index.ts';
import type { ClientResponse, Compare, PutRequest, RequestOp } from '../../core/server/api/index.ts';
import { applyRequest } from '../../core/server/apply/index.ts';
import { newStore } from '../mvcc/support.ts';

const text = fromText;
const put = (key: string, value: string, more: Partial<PutRequest> = {}): RequestOp => ({
  kind: 'put',
  put: { key: text(key), value: text(value), ...more },
});
const get = (key: string, revision = 0): RequestOp => ({
  kind: 'range',
  range: { key: text(key), revision },
});
const remove = (key: string, end = ''): RequestOp => ({
  kind: 'delete_range',
  delete_range: { key: text(key), range_end: text(end) },
});
const txn = (compare: Compare[], success: RequestOp[], failure: RequestOp[] = []): RequestOp => ({
  kind: 'txn',
  txn: { compare, success, failure },
});

/** a (2) = 1, b (3) = 1, b (4) = 2. */
function filled(): MvccStore {
  const store = newStore();
  for (const request of [put('a', '1'), put('b', '1'), put('b', '2')]) applyRequest(store, request);
  return store;
}

function succeeded(store: MvccStore, compare: Compare): boolean {
  const response = applyRequest(store, txn([compare], []));
  if (response.kind !== 'txn') throw new Error(`expected a txn response, got ${response.kind}`);
  return response.txn.succeeded;
}

const exists = (key: string): Compare => ({
  target: 'VERSION',
  result: 'GREATER',
  key: text(key),
  version: 0,
});

function contents(store: MvccStore): string {
  const { kvs } = store.range(keyRange('\0' as ByteString, '\0' as ByteString));
  return kvs.map((kv) => `${kv.key}=${kv.value}@${kv.mod_revision}`).join(' ');
}

describe('txn compare', () => {
  const results = ['EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'] as const;
  const outcomes = (make: (result: Compare['result']) => Compare): string =>
    results.filter((result) => succeeded(filled(), make(result))).join(' ');

  it('has the present field left of the operator, for all targets', () => {
    const key = text('b');
    expect(outcomes((result) => ({ target: 'VERSION', result, key, version: 2 }))).toBe('EQUAL');
    expect(outcomes((result) => ({ target: 'VERSION', result, key, version: 1 }))).toBe('GREATER NOT_EQUAL');
    expect(outcomes((result) => ({ target: 'CREATE', result, key, create_revision: 4 }))).toBe(
      'LESS NOT_EQUAL',
    );
    expect(outcomes((result) => ({ target: 'MOD', result, key, mod_revision: 4 }))).toBe('EQUAL');
    expect(outcomes((result) => ({ target: 'VALUE', result, key, value: text('10') }))).toBe(
      'GREATER NOT_EQUAL',
    );
    expect(outcomes((result) => ({ target: 'LEASE', result, key, lease: 1n }))).toBe('LESS NOT_EQUAL');
  });

  it('is always false for VALUE of an absent key, and compares the rest against zero', () => {
    const key = text('nope');
    expect(outcomes((result) => ({ target: 'VALUE', result, key, value: text('') }))).toBe('');
    expect(outcomes((result) => ({ target: 'VALUE', result, key, value: text('x') }))).toBe('');
    expect(outcomes((result) => ({ target: 'VERSION', result, key, version: 0 }))).toBe('EQUAL');
    expect(outcomes((result) => ({ target: 'CREATE', result, key, create_revision: 1 }))).toBe(
      'LESS NOT_EQUAL',
    );
    expect(outcomes((result) => ({ target: 'MOD', result, key, mod_revision: -1 }))).toBe(
      'GREATER NOT_EQUAL',
    );
    expect(outcomes((result) => ({ target: 'LEASE', result, key, lease: 0n }))).toBe('EQUAL');
  });

  it('over a range requires all keys to match', () => {
    const all = { key: text('a'), range_end: text('c') };
    expect(succeeded(filled(), { target: 'MOD', result: 'GREATER', ...all, mod_revision: 1 })).toBe(true);
    expect(succeeded(filled(), { target: 'MOD', result: 'GREATER', ...all, mod_revision: 2 })).toBe(false);
    const none = { key: text('x'), range_end: text('\0') };
    expect(succeeded(filled(), { target: 'CREATE', result: 'EQUAL', ...none, create_revision: 0 })).toBe(
      true,
    );
    expect(succeeded(filled(), { target: 'VALUE', result: 'NOT_EQUAL', ...none, value: text('') })).toBe(
      false,
    );
  });

  it('takes the else branch if one of several fails', () => {
    const store = filled();
    const response = applyRequest(store, txn([exists('a'), exists('x')], [put('t', '')], [put('e', '')]));
    expect(response).toMatchObject({ txn: { succeeded: false, responses: [{ kind: 'put' }] } });
    expect(contents(store)).toBe('a=1@2 b=2@4 e=@5');
  });
});

describe('txn', () => {
  it('has one revision for all its changes, and none without a change', () => {
    const store = filled();
    const response = applyRequest(
      store,
      txn([], [get('a'), put('c', '1'), get('a'), remove('a'), remove('x')]),
    );
    const revisions = responsesOf(response).map((op) => headerOf(op));
    expect(revisions).toEqual([4, 5, 5, 5, 5]);
    expect(response).toMatchObject({ txn: { header: { revision: 5 } } });
    expect(contents(store)).toBe('b=2@4 c=1@5');
    expect(applyRequest(store, txn([], [remove('x'), get('b')]))).toMatchObject({
      txn: {
        header: { revision: 5 },
        responses: [{ delete_range: { header: { revision: 5 }, deleted: 0 } }, {}],
      },
    });
    expect(store.currentRevision).toBe(5);
  });

  it('reads its own changes, and previous pairs with them', () => {
    const store = filled();
    const response = applyRequest(
      store,
      txn([], [put('c', '1'), get('c'), txn([], [remove('c')]), get('c'), put('a', '9', { prev_kv: true })]),
    );
    expect(response).toMatchObject({
      txn: {
        responses: [
          {},
          { range: { count: 1, kvs: [{ key: 'c', value: '1', create_revision: 5 }] } },
          {
            txn: { header: { revision: 0 }, succeeded: true, responses: [{ delete_range: { deleted: 1 } }] },
          },
          { range: { count: 0 } },
          { put: { prev_kv: { value: '1' } } },
        ],
      },
    });
  });

  it('evaluates all nested branch choices up front against the state before the txn', () => {
    const store = filled();
    const inner = txn([exists('new')], [put('then', '')], [put('else', '')]);
    applyRequest(
      store,
      txn([], [put('new', ''), inner, remove('a'), txn([exists('a')], [put('had-a', '')])]),
    );
    expect(contents(store)).toBe('b=2@4 else=@5 had-a=@5 new=@5');
  });

  it('validates only the chosen path', () => {
    const bad = [put('x', '', { ignore_value: true }), get('a', 99), put('y', '', { lease: 5n })];
    expect(applyRequest(filled(), txn([exists('a')], [], bad))).toMatchObject({ kind: 'txn' });
    for (const op of bad)
      expect(applyRequest(filled(), txn([exists('x')], [], [op]))).toMatchObject({ kind: 'error' });
  });
});

describe('a txn that can not be done as a whole', () => {
  const failing: readonly (readonly [string, RequestOp, ClientResponse])[] = [
    ['ignore_value on a missing key', put('x', '', { ignore_value: true }), errors.keyNotFound],
    ['ignore_lease on a missing key', put('x', '', { ignore_lease: true }), errors.keyNotFound],
    ['a lease that is not there', put('x', '', { lease: 5n }), errors.leaseNotFound],
    ['no key and no lease', put('x', '', { lease: 5n, ignore_value: true }), errors.keyNotFound],
    ['a range at a future revision', get('a', 5), errors.futureRevision],
    ['a range at a negative, compacted revision', get('a', -2), errors.compacted],
    ['a range nested in a txn', txn([], [get('a', 99)]), errors.futureRevision],
  ];
  it.each(failing)('is not persisted in part: %s', (_name, op, error) => {
    const store = filled();
    const { digest } = store;
    expect(applyRequest(store, txn([], [put('c', '1'), remove('a'), op]))).toBe(error);
    expect(contents(store)).toBe('a=1@2 b=2@4');
    expect([store.currentRevision, store.digest]).toEqual([4, digest]);
    expect(applyRequest(store, put('c', '1'))).toMatchObject({ put: { header: { revision: 5 } } });
  });

  it('fails alike if its own delete takes the key away first, as an entry from a real etcd may', () => {
    const store = filled();
    const keep = put('b', '', { ignore_value: true });
    expect(applyRequest(store, txn([], [remove('a', '\0'), keep]))).toBe(errors.keyNotFound);
    expect(contents(store)).toBe('a=1@2 b=2@4');
    expect(applyRequest(store, txn([], [remove('a'), keep]))).toMatchObject({ kind: 'txn' });
    expect(contents(store)).toBe('b=2@5');
    expect(applyRequest(store, txn([], [keep, remove('b')]))).toMatchObject({ kind: 'txn' });
    expect(contents(store)).toBe('');
  });

  it('names the put if a put and a range fail', () => {
    const request = txn([], [get('a', 99), put('x', '', { ignore_value: true })]);
    expect(applyRequest(filled(), request)).toBe(errors.keyNotFound);
  });
});

function responsesOf(response: ClientResponse): readonly ClientResponse[] {
  return response.kind === 'txn' ? response.txn.responses : [];
}

function headerOf(response: ClientResponse): number {
  if (response.kind === 'range') return response.range.header.revision;
  if (response.kind === 'put') return response.put.header.revision;
  return response.kind === 'delete_range' ? response.delete_range.header.revision : -1;
}
