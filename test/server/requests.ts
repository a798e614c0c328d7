/** Requests in short, for tests. */
import { type ByteString, fromText } from '../../core/base/bytes.ts';
import type { ClientRequest, LeaseId, RequestOp } from '../../core/server/api/index.ts';

export const text = fromText;

export function put(key: string, value = 'v', lease?: LeaseId): Extract<RequestOp, { kind: 'put' }> {
  const body = { key: text(key), value: text(value) };
  return { kind: 'put', put: lease === undefined ? body : { ...body, lease } };
}

export function get(key: string, serializable = false): Extract<RequestOp, { kind: 'range' }> {
  return { kind: 'range', range: serializable ? { key: text(key), serializable } : { key: text(key) } };
}

export function del(key: string): Extract<RequestOp, { kind: 'delete_range' }> {
  return { kind: 'delete_range', delete_range: { key: text(key) } };
}

export const grant = (ID: LeaseId, TTL: number): ClientRequest => ({
  kind: 'lease_grant',
  lease_grant: { ID, TTL },
});
export const revoke = (ID: LeaseId): ClientRequest => ({ kind: 'lease_revoke', lease_revoke: { ID } });
export const keepAlive = (ID: LeaseId): ClientRequest => ({
  kind: 'lease_keep_alive',
  lease_keep_alive: { ID },
});
export const timeToLive = (ID: LeaseId, keys = false): ClientRequest => ({
  kind: 'lease_time_to_live',
  lease_time_to_live: { ID, keys },
});

export const addMember = (id: number, isLearner = false): ClientRequest => ({
  kind: 'member_add',
  member_add: { peerURLs: [text(`http://n${id}:2380`)], isLearner },
});
export const removeMember = (id: number): ClientRequest => ({
  kind: 'member_remove',
  member_remove: { ID: BigInt(id) },
});
export const promoteMember = (id: number): ClientRequest => ({
  kind: 'member_promote',
  member_promote: { ID: BigInt(id) },
});
export const moveLeader = (id: number): ClientRequest => ({
  kind: 'move_leader',
  move_leader: { targetID: BigInt(id) },
});

export const alarms: ClientRequest = { kind: 'alarm', alarm: { action: 'GET' } };

export function disarm(alarm: 'NOSPACE' | 'CORRUPT', member: number): ClientRequest {
  return { kind: 'alarm', alarm: { action: 'DEACTIVATE', memberID: BigInt(member), alarm } };
}

export const watchKey = (key: string, start?: number) =>
  ({
    kind: 'create',
    create: { key: text(key), ...(start === undefined ? {} : { start_revision: start }) },
  }) as const;

/** Auth is on, with root and a user who may read and write `mine`, both with the password `pw`. */
export function authSetup(): ClientRequest[] {
  const password = text('pw');
  const name = (user: string): ByteString => text(user);
  const user = (who: string): ClientRequest => ({
    kind: 'user_add',
    user_add: { name: name(who), password },
  });
  const give = (who: string, role: string): ClientRequest => ({
    kind: 'user_grant_role',
    user_grant_role: { user: name(who), role: name(role) },
  });
  const perm = { permType: 'READWRITE', key: text('mine'), range_end: text('') } as const;
  return [
    user('root'),
    user('alice'),
    { kind: 'role_add', role_add: { name: name('root') } },
    { kind: 'role_add', role_add: { name: name('reader') } },
    { kind: 'role_grant_permission', role_grant_permission: { name: name('reader'), perm } },
    give('root', 'root'),
    give('alice', 'reader'),
    { kind: 'auth_enable', auth_enable: {} },
  ];
}

export const login = (name: string): ClientRequest => ({
  kind: 'authenticate',
  authenticate: { name: text(name), password: text('pw') },
});
