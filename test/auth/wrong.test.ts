/** What implementations of etcd's auth got wrong, one test each. */
import { describe, expect, it } from 'vitest';
import { authErrors, JwtTokens, unprotectedHasher } from '../../core/auth/index.ts';
import { ConsistentIndex } from '../../core/backend/index.ts';
import { nsPerSecond } from '../../core/limits.ts';
import type { RequestOp, TxnRequest } from '../../core/server/api/kv.ts';
import { checkAuth } from '../../core/server/apply/auth.ts';
import { AuthBench, done, errorOf, permission, text, user, valueOf } from './support.ts';
import { toySigner } from './toy_signer.ts';

function put(key: string, more: { prev_kv?: boolean; lease?: bigint } = {}): RequestOp {
  return { kind: 'put', put: { key: text(key), ...more } };
}

function txn(parts: Partial<TxnRequest>): RequestOp {
  return { kind: 'txn', txn: { compare: [], success: [], failure: [], ...parts } };
}

describe('the auth revision', () => {
  it('starts at 1; every change adds 1 except enabling; disabling adds 1', () => {
    const { auth } = new AuthBench();
    const steps: [string, () => string | null][] = [
      ['1', () => null],
      ['2', () => auth.userAdd(user('root', 'pw'))],
      ['3', () => auth.userGrantRole(text('root'), text('root'))],
      ['4', () => auth.roleAdd(text('r'))],
      ['5', () => auth.roleGrantPermission(text('r'), permission('READ', 'a'))],
      ['6', () => auth.roleRevokePermission(text('r'), text('a'), text(''))],
      ['6', () => auth.enable()],
      ['6', () => auth.enable()],
      ['7', () => auth.userAdd(user('ann', 'pw'))],
      ['8', () => auth.userChangePassword(text('ann'), text('hash'))],
      ['9', () => auth.userGrantRole(text('ann'), text('r'))],
      ['9', () => auth.userGrantRole(text('ann'), text('r'))],
      ['10', () => auth.userRevokeRole(text('ann'), text('r'))],
      ['11', () => auth.roleDelete(text('r'))],
      ['12', () => auth.userDelete(text('ann'))],
      ['13', () => auth.disable()],
      ['13', () => auth.disable()],
    ];
    for (const [revision, step] of steps) {
      expect(step()).toBe(null);
      expect(String(auth.revision)).toBe(revision);
    }
    expect(auth.userDelete(text('ann'))).toBe('userNotFound');
    expect(auth.revision).toBe(13);
  });
});

describe('tokens', () => {
  it("a token's revision is frozen at admission and compared at apply", () => {
    const bench = new AuthBench();
    bench.enable();
    bench.addUserWith('ann', permission('READWRITE', 'a', 'c'));
    const { auth } = bench;
    const token = valueOf(auth.authenticate(text('ann'), auth.newSimpleToken(), 9, 0));
    const admitted = valueOf(auth.authInfo(token, 0));
    expect(auth.checkPut(admitted, text('a'))).toBe(null);
    // Between admission and apply a permission goes; some other one would do.
    done(auth.roleAdd(text('unrelated')));
    expect(auth.checkPut(admitted, text('a'))).toBe('authOldRevision');
    expect(auth.checkRange(admitted, text('a'))).toBe('authOldRevision');
    expect(auth.checkDeleteRange(admitted, text('a'))).toBe('authOldRevision');
    expect(authErrors.authOldRevision.message).toBe('etcdserver: revision of auth store is old');
    // The same token, admitted again.
    expect(auth.checkPut(valueOf(auth.authInfo(token, 0)), text('a'))).toBe(null);
  });

  it('Authenticate: the password is compared outside of the log, at a revision that shows whether it changed meanwhile', () => {
    const bench = new AuthBench();
    bench.enable();
    bench.addUser('ann', 'old');
    const { auth } = bench;
    const compared = valueOf(auth.checkPassword(text('ann'), text('old')));
    expect(compared).toBe(auth.revision);
    done(auth.userChangePassword(text('ann'), unprotectedHasher.hash(text('new'))));
    // Applying does not compare it again, so the caller must see that the revision moved, and start over.
    expect(errorOf(auth.authenticate(text('ann'), auth.newSimpleToken(), 9, 0))).toBe(null);
    expect(auth.revision).not.toBe(compared);
    expect(errorOf(auth.checkPassword(text('ann'), text('old')))).toBe('authFailed');
    expect(valueOf(auth.checkPassword(text('ann'), text('new')))).toBe(auth.revision);
  });

  it('a simple token is 16 letters, a dot and the raft index, and each member keeps its own', () => {
    const members = [new AuthBench(), new AuthBench()];
    for (const { auth } of members) {
      done(auth.userAdd(user('root', 'pw')));
      done(auth.userGrantRole(text('root'), text('root')));
      done(auth.enable());
    }
    const [a, b] = members as [AuthBench, AuthBench];
    const letters = a.auth.newSimpleToken();
    const token = valueOf(a.auth.authenticate(text('root'), letters, 77, 0));
    expect(token).toMatch(/^[a-zA-Z]{16}\.77$/);
    expect(valueOf(a.auth.authInfo(token, 0))).toEqual({ username: 'root', revision: 3 });
    // The other one has not applied the entry.
    expect(errorOf(b.auth.authInfo(token, 0))).toBe('invalidAuthToken');
    expect(valueOf(b.auth.authenticate(text('root'), letters, 77, 0))).toBe(token);
    expect(valueOf(b.auth.authInfo(token, 0))).toEqual({ username: 'root', revision: 3 });
  });

  it('a simple token lasts 300 s, and each use starts them anew', () => {
    const bench = new AuthBench();
    bench.enable();
    const { auth } = bench;
    const token = valueOf(auth.authenticate(text('root'), auth.newSimpleToken(), 9, 0));
    const at = (seconds: number): string | null => errorOf(auth.authInfo(token, seconds * nsPerSecond));
    expect(at(299)).toBe(null);
    expect(at(299 + 299)).toBe(null);
    expect(at(299 + 299 + 300)).toBe('invalidAuthToken');
    expect(at(299 + 299)).toBe('invalidAuthToken');
  });

  it('a simple token must not be judged before its index is applied', () => {
    const { auth } = new AuthBench();
    expect(auth.awaitedIndex(text('abcdefghijklmnop.4711'))).toBe(4711);
    for (const junk of ['', 'abc', 'abc.', 'abc.x', 'abc.1.2', 'abc.99999999999999999999', 'abc.-1']) {
      expect(auth.awaitedIndex(text(junk))).toBe(0);
    }
  });

  it('a JWT carries user and revision, so any change to auth makes it stale', () => {
    const tokens = new JwtTokens({ signer: toySigner('key'), originUnixSeconds: 1_700_000_000 });
    const bench = new AuthBench(undefined, tokens);
    bench.enable();
    bench.addUserWith('ann', permission('READ', 'a'));
    const { auth } = bench;
    const token = valueOf(auth.authenticate(text('ann'), auth.newSimpleToken(), 9, 0));
    const info = valueOf(auth.authInfo(token, 0));
    expect(info).toEqual({ username: 'ann', revision: auth.revision });
    expect(auth.checkRange(info, text('a'))).toBe(null);
    done(auth.roleAdd(text('unrelated')));
    expect(valueOf(auth.authInfo(token, 0))).toEqual(info);
    expect(auth.checkRange(info, text('a'))).toBe('authOldRevision');
  });

  it('tokens are in use again after a snapshot and after a start (etcd issue 13172)', () => {
    const bench = new AuthBench();
    bench.enable();
    bench.restart();
    const root = { username: text('root'), revision: bench.auth.revision };
    expect(valueOf(bench.auth.rootInfo())).toEqual(root);
    const fresh = new AuthBench();
    expect(valueOf(fresh.auth.rootInfo())).toBe(null);
    fresh.auth.recover(bench.backend);
    expect(valueOf(fresh.auth.rootInfo())).toEqual(root);
    const token = valueOf(fresh.auth.authenticate(text('root'), fresh.auth.newSimpleToken(), 9, 0));
    expect(valueOf(fresh.auth.authInfo(token, 0))).toEqual(root);
  });
});

describe('permissions', () => {
  it('are intervals, joined over all roles; a range must lie within as a whole', () => {
    const bench = new AuthBench();
    bench.enable();
    bench.addUserWith('ann', permission('READ', 'a', 'c'), permission('READWRITE', 'e'));
    bench.addRole('more', permission('READ', 'c', 'd'));
    const range = (low: string, high: string): string | null =>
      bench.auth.checkRange(bench.as('ann'), text(low), text(high));
    expect(range('a', 'd')).toBe('permissionDenied');
    done(bench.auth.userGrantRole(text('ann'), text('more')));
    expect(range('a', 'd')).toBe(null);
    expect(range('a', 'd\0')).toBe('permissionDenied');
    expect(range('b', 'e')).toBe('permissionDenied');
    expect(range('e', '')).toBe(null);
    expect(bench.auth.checkPut(bench.as('ann'), text('a'))).toBe('permissionDenied');
    expect(bench.auth.checkPut(bench.as('ann'), text('e'))).toBe(null);
    expect(bench.auth.checkDeleteRange(bench.as('ann'), text('e'), text('e\0'))).toBe(null);
    expect(bench.auth.checkDeleteRange(bench.as('ann'), text('e'), text('f'))).toBe('permissionDenied');
  });

  it('the end "\\0" is no end, for a request and for a permission (GHSA-xg4h-6gfc-h4m8)', () => {
    const bench = new AuthBench();
    bench.enable();
    bench.addUserWith('point', permission('READWRITE', 'a'));
    bench.addUserWith('open', permission('READWRITE', 'a', '\0'));
    for (const check of ['checkRange', 'checkDeleteRange'] as const) {
      expect(bench.auth[check](bench.as('point'), text('a'), text('\0'))).toBe('permissionDenied');
      expect(bench.auth[check](bench.as('open'), text('a'), text('\0'))).toBe(null);
      expect(bench.auth[check](bench.as('open'), text('b'), text('zz'))).toBe(null);
      expect(bench.auth[check](bench.as('open'), text('\0'), text('\0'))).toBe('permissionDenied');
    }
  });

  it('who has the role root may do everything', () => {
    const bench = new AuthBench();
    bench.enable();
    bench.addUser('ann');
    expect(bench.auth.checkPut(bench.as('root'), text('a'))).toBe(null);
    expect(bench.auth.checkRange(bench.as('root'), text('a'), text('\0'))).toBe(null);
    expect(bench.auth.checkAdmin(bench.as('ann'))).toBe('permissionDenied');
    done(bench.auth.userGrantRole(text('ann'), text('root')));
    expect(bench.auth.checkDeleteRange(bench.as('ann'), text('a'), text('\0'))).toBe(null);
    expect(bench.auth.checkAdmin(bench.as('ann'))).toBe(null);
  });

  it('granting on the same keys again replaces the type', () => {
    const { auth } = new AuthBench();
    done(auth.roleAdd(text('r')));
    for (const each of [
      permission('READ', 'a', 'c'),
      permission('READ', 'a'),
      permission('READ', 'a', 'b'),
      permission('WRITE', 'a', 'b'),
      permission('READWRITE', 'a'),
    ]) {
      done(auth.roleGrantPermission(text('r'), each));
    }
    expect(valueOf(auth.roleGet(text('r')))).toEqual([
      permission('READ', 'a', 'c'),
      permission('READWRITE', 'a'),
      permission('WRITE', 'a', 'b'),
    ]);
  });

  it('the cache is made anew at start and from a snapshot (etcd issue 14571)', () => {
    const bench = new AuthBench();
    bench.enable();
    bench.addUserWith('ann', permission('READ', 'a'));
    bench.restart();
    expect(bench.auth.checkRange(bench.as('ann'), text('a'))).toBe(null);
    expect(bench.auth.checkPut(bench.as('ann'), text('a'))).toBe('permissionDenied');
    const other = new AuthBench();
    other.auth.recover(bench.backend);
    expect(other.auth.checkRange(bench.as('ann'), text('a'))).toBe(null);
    expect(other.auth.checkPut(bench.as('ann'), text('a'))).toBe('permissionDenied');
  });
});

it('enabling needs the user root with the role root', () => {
  const { auth } = new AuthBench();
  expect(auth.enable()).toBe('rootUserNotExist');
  done(auth.userAdd(user('root', 'pw')));
  expect(auth.enable()).toBe('rootRoleNotExist');
  expect([auth.enabled, auth.revision]).toEqual([false, 2]);
  done(auth.userGrantRole(text('root'), text('root')));
  expect(auth.enable()).toBe(null);
  expect(auth.status()).toEqual({ enabled: true, authRevision: 3 });
});

it('a change is saved with its position in the log, and is not made again (etcd issue 11651)', () => {
  const index = new ConsistentIndex();
  const bench = new AuthBench(index);
  let position = 0;
  const apply = (operation: () => string | null): void => {
    index.stage({ index: ++position, term: 1 });
    done(operation());
    bench.commit();
    const saved = new ConsistentIndex();
    const view = bench.backend.read();
    saved.load(view);
    view.end();
    expect(saved.position).toEqual({ index: position, term: 1 });
  };
  const { auth } = bench;
  apply(() => auth.userAdd(user('root', 'pw')));
  apply(() => auth.userChangePassword(text('root'), text('hash')));
  apply(() => auth.userGrantRole(text('root'), text('root')));
  apply(() => auth.roleAdd(text('r')));
  apply(() => auth.roleGrantPermission(text('r'), permission('READ', 'a')));
  apply(() => auth.roleRevokePermission(text('r'), text('a'), text('')));
  apply(() => auth.enable());
  apply(() => auth.disable());
  apply(() => auth.userRevokeRole(text('root'), text('root')));
  apply(() => auth.roleDelete(text('r')));
  apply(() => auth.userDelete(text('root')));
});

describe('requests: everything in them is checked (CVE-2026-33343)', () => {
  const noKeys = (): readonly never[] => [];

  function bench(): AuthBench {
    const made = new AuthBench();
    made.enable();
    made.addUserWith('writer', permission('WRITE', 'w', 'x'));
    made.addUserWith('reader', permission('READ', 'r', 's'));
    return made;
  }

  function verdict(made: AuthBench, name: string, request: RequestOp): string | null {
    return checkAuth(made.auth, made.as(name), request, noKeys);
  }

  it('compares, both branches, and nested txns at any depth', () => {
    const made = bench();
    const compare = { target: 'VERSION', result: 'EQUAL', version: 0, key: text('r') } as const;
    const read: RequestOp = { kind: 'range', range: { key: text('r') } };
    expect(verdict(made, 'reader', txn({ compare: [compare], success: [read], failure: [read] }))).toBe(null);
    expect(verdict(made, 'writer', txn({ success: [put('w')], failure: [put('w')] }))).toBe(null);
    const forbidden = [
      txn({ compare: [compare] }),
      txn({ success: [read] }),
      txn({ failure: [read] }),
      txn({ success: [put('a')] }),
      txn({ failure: [{ kind: 'delete_range', delete_range: { key: text('w'), range_end: text('\0') } }] }),
    ];
    for (const request of forbidden) {
      expect(verdict(made, 'writer', request)).toBe('permissionDenied');
      expect(verdict(made, 'writer', txn({ success: [put('w'), request] }))).toBe('permissionDenied');
      expect(verdict(made, 'writer', txn({ failure: [txn({ failure: [request] })] }))).toBe(
        'permissionDenied',
      );
    }
    expect(verdict(made, 'writer', txn({ success: [txn({ failure: [put('w')] })] }))).toBe(null);
  });

  it('a compare over a range must be readable as a whole', () => {
    const made = bench();
    const over = (range_end: string): RequestOp =>
      txn({
        compare: [
          { target: 'MOD', result: 'EQUAL', mod_revision: 0, key: text('r'), range_end: text(range_end) },
        ],
      });
    expect(verdict(made, 'reader', over('s'))).toBe(null);
    expect(verdict(made, 'reader', over('t'))).toBe('permissionDenied');
    expect(verdict(made, 'reader', over('\0'))).toBe('permissionDenied');
  });

  it('the previous pair is read, alone and in a txn', () => {
    const made = bench();
    made.addUserWith('both', permission('READWRITE', 'w', 'x'));
    const deletion = (prev_kv: boolean): RequestOp => ({
      kind: 'delete_range',
      delete_range: { key: text('w'), range_end: text('x'), prev_kv },
    });
    for (const wrap of [(op: RequestOp) => op, (op: RequestOp) => txn({ success: [op] })]) {
      expect(verdict(made, 'writer', wrap(put('w', { prev_kv: false })))).toBe(null);
      expect(verdict(made, 'writer', wrap(put('w', { prev_kv: true })))).toBe('permissionDenied');
      expect(verdict(made, 'writer', wrap(deletion(false)))).toBe(null);
      expect(verdict(made, 'writer', wrap(deletion(true)))).toBe('permissionDenied');
      expect(verdict(made, 'both', wrap(put('w', { prev_kv: true })))).toBe(null);
      expect(verdict(made, 'both', wrap(deletion(true)))).toBe(null);
    }
  });

  it('a put to a lease, and the end of one, needs all of its keys', () => {
    const made = bench();
    const attached = new Map([
      [1n, [text('w1'), text('w2')]],
      [2n, [text('w1'), text('a')]],
      [3n, [text('r')]],
    ]);
    const keysOf = (lease: bigint): readonly ReturnType<typeof text>[] => attached.get(lease) ?? [];
    const asWriter = (request: Parameters<typeof checkAuth>[2]): string | null =>
      checkAuth(made.auth, made.as('writer'), request, keysOf);
    for (const wrap of [(op: RequestOp) => op, (op: RequestOp) => txn({ failure: [op] })]) {
      expect(asWriter(wrap(put('w', { lease: 1n })))).toBe(null);
      expect(asWriter(wrap(put('w', { lease: 2n })))).toBe('permissionDenied');
      // Whether there is such a lease is for apply to say.
      expect(asWriter(wrap(put('w', { lease: 99n })))).toBe(null);
    }
    expect(asWriter({ kind: 'lease_revoke', lease_revoke: { ID: 1n } })).toBe(null);
    expect(asWriter({ kind: 'lease_revoke', lease_revoke: { ID: 2n } })).toBe('permissionDenied');
    const timeToLive = (ID: bigint, keys: boolean): string | null =>
      checkAuth(
        made.auth,
        made.as('reader'),
        { kind: 'lease_time_to_live', lease_time_to_live: { ID, keys } },
        keysOf,
      );
    expect([timeToLive(1n, false), timeToLive(3n, true), timeToLive(1n, true)]).toEqual([
      null,
      null,
      'permissionDenied',
    ]);
  });
});

it('a user whose tokens were kept past the end of the user can do nothing', () => {
  const bench = new AuthBench();
  bench.enable();
  bench.addUserWith('ann', permission('READ', 'a'));
  const stale = { username: text('ann'), revision: bench.auth.revision + 1 };
  done(bench.auth.userDelete(text('ann')));
  expect(bench.auth.checkRange(stale, text('a'))).toBe('permissionDenied');
});
