/** The requests in raft entries beside put, range, delete and txn (etcdserverpb.InternalRaftRequest and what it holds). */
import type { MessageWords } from './field_words.ts';

const nothing: MessageWords = {};
const named: MessageWords = { 1: ['name', 'text'] };
const role: MessageWords = { 1: ['role', 'text'] };

/** authpb.Permission. */
export const permission: MessageWords = {
  1: ['type', ['READ', 'WRITE', 'READWRITE'], 'READ'],
  2: ['key', 'text'],
  3: ['range_end', 'text'],
};

export const alarmNames = ['NONE', 'NOSPACE', 'CORRUPT'] as const;

/** By the field's number: the request's name and its fields. */
export const requestSchema: Readonly<Record<number, readonly [name: string, fields: MessageWords]>> = {
  7: ['compact', { 1: ['revision', 'number'], 2: ['physical', 'flag'] }],
  8: ['lease grant', { 1: ['ttl', 'number'], 2: ['id', 'id'] }],
  9: ['lease revoke', { 1: ['id', 'id'] }],
  10: [
    'alarm',
    {
      1: ['action', ['GET', 'ACTIVATE', 'DEACTIVATE'], 'GET'],
      2: ['member', 'id'],
      3: ['alarm', alarmNames, 'NONE'],
    },
  ],
  11: ['lease checkpoint', { 1: ['lease', { 1: ['id', 'id'], 2: ['remaining_ttl', 'number'] }] }],
  1000: ['auth enable', nothing],
  1011: ['auth disable', nothing],
  1012: ['authenticate', { 1: ['name', 'text'], 2: ['password', 'secret'], 3: ['simple_token', 'secret'] }],
  1013: ['auth status', nothing],
  1100: [
    'user add',
    {
      1: ['name', 'text'],
      2: ['password', 'secret'],
      3: ['options', { 1: ['no_password', 'flag'] }],
      4: ['hashed_password', 'secret'],
    },
  ],
  1101: ['user delete', named],
  1102: ['user get', named],
  1103: [
    'user change password',
    { 1: ['name', 'text'], 2: ['password', 'secret'], 3: ['hashed_password', 'secret'] },
  ],
  1104: ['user grant role', { 1: ['user', 'text'], 2: ['role', 'text'] }],
  1105: ['user revoke role', { 1: ['name', 'text'], 2: ['role', 'text'] }],
  1106: ['user list', nothing],
  1107: ['role list', nothing],
  1200: ['role add', named],
  1201: ['role delete', role],
  1202: ['role get', role],
  1203: ['role grant permission', { 1: ['name', 'text'], 2: ['perm', permission] }],
  1204: ['role revoke permission', { 1: ['role', 'text'], 2: ['key', 'text'], 3: ['range_end', 'text'] }],
  1300: ['cluster version set', { 1: ['version', 'text'] }],
  1301: [
    'member attributes set',
    { 1: ['member', 'id'], 2: ['attributes', { 1: ['name', 'text'], 2: ['client_url', 'text'] }] },
  ],
  1302: ['downgrade info set', { 1: ['enabled', 'flag'], 2: ['version', 'text'] }],
};
