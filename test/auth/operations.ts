/** Operations on auth as data, done by our store or by a real etcd. */
import {
  type AuthErrorName,
  authErrors,
  type AuthStore,
  type Permission,
  unprotectedHasher,
} from '../../core/auth/index.ts';
import { fromText as text } from '../../core/base/bytes.ts';
import type { RandomStream } from '../../sim/random.ts';
import type { EtcdProcess, GatewayReply } from '../etcd_process.ts';
import { errorOf } from './support.ts';

export type Operation =
  | { readonly kind: 'enable' | 'disable' }
  | {
      readonly kind: 'userAdd';
      readonly name: string;
      readonly password: string;
      readonly options: 'none' | 'password' | 'noPassword';
    }
  | { readonly kind: 'userDelete' | 'userGet'; readonly name: string }
  | { readonly kind: 'changePassword'; readonly name: string; readonly password: string }
  | { readonly kind: 'grantRole' | 'revokeRole'; readonly name: string; readonly role: string }
  | { readonly kind: 'roleAdd' | 'roleDelete' | 'roleGet'; readonly name: string }
  | { readonly kind: 'grantPermission'; readonly name: string; readonly permission: Permission }
  | {
      readonly kind: 'revokePermission';
      readonly name: string;
      readonly key: string;
      readonly rangeEnd: string;
    };

const userNames = ['root', 'ann', 'bob', 'cat', 'öl', ''];
const roleNames = ['root', 'reader', 'writer', 'admin', 'zoo', ''];
const keys = ['a', 'b', 'ba', 'c', '\xff', '\0'];
const ends = ['', '', '\0', 'b', 'c', 'd', 'ba'];
const types = ['READ', 'WRITE', 'READWRITE'] as const;

/** One that may well be refused. Permissions on no key are left out: etcd 3.4 takes them. */
export function randomOperation(random: RandomStream): Operation {
  const name = random.pick(userNames);
  const role = random.pick(roleNames);
  switch (random.below(14)) {
    case 0:
      return random.chance(1, 3) ? { kind: 'disable' } : { kind: 'enable' };
    case 1:
    case 2: {
      const options = random.pick(['none', 'password', 'noPassword'] as const);
      return { kind: 'userAdd', name, password: random.pick(['pw', 'other', '']), options };
    }
    case 3:
      return { kind: 'userDelete', name };
    case 4:
      return { kind: 'changePassword', name, password: random.pick(['pw', 'new']) };
    case 5:
    case 6:
      return { kind: 'grantRole', name, role };
    case 7:
      return { kind: 'revokeRole', name, role };
    case 8:
      return { kind: 'roleAdd', name: role };
    case 9:
      return random.chance(1, 2) ? { kind: 'roleDelete', name: role } : { kind: 'roleGet', name: role };
    case 10:
      return { kind: 'userGet', name };
    case 11:
    case 12:
      return { kind: 'grantPermission', name: role, permission: randomPermission(random) };
    default: {
      const { key, range_end } = randomPermission(random);
      return { kind: 'revokePermission', name: role, key, rangeEnd: range_end };
    }
  }
}

function randomPermission(random: RandomStream): Permission {
  for (;;) {
    const key = random.pick(keys);
    const rangeEnd = random.pick(ends);
    if (rangeEnd !== '' && rangeEnd !== '\0' && rangeEnd <= key) continue;
    return {
      permType: random.pick(types),
      key: key as Permission['key'],
      range_end: rangeEnd as Permission['key'],
    };
  }
}

/** The error's name, or null. */
export function doHere(auth: AuthStore, operation: Operation): AuthErrorName | null {
  const hash = (password: string): Permission['key'] => unprotectedHasher.hash(text(password));
  switch (operation.kind) {
    case 'enable':
      return auth.enable();
    case 'disable':
      return auth.disable();
    case 'userAdd':
      return auth.userAdd({
        name: text(operation.name),
        hashedPassword: hash(operation.password),
        no_password: operation.options === 'noPassword',
      });
    case 'userDelete':
      return auth.userDelete(text(operation.name));
    case 'userGet':
      return errorOf(auth.userGet(text(operation.name)));
    case 'changePassword':
      return auth.userChangePassword(text(operation.name), hash(operation.password));
    case 'grantRole':
      return auth.userGrantRole(text(operation.name), text(operation.role));
    case 'revokeRole':
      return auth.userRevokeRole(text(operation.name), text(operation.role));
    case 'roleAdd':
      return auth.roleAdd(text(operation.name));
    case 'roleDelete':
      return auth.roleDelete(text(operation.name));
    case 'roleGet':
      return errorOf(auth.roleGet(text(operation.name)));
    case 'grantPermission':
      return auth.roleGrantPermission(text(operation.name), operation.permission);
    case 'revokePermission':
      return auth.roleRevokePermission(
        text(operation.name),
        operation.key as Permission['key'],
        operation.rangeEnd as Permission['key'],
      );
  }
}

export async function doThere(etcd: EtcdProcess, operation: Operation): Promise<GatewayReply> {
  switch (operation.kind) {
    case 'enable':
    case 'disable':
      return etcd.reply(`auth/${operation.kind}`, {});
    case 'userAdd': {
      const { name, password, options } = operation;
      return etcd.reply('auth/user/add', {
        name,
        password,
        ...(options === 'none' ? {} : { options: { no_password: options === 'noPassword' } }),
      });
    }
    case 'userDelete':
      return etcd.reply('auth/user/delete', { name: operation.name });
    case 'userGet':
      return etcd.reply('auth/user/get', { name: operation.name });
    case 'changePassword':
      return etcd.reply('auth/user/changepw', { name: operation.name, password: operation.password });
    case 'grantRole':
      return etcd.reply('auth/user/grant', { user: operation.name, role: operation.role });
    case 'revokeRole':
      return etcd.reply('auth/user/revoke', { name: operation.name, role: operation.role });
    case 'roleAdd':
      return etcd.reply('auth/role/add', { name: operation.name });
    case 'roleDelete':
      return etcd.reply('auth/role/delete', { role: operation.name });
    case 'roleGet':
      return etcd.reply('auth/role/get', { role: operation.name });
    case 'grantPermission': {
      const { permType, key, range_end } = operation.permission;
      const perm = { permType, key: btoa(key), range_end: btoa(range_end) };
      return etcd.reply('auth/role/grant', { name: operation.name, perm });
    }
    case 'revokePermission': {
      const { name, key, rangeEnd } = operation;
      return etcd.reply('auth/role/revoke', {
        role: name,
        key: btoa(key),
        range_end: btoa(rangeEnd),
      });
    }
  }
}

/** An outcome in words that are equal here and there. */
export function wordsHere(error: AuthErrorName | null): string {
  return error === null ? 'ok' : `${authErrors[error].code} ${authErrors[error].message}`;
}

export function wordsThere(reply: GatewayReply): string {
  return reply.kind === 'ok' ? 'ok' : `${reply.code} ${reply.message}`;
}
