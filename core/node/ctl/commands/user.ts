import { fromText, toText } from '../../../base/bytes.ts';
import { errors } from '../../../server/api/index.ts';
import { CallFailure } from '../client/ctl_client.ts';
import type { Ctl, CtlCommand } from '../command.ts';
import { badArgs } from '../failure.ts';
import { boolFlag, textFlag } from '../flags/flag_spec.ts';
import { shownDone, shownRole, shownUser, shownUsers } from '../output/auth.ts';

function theName(words: readonly string[], command: string): string {
  const [name, ...more] = words;
  if (name === undefined || more.length > 0)
    throw badArgs(`user ${command} command requires user name as its argument`);
  return name;
}

/** Asked for twice on a terminal, or the first word of the input. */
async function askPassword(ctl: Ctl, name: string): Promise<string> {
  if (!ctl.flags.isSet('interactive')) return ((await ctl.io.readLine()) ?? '').trim().split(/\s+/)[0] ?? '';
  const first = await ctl.io.readSecret(`Password of ${name}: `);
  if (first === '') throw badArgs('empty password');
  const second = await ctl.io.readSecret(`Type password of ${name} again for confirmation: `);
  if (first !== second) throw badArgs('given passwords are different');
  return first;
}

const add: CtlCommand = {
  name: 'user add',
  usage: '[flags] NAME[:PASSWORD]',
  summary: 'adds a user; without a password it is asked for',
  flags: [
    boolFlag('interactive', 'ask for the password on the terminal; false: read it from the input', 'true'),
    textFlag('new-user-password', 'the password'),
    boolFlag('no-password', 'a user that signs in with a certificate only'),
  ],
  async run(ctl, { words }) {
    const given = theName(words, 'add');
    const colon = given.indexOf(':');
    const flagged = ctl.flags.text('new-user-password');
    const noPassword = ctl.flags.isSet('no-password');
    const holdsPassword = flagged === '' && !noPassword && colon >= 0;
    const name = holdsPassword ? given.slice(0, colon) : given;
    if (holdsPassword && name === '') throw badArgs('empty user name is not allowed');
    let password = flagged;
    if (noPassword) password = '';
    else if (holdsPassword) password = given.slice(colon + 1);
    else if (flagged === '') password = await askPassword(ctl, name);
    const client = await ctl.connect();
    const answer = await client.call('user_add', {
      name: fromText(name),
      password: fromText(password),
      options: { no_password: noPassword },
    });
    ctl.show(shownDone(`User ${name} created`, answer));
  },
};

const remove: CtlCommand = {
  name: 'user delete',
  usage: 'NAME',
  summary: 'deletes a user',
  async run(ctl, { words }) {
    const name = theName(words, 'delete');
    const client = await ctl.connect();
    ctl.show(shownDone(`User ${name} deleted`, await client.call('user_delete', { name: fromText(name) })));
  },
};

const get: CtlCommand = {
  name: 'user get',
  usage: '[flags] NAME',
  summary: 'tells which roles a user has',
  flags: [boolFlag('detail', 'and what those permit')],
  async run(ctl, { words }) {
    const name = theName(words, 'get');
    const client = await ctl.connect();
    const answer = await client.call('user_get', { name: fromText(name) });
    if (!ctl.flags.isSet('detail')) {
      ctl.show(shownUser(name, answer));
      return;
    }
    ctl.say(`User: ${name}`);
    for (const role of answer.roles) {
      ctl.say('');
      ctl.show(shownRole(toText(role), await client.call('role_get', { role })));
    }
  },
};

const list: CtlCommand = {
  name: 'user list',
  usage: '',
  summary: 'lists the users',
  async run(ctl, { words }) {
    if (words.length > 0) throw badArgs('user list command requires no arguments');
    const client = await ctl.connect();
    ctl.show(shownUsers(await client.call('user_list', {})));
  },
};

const passwd: CtlCommand = {
  name: 'user passwd',
  usage: '[flags] NAME',
  summary: "changes a user's password",
  flags: [
    boolFlag('interactive', 'ask for the password on the terminal; false: read it from the input', 'true'),
  ],
  async run(ctl, { words }) {
    const name = theName(words, 'passwd');
    const password = await askPassword(ctl, name);
    const client = await ctl.connect();
    const body = { name: fromText(name), password: fromText(password) };
    ctl.show(shownDone('Password updated', await client.call('user_change_password', body)));
  },
};

const grantRole: CtlCommand = {
  name: 'user grant-role',
  usage: 'NAME ROLE',
  summary: 'gives a role to a user',
  async run(ctl, { words: [user, role, ...more] }) {
    if (user === undefined || role === undefined || more.length > 0)
      throw badArgs('user grant command requires user name and role name as its argument');
    const client = await ctl.connect();
    const answer = await client.call('user_grant_role', { user: fromText(user), role: fromText(role) });
    ctl.show(shownDone(`Role ${role} is granted to user ${user}`, answer));
  },
};

const revokeRole: CtlCommand = {
  name: 'user revoke-role',
  usage: 'NAME ROLE',
  summary: 'takes a role from a user',
  async run(ctl, { words: [name, role, ...more] }) {
    if (name === undefined || role === undefined || more.length > 0)
      throw badArgs('user revoke-role requires user name and role name as its argument');
    const client = await ctl.connect();
    const answer = await client.call('user_revoke_role', { name: fromText(name), role: fromText(role) });
    ctl.show(shownDone(`Role ${role} is revoked from user ${name}`, answer));
  },
};

const enable: CtlCommand = {
  name: 'auth enable',
  usage: '',
  summary: 'from now on only users are served; root gets its role if it has none',
  async run(ctl, { words }) {
    if (words.length > 0) throw badArgs('auth enable command does not accept any arguments');
    const client = await ctl.connect();
    try {
      await client.call('auth_enable', {});
    } catch (error) {
      if (!(error instanceof CallFailure && error.said === errors.rootRoleNotExist.message)) throw error;
      const root = fromText('root');
      await client.call('role_add', { name: root });
      await client.call('user_grant_role', { user: root, role: root });
      await client.call('auth_enable', {});
    }
    ctl.say('Authentication Enabled');
  },
};

const disable: CtlCommand = {
  name: 'auth disable',
  usage: '',
  summary: 'from now on everybody is served',
  async run(ctl, { words }) {
    if (words.length > 0) throw badArgs('auth disable command does not accept any arguments');
    const client = await ctl.connect();
    await client.call('auth_disable', {});
    ctl.say('Authentication Disabled');
  },
};

export const userCommands: readonly CtlCommand[] = [
  add,
  remove,
  get,
  list,
  passwd,
  grantRole,
  revokeRole,
  enable,
  disable,
];
