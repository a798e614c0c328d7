import { describe, expect, it } from 'vitest';
import { authErrors, decodeUser, encodeRole, encodeUser, unprotectedHasher } from '../../core/auth/index.ts';
import { decodeRole } from '../../core/auth/records.ts';
import { Buckets } from '../../core/backend/index.ts';
import { toBytes, type ByteString } from '../../core/base/bytes.ts';
import { grpcCodes } from '../../core/server/api/errors.ts';
import {
  applyAuthRequest,
  isAuthRequest,
  withHashedPassword,
  type AuthRequest,
} from '../../core/server/apply/auth_operations.ts';
import { StorageBench } from '../backend/support.ts';
import { AuthBench, done, errorOf, permission, text, user, valueOf } from './support.ts';

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe('records', () => {
  const options = { no_password: false };

  it.each([
    // Written by an etcd 3.4.23; the password of the second is cut short.
    ['0a036e703222020801', { name: 'np2', password: '', roles: [], options: { no_password: true } }],
    ['0a016f120224321a01711a01722200', { name: 'o', password: '$2', roles: ['q', 'r'], options }],
    // Before 3.4 there were no options.
    ['0a016f12022432', { name: 'o', password: '$2', roles: [], options: null }],
  ] as const)('user %s', (hex, expected) => {
    expect(decodeUser(bytesOf(hex))).toEqual(expected);
    expect(hexOf(encodeUser(decodeUser(bytesOf(hex))))).toBe(hex);
  });

  it('role', () => {
    // Written by an etcd 3.4.23.
    const hex =
      '0a0172120012031a010012071201001a02000012061201611a0163' +
      '12050802120161120312016112061201621a016112061201621a016212071201621a020061';
    const role = decodeRole(bytesOf(hex));
    expect(hexOf(encodeRole(role))).toBe(hex);
    expect(role.name).toBe('r');
    expect(role.keyPermission.slice(1, 5)).toEqual([
      permission('READ', '', '\0'),
      permission('READ', '\0', '\0\0'),
      permission('READ', 'a', 'c'),
      permission('READWRITE', 'a'),
    ]);
  });

  it('of no known permission type are refused', () => {
    expect(() => decodeRole(bytesOf('0a017212020803'))).toThrow('permType: expected 0 to 2, found 3');
  });
});

describe('the store', () => {
  it('makes its buckets with revision 1, once', () => {
    const bench = new AuthBench();
    expect(bench.buckets()).toEqual([`${Buckets.auth}/authRevision=0000000000000001`]);
    expect(bench.backend.bucketNames()).toEqual(['auth', 'authRoles', 'authUsers']);
    bench.addUser('ann', 'pw');
    bench.restart();
    expect(bench.buckets()).toEqual([
      'auth/authRevision=0000000000000002',
      `authUsers/ann=0a03616e6e1210${Buffer.from('unprotected$7077').toString('hex')}2200`,
    ]);
  });

  it('makes them in the backend of a snapshot, too, if they are missing there', () => {
    const bench = new AuthBench();
    bench.addUser('ann');
    const empty = new StorageBench('empty').backend();
    bench.auth.recover(empty);
    expect([bench.auth.revision, bench.auth.userList()]).toEqual([1, []]);
    bench.addUser('bob');
    expect(empty.bucketNames()).toEqual(['auth', 'authRoles', 'authUsers']);
  });

  it('holds after a restart what it held before', () => {
    const bench = new AuthBench();
    bench.enable();
    bench.addUserWith('ann', permission('READ', 'a', 'c'), permission('WRITE', 'b'));
    bench.addRole('empty');
    const before = [bench.buckets(), bench.auth.status(), bench.auth.userList(), bench.auth.roleList()];
    bench.restart();
    expect([bench.buckets(), bench.auth.status(), bench.auth.userList(), bench.auth.roleList()]).toEqual(
      before,
    );
    expect(bench.auth.status()).toEqual({ enabled: true, authRevision: 9 });
    expect(valueOf(bench.auth.userGet(text('ann')))).toEqual(['ann-role']);
    expect(bench.buckets()[0]).toBe('auth/authEnabled=01');
    done(bench.auth.disable());
    bench.restart();
    expect(bench.auth.status()).toEqual({ enabled: false, authRevision: 10 });
    expect(bench.buckets()[0]).toBe('auth/authEnabled=00');
  });

  it('a refusal changes nothing', () => {
    const bench = new AuthBench();
    bench.enable();
    bench.addUserWith('ann', permission('READ', 'a'));
    const before = bench.buckets();
    const { auth } = bench;
    const refusals: readonly (string | null)[] = [
      auth.userAdd(user('', 'pw')),
      auth.userAdd(user('ann', 'pw')),
      auth.userDelete(text('bob')),
      auth.userDelete(text('root')),
      auth.userChangePassword(text('bob'), text('x')),
      auth.userGrantRole(text('bob'), text('ann-role')),
      auth.userGrantRole(text('ann'), text('nothing')),
      auth.userRevokeRole(text('bob'), text('ann-role')),
      auth.userRevokeRole(text('ann'), text('nothing')),
      auth.userRevokeRole(text('root'), text('root')),
      auth.roleAdd(text('')),
      auth.roleAdd(text('ann-role')),
      auth.roleDelete(text('nothing')),
      auth.roleDelete(text('root')),
      auth.roleGrantPermission(text('nothing'), permission('READ', 'a')),
      auth.roleGrantPermission(text('ann-role'), null),
      auth.roleGrantPermission(text('ann-role'), permission('READ', '')),
      auth.roleGrantPermission(text('ann-role'), permission('READ', 'b', 'a')),
      auth.roleRevokePermission(text('nothing'), text('a'), text('')),
      auth.roleRevokePermission(text('ann-role'), text('a'), text('b')),
      errorOf(auth.userGet(text('bob'))),
      errorOf(auth.roleGet(text('nothing'))),
    ];
    expect(refusals).toEqual([
      'userEmpty',
      'userAlreadyExist',
      'userNotFound',
      'invalidAuthManagement',
      'userNotFound',
      'userNotFound',
      'roleNotFound',
      'userNotFound',
      'roleNotGranted',
      'invalidAuthManagement',
      'roleEmpty',
      'roleAlreadyExist',
      'roleNotFound',
      'invalidAuthManagement',
      'roleNotFound',
      'permissionNotGiven',
      'invalidAuthManagement',
      'invalidAuthManagement',
      'roleNotFound',
      'permissionNotGranted',
      'userNotFound',
      'roleNotFound',
    ]);
    expect(bench.buckets()).toEqual(before);
  });

  it('root may go while auth is off', () => {
    const bench = new AuthBench();
    bench.enable();
    done(bench.auth.disable());
    done(bench.auth.userRevokeRole(text('root'), text('root')));
    done(bench.auth.userDelete(text('root')));
    expect(bench.auth.enable()).toBe('rootUserNotExist');
  });

  it('a deleted role is gone from its users, whose other roles stay', () => {
    const bench = new AuthBench();
    bench.enable();
    for (const name of ['ann', 'bob']) {
      bench.addUserWith(name, permission('READ', name));
    }
    bench.addRole('shared', permission('READ', 's'));
    for (const name of ['ann', 'bob']) done(bench.auth.userGrantRole(text(name), text('shared')));
    expect(bench.auth.checkRange(bench.as('ann'), text('s'))).toBe(null);
    done(bench.auth.roleDelete(text('shared')));
    bench.addRole('shared', permission('READ', 's'));
    for (const name of ['ann', 'bob']) {
      expect(bench.auth.checkRange(bench.as(name), text('s'))).toBe('permissionDenied');
      expect(bench.auth.checkRange(bench.as(name), text(name))).toBe(null);
      expect(valueOf(bench.auth.userGet(text(name)))).toEqual([`${name}-role`]);
    }
  });

  it('roles of a user are in byte order', () => {
    const bench = new AuthBench();
    bench.addUser('ann');
    for (const name of ['b', 'ö', 'a', 'Z']) {
      bench.addRole(name);
      done(bench.auth.userGrantRole(text('ann'), text(name)));
    }
    expect(valueOf(bench.auth.userGet(text('ann')))).toEqual(['Z', 'a', 'b', text('ö')]);
    expect(bench.auth.roleList()).toEqual(['Z', 'a', 'b', text('ö')]);
  });

  it('permissions on no key that an older etcd stored allow nothing', () => {
    const bench = new AuthBench();
    bench.enable();
    bench.addUserWith('ann');
    const tx = bench.backend.lock();
    // One on the empty key up to "\0" and one from "b" to "a".
    tx.put(Buckets.authRoles, text('ann-role'), bytesOf('0a08616e6e2d726f6c6512031a010012061201621a0161'));
    bench.backend.unlock();
    bench.restart();
    expect(valueOf(bench.auth.roleGet(text('ann-role')))).toHaveLength(2);
    expect(bench.auth.checkRange(bench.as('ann'), text('b'))).toBe('permissionDenied');
    expect(bench.auth.checkRange(bench.as('ann'), text('a'), text('\0'))).toBe('permissionDenied');
  });

  it('users may look at themselves and at their roles', () => {
    const bench = new AuthBench();
    bench.enable();
    bench.addUserWith('ann');
    bench.addUserWith('bob');
    const { auth } = bench;
    const ann = bench.as('ann');
    expect([auth.checkUserGet(ann, text('ann')), auth.checkUserGet(ann, text('bob'))]).toEqual([
      null,
      'permissionDenied',
    ]);
    expect([auth.checkRoleGet(ann, text('ann-role')), auth.checkRoleGet(ann, text('bob-role'))]).toEqual([
      null,
      'permissionDenied',
    ]);
    expect([auth.checkUserGet(null, text('ann')), auth.checkRoleGet(null, text('ann-role'))]).toEqual([
      'userEmpty',
      'userEmpty',
    ]);
    expect(auth.checkUserGet(bench.as('root'), text('bob'))).toBe(null);
  });
});

describe('errors', () => {
  it('have codes that gRPC knows and texts of their own', () => {
    const texts = Object.values(authErrors).map((each) => each.message);
    expect(new Set(texts).size).toBe(texts.length);
    for (const [name, { code, message, outcome }] of Object.entries(authErrors)) {
      const uncoded = name === 'noPasswordUser' || name === 'tokenVerifyOnly';
      expect(Object.values<number>(grpcCodes).includes(code) || code === 2).toBe(true);
      expect(message).toMatch(uncoded ? /^auth: \w/ : /^etcdserver: \w/);
      expect(code === 2).toBe(uncoded);
      expect(outcome).toBe('not-applied');
    }
  });
});

describe('requests', () => {
  const run = (bench: AuthBench, request: AuthRequest): unknown =>
    applyAuthRequest(bench.auth, withHashedPassword(bench.auth, request), 5);

  it('each does what its name says', () => {
    const bench = new AuthBench();
    const header = { cluster_id: 0n, member_id: 0n, revision: 5, raft_term: 0 };
    const a = text('a');
    const r = text('r');
    const steps: AuthRequest[] = [
      { kind: 'user_add', user_add: { name: text('root'), password: text('pw') } },
      { kind: 'user_grant_role', user_grant_role: { user: text('root'), role: text('root') } },
      { kind: 'auth_enable', auth_enable: {} },
      { kind: 'user_add', user_add: { name: a, password: text('1') } },
      { kind: 'user_change_password', user_change_password: { name: a, password: text('2') } },
      { kind: 'role_add', role_add: { name: r } },
      { kind: 'role_grant_permission', role_grant_permission: { name: r, perm: permission('READ', 'k') } },
      { kind: 'role_grant_permission', role_grant_permission: { name: r, perm: permission('READ', 'l') } },
      { kind: 'role_revoke_permission', role_revoke_permission: { role: r, key: text('l') } },
      { kind: 'user_grant_role', user_grant_role: { user: a, role: r } },
    ];
    for (const step of steps) {
      expect(isAuthRequest(step)).toBe(true);
      expect(run(bench, step)).toEqual({ kind: step.kind, [step.kind]: { header } });
    }
    expect(errorOf(bench.auth.checkPassword(a, text('1')))).toBe('authFailed');
    expect(errorOf(bench.auth.checkPassword(a, text('2')))).toBe(null);
    expect(run(bench, { kind: 'user_get', user_get: { name: a } })).toEqual({
      kind: 'user_get',
      user_get: { header, roles: ['r'] },
    });
    expect(run(bench, { kind: 'role_get', role_get: { role: r } })).toEqual({
      kind: 'role_get',
      role_get: { header, perm: [permission('READ', 'k')] },
    });
    expect(run(bench, { kind: 'user_list', user_list: {} })).toEqual({
      kind: 'user_list',
      user_list: { header, users: ['a', 'root'] },
    });
    expect(run(bench, { kind: 'role_list', role_list: {} })).toEqual({
      kind: 'role_list',
      role_list: { header, roles: ['r'] },
    });
    run(bench, { kind: 'user_revoke_role', user_revoke_role: { name: a, role: r } });
    expect(valueOf(bench.auth.userGet(a))).toEqual([]);
    run(bench, { kind: 'role_delete', role_delete: { role: r } });
    run(bench, { kind: 'user_delete', user_delete: { name: a } });
    run(bench, { kind: 'auth_disable', auth_disable: {} });
    expect([bench.auth.roleList(), bench.auth.userList(), bench.auth.enabled]).toEqual([[], ['root'], false]);
    expect(isAuthRequest({ kind: 'authenticate' })).toBe(false);
    expect(isAuthRequest({ kind: 'put' })).toBe(false);
  });

  it('refusals become the errors that clients know', () => {
    const bench = new AuthBench();
    expect(run(bench, { kind: 'role_get', role_get: { role: text('r') } })).toEqual({
      kind: 'error',
      code: 9,
      message: 'etcdserver: role name not found',
    });
    expect(run(bench, { kind: 'role_grant_permission', role_grant_permission: { name: text('r') } })).toEqual(
      {
        kind: 'error',
        code: 3,
        message: 'etcdserver: permission not given',
      },
    );
  });

  it('a password never goes into the log; one that does is hashed when it is applied', () => {
    const bench = new AuthBench();
    const add: AuthRequest = { kind: 'user_add', user_add: { name: text('a'), password: text('secret') } };
    const proposed = withHashedPassword(bench.auth, add);
    expect(proposed).toEqual({
      kind: 'user_add',
      user_add: { name: 'a', hashedPassword: btoa(unprotectedHasher.hash(text('secret'))) },
    });
    const without = withHashedPassword(bench.auth, {
      kind: 'user_add',
      user_add: { name: text('c'), password: text('secret'), options: { no_password: true } },
    });
    expect(without).toEqual({ kind: 'user_add', user_add: { name: 'c', options: { no_password: true } } });
    const change = withHashedPassword(bench.auth, {
      kind: 'user_change_password',
      user_change_password: { name: text('a'), password: text('secret') },
    });
    expect(JSON.stringify(change)).not.toContain('"secret"');
    bench.enable();
    for (const request of [proposed, without]) applyAuthRequest(bench.auth, request, 5);
    // As an etcd 3.4 proposes it.
    applyAuthRequest(
      bench.auth,
      { kind: 'user_add', user_add: { name: text('b'), password: text('secret') } },
      5,
    );
    const junk = { name: text('d'), hashedPassword: '%' as ByteString };
    applyAuthRequest(bench.auth, { kind: 'user_add', user_add: junk }, 5);
    const check = (name: string, password: string): string | null =>
      errorOf(bench.auth.checkPassword(text(name), text(password)));
    expect([check('a', 'secret'), check('b', 'secret'), check('a', 'x')]).toEqual([null, null, 'authFailed']);
    expect([check('c', 'secret'), check('d', ''), check('d', '%')]).toEqual([
      'noPasswordUser',
      'authFailed',
      'authFailed',
    ]);
  });
});

it('the simulation hash tells passwords apart and is one', () => {
  const hash = unprotectedHasher.hash(text('pw'));
  expect(toBytes(hash).every((byte) => byte < 0x80)).toBe(true);
  expect(unprotectedHasher.matches(hash, text('pw'))).toBe(true);
  expect(unprotectedHasher.matches(hash, text('pW'))).toBe(false);
  expect(unprotectedHasher.matches(text(''), text(''))).toBe(false);
  expect(unprotectedHasher.matches(text('pw'), text('pw'))).toBe(false);
});
