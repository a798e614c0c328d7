import { describe, expect, it } from 'vitest';
import type { ClientRequest, RequestKind } from '../../core/server/api/messages.ts';
import { checkAuth } from '../../core/server/apply/auth.ts';
import { AuthBench, done, permission, text } from './support.ts';

function bench(): AuthBench {
  const made = new AuthBench();
  made.enable();
  made.addUserWith('ann', permission('WRITE', 'w', 'x'), permission('READ', 'w'));
  return made;
}

/** A request of a kind whose check looks at nothing but the kind. */
function bare(kind: RequestKind): ClientRequest {
  return { kind, [kind]: {} } as unknown as ClientRequest;
}

describe('who may ask for what', () => {
  const forRoot: readonly RequestKind[] = [
    ...(['auth_enable', 'auth_disable', 'user_add', 'user_delete', 'user_list'] as const),
    ...(['user_change_password', 'user_grant_role', 'user_revoke_role'] as const),
    ...(['role_add', 'role_delete', 'role_list', 'role_grant_permission', 'role_revoke_permission'] as const),
    ...(['member_add', 'member_remove', 'member_update', 'member_promote'] as const),
    ...(['defragment', 'hash', 'hash_kv'] as const),
  ];
  const forAll: readonly RequestKind[] = [
    ...(['authenticate', 'compact', 'lease_grant', 'lease_keep_alive', 'lease_leases'] as const),
    ...(['lease_time_to_live', 'member_list', 'alarm', 'status', 'move_leader'] as const),
  ];

  it.each(forRoot)('%s: root', (kind) => {
    const made = bench();
    const check = (name: string): string | null => checkAuth(made.auth, made.as(name), bare(kind), () => []);
    expect([check('root'), check('ann'), check('nobody')]).toEqual([
      null,
      'permissionDenied',
      'permissionDenied',
    ]);
    expect(checkAuth(made.auth, null, bare(kind), () => [])).toBe('userEmpty');
    // Who is root now may, with whatever token: etcd looks at the role alone.
    expect(checkAuth(made.auth, { username: text('root'), revision: 1 }, bare(kind), () => [])).toBe(null);
    done(made.auth.disable());
    expect(checkAuth(made.auth, null, bare(kind), () => [])).toBe(null);
  });

  it.each(forAll)('%s: everybody', (kind) => {
    expect(checkAuth(bench().auth, null, bare(kind), () => [text('secret')])).toBe(null);
  });

  it('users and roles: their own', () => {
    const made = bench();
    const check = (request: ClientRequest): string | null =>
      checkAuth(made.auth, made.as('ann'), request, () => []);
    expect(check({ kind: 'user_get', user_get: { name: text('ann') } })).toBe(null);
    expect(check({ kind: 'user_get', user_get: { name: text('root') } })).toBe('permissionDenied');
    expect(check({ kind: 'role_get', role_get: { role: text('ann-role') } })).toBe(null);
    expect(check({ kind: 'role_get', role_get: { role: text('other') } })).toBe('permissionDenied');
  });
});

it('the previous pairs of a deleted range are read as a whole', () => {
  const made = bench();
  const check = (end: string, prev_kv: boolean): string | null =>
    checkAuth(
      made.auth,
      made.as('ann'),
      { kind: 'delete_range', delete_range: { key: text('w'), range_end: text(end), prev_kv } },
      () => [],
    );
  expect([check('x', false), check('', true), check('x', true)]).toEqual([null, null, 'permissionDenied']);
});

it('someone without a revision is nobody', () => {
  const made = bench();
  expect(made.auth.checkPut({ username: text('ann'), revision: 0 }, text('w'))).toBe('userEmpty');
  expect(made.auth.checkPut({ username: text('ann'), revision: 1 }, text('w'))).toBe('authOldRevision');
});
