import { type ByteString, toText } from '../../../base/bytes.ts';
import { prefixEnd } from '../../../client/index.ts';
import type {
  HeaderOnlyResponse,
  Permission,
  RoleGetResponse,
  RoleListResponse,
  UserGetResponse,
  UserListResponse,
} from '../../../server/api/index.ts';
import * as schema from '../../../server/api/schema/auth.ts';
import { field, headerFields, quotedField } from './fields.ts';
import { goQuote } from './go_text.ts';
import { type Shown, join, lines, shownMessage } from './shown.ts';

/** An answer that tells nothing but that it was done; `sentence` says what. */
export function shownDone(sentence: string, response: HeaderOnlyResponse): Shown {
  return shownMessage(schema.roleAddResponse, response, {
    simple: () => lines(sentence),
    fields: () => headerFields(response.header),
  });
}

const openEnd = '\0';

/** `[a, b)`, or `[a, <open ended>`. */
export function rangeText(key: string, end: string): string {
  return end === openEnd ? `[${key}, <open ended>` : `[${key}, ${end})`;
}

function permissionLine({ key, range_end: end }: Permission): string {
  if (end === '') return `\t${toText(key)}`;
  const isPrefix = key !== '' && end === prefixEnd(key);
  return `\t${rangeText(toText(key), toText(end))}${isPrefix ? ` (prefix ${toText(key)})` : ''}`;
}

function roleLines(role: string, { perm }: RoleGetResponse): ByteString {
  // Root may do everything without being told so.
  const everything = `\t${rangeText('', openEnd)}`;
  const may = (...types: readonly string[]): readonly string[] =>
    role === 'root'
      ? [everything]
      : perm.filter(({ permType }) => types.includes(permType)).map(permissionLine);
  return lines(
    `Role ${role}`,
    'KV Read:',
    ...may('READ', 'READWRITE'),
    'KV Write:',
    ...may('WRITE', 'READWRITE'),
  );
}

export function shownRole(role: string, response: RoleGetResponse): Shown {
  return shownMessage(schema.roleGetResponse, response, {
    simple: () => roleLines(role, response),
    fields: () =>
      join([
        headerFields(response.header),
        ...response.perm.flatMap(({ permType, key, range_end: end }) => [
          field('PermType', ` ${permType}`),
          quotedField('Key', key),
          quotedField('RangeEnd', end),
        ]),
      ]),
  });
}

export function shownRoles(response: RoleListResponse): Shown {
  return shownMessage(schema.roleListResponse, response, {
    simple: () => lines(...response.roles.map(toText)),
    fields: () =>
      join([
        headerFields(response.header),
        `"Roles" :${response.roles.map((role) => ` ${goQuote(role)}`).join('')}\n` as ByteString,
      ]),
  });
}

export function shownUser(name: string, response: UserGetResponse): Shown {
  const roles = response.roles.map((role) => ` ${toText(role)}`).join('');
  return shownMessage(schema.userGetResponse, response, {
    simple: () => lines(`User: ${name}`, `Roles:${roles}`),
  });
}

export function shownUsers(response: UserListResponse): Shown {
  return shownMessage(schema.userListResponse, response, {
    simple: () => lines(...response.users.map(toText)),
  });
}
