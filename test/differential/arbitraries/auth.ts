import * as fc from 'fast-check';
import { type ByteString, fromText } from '../../../core/base/bytes.ts';
import type { ClientRequest } from '../../../core/server/api/index.ts';
import { type Identity, type Step, nobody } from '../steps.ts';
import type { Symbolic } from '../symbolic.ts';
import { key, rangeEnd, yes } from './values.ts';

type Request = fc.Arbitrary<Symbolic<ClientRequest>>;

const texts = (...names: string[]): readonly ByteString[] => names.map((name) => fromText(name));
const name = fc.constantFrom(...texts('root', 'ann', 'bob', 'bob', ''));
const role = fc.constantFrom(...texts('root', 'reader', 'writer', 'writer', ''));
const password = fc.constantFrom(...texts('pw', 'pw', 'other', ''));
const permission = fc.record({
  permType: fc.constantFrom('READ', 'WRITE', 'READWRITE'),
  key,
  range_end: rangeEnd,
});

const userRequest: Request = fc.oneof(
  fc
    .record(
      { name, password, options: fc.record({ no_password: yes }, { requiredKeys: [] }) },
      { requiredKeys: ['name', 'password'] },
    )
    .map((user_add) => ({ kind: 'user_add' as const, user_add })),
  name.map((user) => ({ kind: 'user_get' as const, user_get: { name: user } })),
  fc.constant({ kind: 'user_list' as const, user_list: {} }),
  name.map((user) => ({ kind: 'user_delete' as const, user_delete: { name: user } })),
  fc
    .record({ name, password })
    .map((user_change_password) => ({ kind: 'user_change_password' as const, user_change_password })),
  fc
    .record({ user: name, role })
    .map((user_grant_role) => ({ kind: 'user_grant_role' as const, user_grant_role })),
  fc
    .record({ name, role })
    .map((user_revoke_role) => ({ kind: 'user_revoke_role' as const, user_revoke_role })),
);

const roleRequest: Request = fc.oneof(
  role.map((added) => ({ kind: 'role_add' as const, role_add: { name: added } })),
  role.map((wanted) => ({ kind: 'role_get' as const, role_get: { role: wanted } })),
  fc.constant({ kind: 'role_list' as const, role_list: {} }),
  role.map((wanted) => ({ kind: 'role_delete' as const, role_delete: { role: wanted } })),
  fc
    .record({ name: role, perm: permission })
    .map(
      (granted) =>
        ({ kind: 'role_grant_permission', role_grant_permission: granted }) as Symbolic<ClientRequest>,
    ),
  fc
    .record({ role, key, range_end: rangeEnd }, { requiredKeys: ['role', 'key'] })
    .map((role_revoke_permission) => ({ kind: 'role_revoke_permission' as const, role_revoke_permission })),
);

export const authenticate: Request = fc
  .record({ name, password })
  .map((login) => ({ kind: 'authenticate' as const, authenticate: login }));

export const authRequest: Request = fc.oneof(
  { weight: 6, arbitrary: userRequest },
  { weight: 6, arbitrary: roleRequest },
  { weight: 2, arbitrary: authenticate },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { kind: 'auth_enable' as const, auth_enable: {} },
      { kind: 'auth_enable' as const, auth_enable: {} },
      { kind: 'auth_disable' as const, auth_disable: {} },
    ),
  },
);

export const identity: fc.Arbitrary<Identity> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Identity>('nobody', 'forger') },
  {
    weight: 8,
    arbitrary: fc.constantFrom<Identity>(
      { user: 'root', token: 'last' },
      { user: 'root', token: 'last' },
      { user: 'ann', token: 'last' },
      { user: 'ann', token: 'last' },
      { user: 'bob', token: 'last' },
      { user: 'bob', token: 'first' },
    ),
  },
);

const [root, ann, bob, pw] = texts('root', 'ann', 'bob', 'pw') as [
  ByteString,
  ByteString,
  ByteString,
  ByteString,
];
const [reader, writer] = texts('reader', 'writer') as [ByteString, ByteString];

const setUp: readonly ClientRequest[] = [
  ...[root, ann, bob].map((user) => ({ kind: 'user_add' as const, user_add: { name: user, password: pw } })),
  ...[root, reader, writer].map((added) => ({ kind: 'role_add' as const, role_add: { name: added } })),
  { kind: 'user_grant_role', user_grant_role: { user: root, role: root } },
  { kind: 'user_grant_role', user_grant_role: { user: ann, role: reader } },
  { kind: 'user_grant_role', user_grant_role: { user: ann, role: writer } },
  { kind: 'user_grant_role', user_grant_role: { user: bob, role: reader } },
];

const turnOn: readonly ClientRequest[] = [
  { kind: 'auth_enable', auth_enable: {} },
  ...[root, ann, bob].map((user) => ({
    kind: 'authenticate' as const,
    authenticate: { name: user, password: pw },
  })),
];

function mostOf(requests: readonly ClientRequest[]): fc.Arbitrary<readonly Step[]> {
  const steps = requests.map((request) => {
    const step: Step = { kind: 'call', as: nobody, request };
    // Shrinks to leaving it out.
    return fc.integer({ min: 0, max: 60 }).map((chance): readonly Step[] => (chance === 0 ? [] : [step]));
  });
  return fc.tuple(...steps).map((parts) => parts.flat());
}

/** Users, roles with some permissions, auth on, everybody logged in; now and then a part is missing. */
export const authSetUp: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    mostOf(setUp),
    fc.array(
      fc.record({ name: fc.constantFrom(reader, writer), perm: permission }).map((granted): Step => ({
        kind: 'call',
        as: nobody,
        request: { kind: 'role_grant_permission', role_grant_permission: granted } as ClientRequest,
      })),
      { minLength: 1, maxLength: 5 },
    ),
    mostOf(turnOn),
  )
  .map((parts) => parts.flat());
