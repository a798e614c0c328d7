import { type ByteString, emptyByteString, fromText, toText } from '../../../base/bytes.ts';
import type { PermissionType } from '../../../server/api/index.ts';
import type { CtlCommand } from '../command.ts';
import { badArgs } from '../failure.ts';
import { boolFlag } from '../flags/flag_spec.ts';
import type { FlagValues } from '../flags/flag_values.ts';
import { rangeText, shownDone, shownRole, shownRoles } from '../output/auth.ts';
import { openRange } from './arguments.ts';

function theRole(words: readonly string[], command: string): string {
  const [role, ...more] = words;
  if (role === undefined || more.length > 0)
    throw badArgs(`role ${command} command requires role name as its argument`);
  return role;
}

const add: CtlCommand = {
  name: 'role add',
  usage: 'ROLE',
  summary: 'adds a role',
  async run(ctl, { words }) {
    const role = theRole(words, 'add');
    const client = await ctl.connect();
    ctl.show(shownDone(`Role ${role} created`, await client.call('role_add', { name: fromText(role) })));
  },
};

const remove: CtlCommand = {
  name: 'role delete',
  usage: 'ROLE',
  summary: 'deletes a role',
  async run(ctl, { words }) {
    const role = theRole(words, 'delete');
    const client = await ctl.connect();
    ctl.show(shownDone(`Role ${role} deleted`, await client.call('role_delete', { role: fromText(role) })));
  },
};

const get: CtlCommand = {
  name: 'role get',
  usage: 'ROLE',
  summary: 'tells what a role permits',
  async run(ctl, { words }) {
    const role = theRole(words, 'get');
    const client = await ctl.connect();
    ctl.show(shownRole(role, await client.call('role_get', { role: fromText(role) })));
  },
};

const list: CtlCommand = {
  name: 'role list',
  usage: '',
  summary: 'lists the roles',
  async run(ctl, { words }) {
    if (words.length > 0) throw badArgs('role list command requires no arguments');
    const client = await ctl.connect();
    ctl.show(shownRoles(await client.call('role_list', {})));
  },
};

const rangeFlags = [
  boolFlag('from-key', 'all keys from KEY on'),
  boolFlag('prefix', 'all keys that begin with KEY'),
];

interface Range {
  readonly key: ByteString;
  /** Empty: the key alone. */
  readonly range_end: ByteString;
}

function permissionRange(key: string, end: string | undefined, flags: FlagValues): Range {
  const [prefix, fromKey] = [flags.isSet('prefix'), flags.isSet('from-key')];
  if (prefix && fromKey) throw badArgs('--from-key and --prefix flags are mutually exclusive');
  if (end !== undefined && (prefix || fromKey))
    throw badArgs(`unexpected endkey argument with --${prefix ? 'prefix' : 'from-key'} flag`);
  if (prefix || fromKey) return openRange(fromText(key), prefix);
  return { key: fromText(key), range_end: end === undefined ? emptyByteString : fromText(end) };
}

const types: Readonly<Record<string, PermissionType>> = {
  READ: 'READ',
  WRITE: 'WRITE',
  READWRITE: 'READWRITE',
};

const grantPermission: CtlCommand = {
  name: 'role grant-permission',
  usage: '[flags] ROLE read|write|readwrite KEY [END]',
  summary: 'permits a role to use a key, or all keys from KEY to below END',
  flags: rangeFlags,
  async run(ctl, { words: [role, type, key, end] }) {
    if (role === undefined || type === undefined || key === undefined)
      throw badArgs(
        'role grant command requires role name, permission type, and key [endkey] as its argument',
      );
    const permType = types[type.toUpperCase()];
    if (permType === undefined) throw badArgs(`invalid permission type: ${type}`);
    const range = permissionRange(key, end, ctl.flags);
    const client = await ctl.connect();
    const perm = { permType, ...range };
    const answer = await client.call('role_grant_permission', { name: fromText(role), perm });
    ctl.show(shownDone(`Role ${role} updated`, answer));
  },
};

const revokePermission: CtlCommand = {
  name: 'role revoke-permission',
  usage: '[flags] ROLE KEY [END]',
  summary: 'takes the permission for a key, or for exactly this range, from a role',
  flags: rangeFlags,
  async run(ctl, { words: [role, key, end] }) {
    if (role === undefined || key === undefined)
      throw badArgs('role revoke-permission command requires role name and key [endkey] as its argument');
    const range = permissionRange(key, end, ctl.flags);
    const client = await ctl.connect();
    const answer = await client.call('role_revoke_permission', { role: fromText(role), ...range });
    const what =
      range.range_end === ''
        ? `key ${key}`
        : `range ${rangeText(toText(range.key), toText(range.range_end))}`;
    ctl.show(shownDone(`Permission of ${what} is revoked from role ${role}`, answer));
  },
};

export const roleCommands: readonly CtlCommand[] = [
  add,
  remove,
  get,
  list,
  grantPermission,
  revokePermission,
];
