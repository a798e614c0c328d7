import { fromText } from '../../core/base/bytes.ts';
import type { ClientRequest, ErrorName } from '../../core/server/api/index.ts';

export interface Call {
  readonly request: ClientRequest;
  /** What a fresh etcd refuses it with when the calls before it were made. */
  readonly error?: ErrorName;
}

const text = fromText;
const foo = text('foo');
const urls = (port: number): readonly ReturnType<typeof text>[] => [text(`http://127.0.0.1:${port}`)];
const ok = (request: ClientRequest): Call => ({ request });
const refused = (error: ErrorName, request: ClientRequest): Call => ({ request, error });

const keyValueCalls: readonly Call[] = [
  ok({ kind: 'put', put: { key: foo, value: text('b<a>') } }),
  ok({ kind: 'put', put: { key: foo, value: text('\0\xff'), prev_kv: true } }),
  refused('emptyKey', { kind: 'put', put: { key: text('') } }),
  refused('keyNotFound', { kind: 'put', put: { key: text('no'), ignore_value: true } }),
  refused('leaseNotFound', { kind: 'put', put: { key: foo, lease: 99n } }),
  ok({ kind: 'range', range: { key: text('\0'), range_end: text('\0'), sort_order: 'DESCEND' } }),
  ok({ kind: 'range', range: { key: foo, limit: Number.MAX_SAFE_INTEGER } }),
  refused('futureRevision', { kind: 'range', range: { key: foo, revision: 99 } }),
  ok({
    kind: 'txn',
    txn: {
      compare: [{ target: 'VERSION', result: 'EQUAL', key: text('no'), version: 0 }],
      success: [
        { kind: 'put', put: { key: text('a'), value: text('1') } },
        { kind: 'range', range: { key: foo } },
        { kind: 'txn', txn: { compare: [], success: [], failure: [] } },
        { kind: 'delete_range', delete_range: { key: text('a0'), range_end: text('b'), prev_kv: true } },
      ],
      failure: [],
    },
  }),
  ok({ kind: 'delete_range', delete_range: { key: foo, prev_kv: true } }),
  ok({ kind: 'compact', compact: { revision: 2, physical: true } }),
  refused('compacted', { kind: 'compact', compact: { revision: -1 } }),
  refused('futureRevision', { kind: 'compact', compact: { revision: 99 } }),
  refused('compacted', { kind: 'range', range: { key: foo, revision: 1 } }),
];

const leaseCalls: readonly Call[] = [
  ok({ kind: 'lease_grant', lease_grant: { TTL: 600, ID: 7n } }),
  refused('leaseExists', { kind: 'lease_grant', lease_grant: { TTL: 600, ID: 7n } }),
  refused('leaseTtlTooLarge', { kind: 'lease_grant', lease_grant: { TTL: 9_000_000_001 } }),
  ok({ kind: 'lease_grant', lease_grant: { TTL: 600 } }),
  ok({ kind: 'put', put: { key: foo, lease: 7n } }),
  ok({ kind: 'lease_time_to_live', lease_time_to_live: { ID: 7n, keys: true } }),
  ok({ kind: 'lease_time_to_live', lease_time_to_live: { ID: 77n } }),
  ok({ kind: 'lease_keep_alive', lease_keep_alive: { ID: 7n } }),
  ok({ kind: 'lease_keep_alive', lease_keep_alive: { ID: 77n } }),
  ok({ kind: 'lease_leases', lease_leases: {} }),
  refused('leaseNotFound', { kind: 'lease_revoke', lease_revoke: { ID: 77n } }),
  ok({ kind: 'lease_revoke', lease_revoke: { ID: 7n } }),
];

/** Whether etcd takes them. With a learner there already, those that it takes are refused for being one too many. */
export const peerUrls: readonly (readonly [string, boolean])[] = [
  ['http://127.0.0.1:2', true],
  ['  https://h:2\t', true],
  ['HTTP://h:2', true],
  ['unix://h:2', true],
  ['http://:2', true],
  ['http://h:', true],
  ['http://[::1]:2', true],
  ['http://u@h:2', true],
  ['http://u:p@h:2', true],
  ['http://h:2?q', true],
  ['http://h:2#f', true],
  ['127.0.0.1:2', false],
  ['http://127.0.0.1', false],
  ['http://127.0.0.1:2/', false],
  ['http://127.0.0.1:2/x', false],
  ['ftp://h:2', false],
  ['', false],
  ['http://h:x', false],
  ['http://', false],
  ['http:h:2', false],
  ['http://::1:2', false],
  ['http://h :2', false],
  ['http://%zz:2', false],
  ['http://h:2\u0001', false],
];

const urlCalls: readonly Call[] = peerUrls.map(([url, taken]) =>
  refused(taken ? 'tooManyLearners' : 'memberBadUrls', {
    kind: 'member_add',
    member_add: { peerURLs: [text(url)], isLearner: true },
  }),
);

const clusterCalls: readonly Call[] = [
  ok({ kind: 'member_list', member_list: {} }),
  refused('memberBadUrls', { kind: 'member_add', member_add: { peerURLs: [] } }),
  ok({ kind: 'member_add', member_add: { peerURLs: urls(1), isLearner: true } }),
  refused('memberExists', { kind: 'member_add', member_add: { peerURLs: urls(1) } }),
  refused('peerUrlExists', { kind: 'member_add', member_add: { peerURLs: [...urls(1), ...urls(2)] } }),
  refused('tooManyLearners', { kind: 'member_add', member_add: { peerURLs: urls(2), isLearner: true } }),
  refused('memberNotFound', { kind: 'member_update', member_update: { ID: 1n, peerURLs: [text('bad')] } }),
  refused('memberNotFound', { kind: 'member_remove', member_remove: { ID: 1n } }),
  refused('memberNotFound', { kind: 'member_promote', member_promote: { ID: 1n } }),
];

const maintenanceCalls: readonly Call[] = [
  ok({ kind: 'alarm', alarm: { action: 'ACTIVATE', memberID: 5n, alarm: 'NOSPACE' } }),
  refused('noSpace', { kind: 'put', put: { key: foo } }),
  ok({ kind: 'alarm', alarm: {} }),
  ok({ kind: 'status', status: {} }),
  ok({ kind: 'alarm', alarm: { action: 'DEACTIVATE', memberID: 5n, alarm: 'NOSPACE' } }),
  ok({ kind: 'alarm', alarm: { action: 'DEACTIVATE', memberID: 5n, alarm: 'NOSPACE' } }),
  ok({ kind: 'defragment', defragment: {} }),
  ok({ kind: 'hash', hash: {} }),
  ok({ kind: 'hash_kv', hash_kv: {} }),
  refused('badLeaderTransferee', { kind: 'move_leader', move_leader: { targetID: 1n } }),
];

const [user, root, role, none, empty] = ['u', 'root', 'r', 'none', ''].map((name) => text(name)) as [
  ReturnType<typeof text>,
  ReturnType<typeof text>,
  ReturnType<typeof text>,
  ReturnType<typeof text>,
  ReturnType<typeof text>,
];
const perm = { permType: 'READWRITE', key: text('a'), range_end: text('\0') } as const;

const authCalls: readonly Call[] = [
  refused('authNotEnabled', { kind: 'authenticate', authenticate: { name: root, password: user } }),
  refused('rootUserNotExist', { kind: 'auth_enable', auth_enable: {} }),
  refused('userEmpty', { kind: 'user_add', user_add: { name: empty, password: text('x') } }),
  ok({ kind: 'user_add', user_add: { name: user } }),
  ok({ kind: 'user_add', user_add: { name: text('np'), options: { no_password: true } } }),
  ok({ kind: 'user_add', user_add: { name: root, password: text('<p>') } }),
  refused('userExists', { kind: 'user_add', user_add: { name: root } }),
  refused('rootRoleNotExist', { kind: 'auth_enable', auth_enable: {} }),
  refused('userNotFound', { kind: 'user_get', user_get: { name: none } }),
  refused('userNotFound', { kind: 'user_delete', user_delete: { name: none } }),
  refused('userNotFound', { kind: 'user_change_password', user_change_password: { name: none } }),
  ok({ kind: 'user_change_password', user_change_password: { name: user, password: text('pw') } }),
  refused('roleNotFound', { kind: 'user_grant_role', user_grant_role: { user, role: none } }),
  refused('roleEmpty', { kind: 'role_add', role_add: { name: empty } }),
  ok({ kind: 'role_add', role_add: { name: role } }),
  ok({ kind: 'role_add', role_add: { name: root } }),
  refused('roleExists', { kind: 'role_add', role_add: { name: root } }),
  refused('roleNotFound', { kind: 'role_get', role_get: { role: none } }),
  refused('roleNotFound', { kind: 'role_delete', role_delete: { role: none } }),
  ok({ kind: 'role_grant_permission', role_grant_permission: { name: role, perm } }),
  ok({
    kind: 'role_grant_permission',
    role_grant_permission: { name: role, perm: { permType: 'READ', key: empty, range_end: empty } },
  }),
  ok({ kind: 'role_get', role_get: { role } }),
  refused('permissionNotGranted', {
    kind: 'role_revoke_permission',
    role_revoke_permission: { role, key: text('z') },
  }),
  ok({
    kind: 'role_revoke_permission',
    role_revoke_permission: { role, key: text('a'), range_end: text('\0') },
  }),
  refused('roleNotGranted', { kind: 'user_revoke_role', user_revoke_role: { name: user, role } }),
  ok({ kind: 'user_grant_role', user_grant_role: { user: root, role: root } }),
  ok({ kind: 'user_grant_role', user_grant_role: { user, role } }),
  ok({ kind: 'user_get', user_get: { name: user } }),
  ok({ kind: 'user_revoke_role', user_revoke_role: { name: user, role } }),
  ok({ kind: 'user_list', user_list: {} }),
  ok({ kind: 'role_list', role_list: {} }),
  ok({ kind: 'role_delete', role_delete: { role } }),
  ok({ kind: 'auth_enable', auth_enable: {} }),
  refused('userEmpty', { kind: 'range', range: { key: foo } }),
  refused('authFailed', { kind: 'authenticate', authenticate: { name: user, password: none } }),
  refused('noPasswordUser', { kind: 'authenticate', authenticate: { name: text('np'), password: none } }),
  ok({ kind: 'authenticate', authenticate: { name: user, password: text('pw') } }),
];

/** With a token of root. */
export const rootCalls: readonly Call[] = [
  refused('invalidAuthManagement', { kind: 'user_delete', user_delete: { name: root } }),
  ok({ kind: 'user_delete', user_delete: { name: user } }),
  ok({ kind: 'auth_disable', auth_disable: {} }),
];

/** Every kind, and every error that one member alone can be brought to. */
export const calls: readonly Call[] = [
  ...keyValueCalls,
  ...leaseCalls,
  ...clusterCalls,
  ...urlCalls,
  ...maintenanceCalls,
  ...authCalls,
];
