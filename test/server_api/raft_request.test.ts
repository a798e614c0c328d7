import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { ProtobufError } from '../../core/base/protobuf.ts';
import {
  decodeRaftRequest,
  encodeRaftRequest,
  isRaftRequest,
  raftFields,
  readRaftEntry,
  requestKinds,
} from '../../core/server/api/index.ts';
import type { ClientRequest, RaftRequest, RequestHeader } from '../../core/server/api/index.ts';
import { messageOf } from './schemas.ts';
import type { Schema } from './schemas.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const text = fromText;

/** As a real etcd 3.4 wrote them into its WAL, but for the id in the header, which is 300 here. */
const walEntries: readonly (readonly [string, RaftRequest, RequestHeader?])[] = [
  [
    '42100881b4c4c321108bccfdf3ebbfe8f34ea2060308ac02',
    { kind: 'lease_grant', lease_grant: { TTL: 9000000001, ID: 5685691170068325899n } },
  ],
  ['4a02084da2060308ac02', { kind: 'lease_revoke', lease_revoke: { ID: 77n } }],
  [
    '5206080110051801a2060308ac02',
    { kind: 'alarm', alarm: { action: 'ACTIVATE', memberID: 5n, alarm: 'NOSPACE' } },
  ],
  ['a2060308ac02c23e00', { kind: 'auth_enable', auth_enable: {} }],
  [
    'a2060308ac02e2440c0a036e70321201781a020801',
    {
      kind: 'user_add',
      user_add: { name: text('np2'), password: text('x'), options: { no_password: true } },
    },
  ],
  ['a2060308ac02f244040a027a7a', { kind: 'user_get', user_get: { name: text('zz') } }],
  [
    'a2060b08ac021204726f6f74180eea44060a04726f6f74',
    { kind: 'user_delete', user_delete: { name: text('root') } },
    { ID: 300, username: text('root'), auth_revision: 14 },
  ],
  [
    'a2060308ac02fa44070a027a7a120178',
    { kind: 'user_change_password', user_change_password: { name: text('zz'), password: text('x') } },
  ],
  [
    'a2060308ac0282450c0a04726f6f741204726f6f74',
    { kind: 'user_grant_role', user_grant_role: { user: text('root'), role: text('root') } },
  ],
  ['a2060308ac02824b060a04726f6f74', { kind: 'role_add', role_add: { name: text('root') } }],
  [
    'a2060b08ac021204726f6f74180e924b060a04726f6f74',
    { kind: 'role_get', role_get: { role: text('root') } },
    { ID: 300, username: text('root'), auth_revision: 14 },
  ],
  [
    'a2060b08ac021204726f6f74180e8a4b060a04726f6f74',
    { kind: 'role_delete', role_delete: { role: text('root') } },
    { ID: 300, username: text('root'), auth_revision: 14 },
  ],
  [
    'a2060308ac029a4b0d0a0172120808021201611a0100',
    {
      kind: 'role_grant_permission',
      role_grant_permission: {
        name: text('r'),
        perm: { permType: 'READWRITE', key: text('a'), range_end: text('\0') },
      },
    },
  ],
  ['a2060308ac029a4500', { kind: 'role_list', role_list: {} }],
  [
    'a2060308ac02a24b070a027a7a12017a',
    { kind: 'role_revoke_permission', role_revoke_permission: { role: text('zz'), key: text('z') } },
  ],
  [
    'a2060b08ac021204726f6f74180e8a450c0a04726f6f741204726f6f74',
    { kind: 'user_revoke_role', user_revoke_role: { name: text('root'), role: text('root') } },
    { ID: 300, username: text('root'), auth_revision: 14 },
  ],
  [
    'a2060808ac02120175180e924500',
    { kind: 'user_list', user_list: {} },
    { ID: 300, username: text('u'), auth_revision: 14 },
  ],
  [
    'a2060308ac02a23f180a04726f6f741a104957446e7570456c7550434654764c59',
    {
      kind: 'internal_authenticate',
      internal_authenticate: {
        name: text('root'),
        password: text(''),
        simple_token: text('IWDnupEluPCFTvLY'),
      },
    },
  ],
  [
    'a2060b08ac021204726f6f74180e9a3f00',
    { kind: 'auth_disable', auth_disable: {} },
    { ID: 300, username: text('root'), auth_revision: 14 },
  ],
];

describe('raft entries', () => {
  const cases = walEntries.map(([wanted, request, header = { ID: 300 }]) => ({ wanted, request, header }));
  it.each(cases)('$request.kind has the bytes of a real WAL', ({ wanted, request, header }) => {
    expect(hex(encodeRaftRequest({ header, request }))).toBe(wanted);
    expect(readRaftEntry(bytes(wanted))).toEqual({ kind: 'v3', header, request });
    expect(decodeRaftRequest(bytes(wanted))).toEqual({ header, request });
  });

  it('of every kind come back as they were', () => {
    const requests = Object.entries(raftFields).map(([kind, { schema }]) =>
      messageOf(schema as unknown as Schema).map(
        (body) => ({ kind, [kind]: body }) as unknown as RaftRequest,
      ),
    );
    fc.assert(
      fc.property(fc.oneof(...requests), fc.nat(), (request, ID) => {
        expect(decodeRaftRequest(encodeRaftRequest({ header: { ID }, request }))).toEqual({
          header: { ID },
          request,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('are read as etcd 3.5 writes them', () => {
    expect(readRaftEntry(bytes('a2060308ac02a251070a05332e352e30'))).toEqual({
      kind: 'v3',
      header: { ID: 300 },
      request: { kind: 'cluster_version_set', cluster_version_set: { ver: '3.5.0' } },
    });
    expect(readRaftEntry(bytes('aa511708f0d3f3f4c5f4988f9501120a0a026e31120475726c31'))).toEqual({
      kind: 'v3',
      header: { ID: 0 },
      request: {
        kind: 'cluster_member_attr_set',
        cluster_member_attr_set: {
          member_ID: 10745135318565710320n,
          member_attributes: { name: 'n1', client_urls: ['url1'] },
        },
      },
    });
  });

  it('that are v2 requests are told apart, and handed on as bytes', () => {
    // PUT /0/version 3.4.0, as a real etcd 3.4 wrote it.
    const put =
      '0884ccfdf3ebbfe8f3ce0112035055541a0a2f302f76657273696f6e2205332e342e3028003200380048005000580060006800' +
      '70007800800100';
    expect(readRaftEntry(bytes(put))).toEqual({ kind: 'v2', bytes: bytes(put) });
    for (const method of ['GET', 'QGET', 'PUT', 'POST', 'DELETE', 'SYNC', 'HEAD']) {
      const name = hex(Buffer.from(method));
      const request = bytes(`080112${(name.length / 2).toString(16).padStart(2, '0')}${name}1a022f31`);
      expect(readRaftEntry(request), method).toEqual({ kind: 'v2', bytes: request });
    }
    expect(() => decodeRaftRequest(bytes(put))).toThrow(ProtobufError);
  });

  it('that hold a v2 request give its bytes', () => {
    expect(readRaftEntry(bytes('12020805a2060308ac02'))).toEqual({ kind: 'v2', bytes: bytes('0805') });
    expect(() => decodeRaftRequest(bytes('12020805'))).toThrow('a v2 request');
  });

  it('without a request that is known here say which fields they have', () => {
    const later = bytes('a2060308ac02a2570108e2ea0400');
    expect(readRaftEntry(later)).toEqual({ kind: 'unknown', header: { ID: 300 }, fields: [1396, 9900] });
    expect(readRaftEntry(bytes('a2060308ac02'))).toEqual({
      kind: 'unknown',
      header: { ID: 300 },
      fields: [],
    });
    expect(() => decodeRaftRequest(later)).toThrow('no request in it, fields 1396, 9900');
  });

  it('hold what clients ask for only if it goes through the log', () => {
    const proposable = requestKinds.filter((kind) => isRaftRequest({ kind } as unknown as ClientRequest));
    const direct = requestKinds.filter((kind) => !proposable.includes(kind));
    expect(direct.join(' ')).toBe(
      'lease_keep_alive lease_time_to_live lease_leases ' +
        'member_add member_remove member_update member_list member_promote ' +
        'status defragment hash hash_kv move_leader authenticate',
    );
    const status = { kind: 'status', status: {} } as unknown as RaftRequest;
    expect(() => encodeRaftRequest({ header: { ID: 1 }, request: status })).toThrow('status does not go');
  });
});
