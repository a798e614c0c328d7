import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { errorNames, errors, grpcCodes, outcomeOf, validateRequest } from '../../core/server/api/index.ts';
import type { ClientRequest, RequestOp } from '../../core/server/api/index.ts';
import { calls, peerUrls, rootCalls } from './gateway_calls.ts';

const put = (key: string, more: object = {}): RequestOp => ({
  kind: 'put',
  put: { key: fromText(key), ...more },
});
const get = (key: string): RequestOp => ({ kind: 'range', range: { key: fromText(key) } });
const remove = (key: string, end?: string): RequestOp => ({
  kind: 'delete_range',
  delete_range: { key: fromText(key), ...(end === undefined ? undefined : { range_end: fromText(end) }) },
});
const txn = (success: RequestOp[], failure: RequestOp[] = []): RequestOp => ({
  kind: 'txn',
  txn: { compare: [], success, failure },
});
const times = (count: number, op: RequestOp): RequestOp[] => Array.from({ length: count }, () => op);

describe('validation before proposing', () => {
  it('asks for a key everywhere', () => {
    const comparing: RequestOp = {
      kind: 'txn',
      txn: {
        compare: [{ target: 'MOD', result: 'EQUAL', key: fromText(''), mod_revision: 0 }],
        success: [],
        failure: [],
      },
    };
    for (const request of [
      put(''),
      get(''),
      remove(''),
      txn([get('')]),
      txn([], [txn([put('')])]),
      comparing,
    ]) {
      expect(validateRequest(request)).toBe(errors.emptyKey);
    }
    for (const request of [put('a'), get('a'), remove('a'), txn([])])
      expect(validateRequest(request)).toBeNull();
  });

  it('refuses a value or lease together with the wish to keep the present one', () => {
    const value = fromText('v');
    expect(validateRequest(put('a', { value, ignore_value: true }))).toBe(errors.valueProvided);
    expect(validateRequest(put('a', { lease: 7n, ignore_lease: true }))).toBe(errors.leaseProvided);
    expect(validateRequest(put('a', { value, ignore_lease: true }))).toBeNull();
    expect(validateRequest(put('a', { lease: 7n, ignore_value: true }))).toBeNull();
    expect(validateRequest(txn([put('a', { value, ignore_value: true })]))).toBe(errors.valueProvided);
  });

  it('counts at most 128 operations over nesting', () => {
    expect(validateRequest(txn(times(128, get('a'))))).toBeNull();
    expect(validateRequest(txn(times(129, get('a'))))).toBe(errors.tooManyOps);
    expect(validateRequest(txn([], times(129, get('a'))))).toBe(errors.tooManyOps);
    expect(validateRequest(txn([txn(times(127, get('a')))]))).toBeNull();
    expect(validateRequest(txn([txn(times(128, get('a')))]))).toBe(errors.tooManyOps);
    // Siblings do not add up: 3 + 125 twice and thrice.
    expect(validateRequest(txn(times(3, txn(times(125, get('a'))))))).toBeNull();
    expect(validateRequest(txn(times(2, get('a'))), 1)).toBe(errors.tooManyOps);
  });
});

describe('duplicate keys', () => {
  const refused: readonly (readonly [string, RequestOp])[] = [
    ['put and put', txn([put('a'), put('a')])],
    ['put and put in failure', txn([], [put('a'), put('a')])],
    ['a put inside a delete range', txn([put('b'), remove('a', 'c')])],
    ['a delete range over a put, first', txn([remove('a', 'c'), put('b')])],
    ['a put of a deleted key', txn([remove('a'), put('a')])],
    ['a put and a nested put', txn([put('a'), txn([], [put('a')])])],
    ['puts of two nested txns', txn([txn([put('a')]), txn([], [put('a')])])],
    ['a nested delete and a put', txn([txn([remove('a', 'c')]), put('b')])],
    ['a nested put before a nested delete (etcd issue 16380)', txn([txn([put('a')]), txn([remove('a')])])],
    ['an open-ended delete and a put (etcd issue 22445)', txn([remove('a', '\0'), put('b')])],
    ['inside a nested txn', txn([txn([], [txn([put('a'), remove('a')])])])],
  ];
  it.each(refused)('refuses %s', (_name, request) => {
    expect(validateRequest(request)).toBe(errors.duplicateKey);
  });

  const allowed: readonly (readonly [string, RequestOp])[] = [
    ['overlapping deletes', txn([remove('a', 'c'), remove('b'), remove('b')])],
    ['the same key in then and else', txn([put('a')], [put('a'), remove('b', 'c')])],
    ['the same key in the branches of a nested txn', txn([txn([put('a')], [put('a')])])],
    ['put and delete in branches that exclude each other', txn([txn([put('a')], [remove('a')])])],
    ['reads of a key that is put', txn([get('a'), put('a'), get('a')])],
    ['a put at the end of a deleted range', txn([remove('a', 'c'), put('c')])],
    ['a put before an open-ended delete', txn([remove('b', '\0'), put('a')])],
  ];
  it.each(allowed)('allows %s', (_name, request) => {
    expect(validateRequest(request)).toBeNull();
  });
});

describe('other requests', () => {
  it.each(peerUrls)('the peer URL %j is taken: %s', (url, taken) => {
    const request: ClientRequest = { kind: 'member_add', member_add: { peerURLs: [fromText(url)] } };
    expect(validateRequest(request)).toBe(taken ? null : errors.memberBadUrls);
  });

  it('a new member needs a URL, and each of them must be good', () => {
    const add = (...urls: string[]): ClientRequest => ({
      kind: 'member_add',
      member_add: { peerURLs: urls.map((url) => fromText(url)) },
    });
    expect(validateRequest(add())).toBe(errors.memberBadUrls);
    expect(validateRequest(add('http://h:1', 'h:1'))).toBe(errors.memberBadUrls);
    expect(validateRequest(add('http://h:1', 'https://h:2'))).toBeNull();
  });

  it('a permission must be there', () => {
    const grant = { name: fromText('r') };
    expect(validateRequest({ kind: 'role_grant_permission', role_grant_permission: grant })).toBe(
      errors.permissionNotGiven,
    );
    const perm = { permType: 'READ', key: fromText(''), range_end: fromText('') } as const;
    expect(
      validateRequest({ kind: 'role_grant_permission', role_grant_permission: { ...grant, perm } }),
    ).toBeNull();
  });

  it('what only the state machine can judge is let through', () => {
    for (const { request, error } of [...calls, ...rootCalls]) {
      const refused = validateRequest(request);
      if (refused !== null) expect(refused, request.kind).toBe(errors[error ?? 'timeout']);
      else expect(['emptyKey', 'memberBadUrls', 'permissionNotGiven'], request.kind).not.toContain(error);
    }
  });
});

describe('errors', () => {
  it('are distinct, and start as clients expect', () => {
    const messages = errorNames.map((name) => errors[name].message);
    expect(new Set(messages).size).toBe(messages.length);
    const translated = errorNames.filter((name) => errors[name].code !== grpcCodes.UNKNOWN);
    for (const name of translated) expect(errors[name].message).toMatch(/^etcdserver: \S/);
  });

  it("have etcd's texts and codes", () => {
    expect(errors.compacted).toEqual({
      kind: 'error',
      code: 11,
      message: 'etcdserver: mvcc: required revision has been compacted',
    });
    expect(errors.futureRevision.message).toBe('etcdserver: mvcc: required revision is a future revision');
    expect(errors.futureRevision.code).toBe(grpcCodes.OUT_OF_RANGE);
    expect(errors.emptyKey).toEqual({ kind: 'error', code: 3, message: 'etcdserver: key is not provided' });
    expect(errors.leaseNotFound).toEqual({
      kind: 'error',
      code: 5,
      message: 'etcdserver: requested lease not found',
    });
    expect(errors.tooManyRequests).toEqual({
      kind: 'error',
      code: 8,
      message: 'etcdserver: too many requests',
    });
    expect(errors.timeout).toEqual({ kind: 'error', code: 14, message: 'etcdserver: request timed out' });
    expect(errors.timeoutLeaderFailure.message).toBe(
      'etcdserver: request timed out, possibly due to previous leader failure',
    );
    expect(errors.requestTooLarge).toEqual({
      kind: 'error',
      code: 3,
      message: 'etcdserver: request is too large',
    });
  });

  it('leave the outcome open exactly where a proposal may still commit', () => {
    const unknown = errorNames.filter((name) => outcomeOf(errors[name]) === 'unknown');
    expect(unknown).toEqual([
      'noSpace',
      'timeoutLeaderTransfer',
      'watchCanceled',
      'leaderChanged',
      'stopped',
      'timeout',
      'timeoutLeaderFailure',
      'timeoutConnectionLost',
      'timeoutWaitAppliedIndex',
    ]);
    expect(outcomeOf({ kind: 'error', code: 3, message: 'something else' })).toBe('unknown');
  });
});
