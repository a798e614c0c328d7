import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { ProtobufError } from '../../core/base/protobuf.ts';
import {
  decodeRaftRequest,
  decodeRequest,
  decodeResponse,
  encodeRaftRequest,
  encodeRequest,
  encodeResponse,
} from '../../core/server/api/index.ts';
import type { RequestOp, TxnRequest } from '../../core/server/api/index.ts';
import { applyRequest } from '../../core/server/apply/index.ts';
import { requestOp } from './arbitraries.ts';
import { newStore } from '../mvcc/support.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const bounds = { revisionMax: Number.MAX_SAFE_INTEGER };
const foo = fromText('foo');

/** Every field of every request of a txn, as a real etcd 3.4 wrote it into its WAL. */
const txn: TxnRequest = {
  compare: [
    { target: 'VALUE', result: 'NOT_EQUAL', key: foo, range_end: fromText('fop'), value: fromText('') },
    { target: 'LEASE', result: 'EQUAL', key: foo, lease: 0n },
    { target: 'MOD', result: 'GREATER', key: foo, mod_revision: 3 },
    { target: 'CREATE', result: 'LESS', key: foo, create_revision: 30 },
    { target: 'VERSION', result: 'EQUAL', key: foo, version: 1 },
  ],
  success: [
    {
      kind: 'range',
      range: {
        key: foo,
        range_end: fromText('\0'),
        limit: 1,
        revision: 4,
        sort_order: 'DESCEND',
        sort_target: 'VALUE',
        serializable: true,
        keys_only: true,
        min_mod_revision: 1,
        max_mod_revision: 9,
        min_create_revision: 1,
        max_create_revision: 300,
      },
    },
    { kind: 'put', put: { key: foo, prev_kv: true, ignore_value: true, ignore_lease: true } },
    { kind: 'txn', txn: { compare: [], success: [], failure: [] } },
  ],
  failure: [
    { kind: 'range', range: { key: foo, count_only: true } },
    { kind: 'delete_range', delete_range: { key: foo } },
  ],
};

const walEntries: readonly (readonly [string, RequestOp])[] = [
  ['220a0a03666f6f1203626172', { kind: 'put', put: { key: foo, value: fromText('bar') } }],
  ['2a070a03666f6f1801', { kind: 'delete_range', delete_range: { key: foo, prev_kv: true } }],
  ['220c0a03666f6f120362617a2001', { kind: 'put', put: { key: foo, value: fromText('baz'), prev_kv: true } }],
  [
    '3289010a11080310031a03666f6f3a00820403666f700a0910041a03666f6f40000a0b080110021a03666f6f30030a0b08021001' +
      '1a03666f6f281e0a071a03666f6f2001121f0a1d0a03666f6f12010018012004280230043801400150015809600168ac0212' +
      '0d120b0a03666f6f200128013001120222001a090a070a03666f6f48011a071a050a03666f6f',
    { kind: 'txn', txn },
  ],
];

describe('raft entries', () => {
  it.each(walEntries)('has the bytes of a real WAL: %s', (wanted, request) => {
    const entry = { header: { ID: 300 }, request };
    expect(hex(encodeRaftRequest(entry))).toBe(wanted + 'a2060308ac02');
    expect(decodeRaftRequest(bytes(wanted + 'a2060308ac02'))).toEqual(entry);
  });

  it('keep user and auth revision, and drop an id that only a foreign member knows', () => {
    const header = { ID: 5, username: fromText('root'), auth_revision: 3 };
    const request: RequestOp = { kind: 'put', put: { key: foo } };
    expect(decodeRaftRequest(encodeRaftRequest({ header, request }))).toEqual({ header, request });
    const foreign = bytes('220a0a03666f6f1203626172a2060b0886c4c69be3bfa8f8e901');
    expect(decodeRaftRequest(foreign).header).toEqual({ ID: 0 });
  });

  it('are refused without a request, and so is a v2 request', () => {
    expect(() => decodeRaftRequest(bytes('a2060308ac02'))).toThrow(ProtobufError);
    const v2 = `08011203${hex(Buffer.from('PUT'))}1a0a${hex(Buffer.from('/0/version'))}`;
    expect(() => decodeRaftRequest(bytes(v2))).toThrow(ProtobufError);
  });
});

describe('requests on the wire', () => {
  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(requestOp(bounds), (request) => {
        expect(decodeRequest(request.kind, encodeRequest(request))).toEqual(request);
        const entry = { header: { ID: 1 }, request };
        expect(decodeRaftRequest(encodeRaftRequest(entry))).toEqual(entry);
      }),
    );
  });

  it('omit zero values', () => {
    const request: RequestOp = {
      kind: 'range',
      range: {
        key: foo,
        range_end: fromText(''),
        limit: 0,
        sort_order: 'NONE',
        sort_target: 'KEY',
        serializable: false,
      },
    };
    expect(hex(encodeRequest(request))).toBe('0a03666f6f');
    expect(hex(encodeRequest({ kind: 'put', put: { key: foo, lease: 0n } }))).toBe('0a03666f6f');
  });

  it('answer damaged bytes with a ProtobufError, never with another one', () => {
    const kinds = ['range', 'put', 'delete_range', 'txn'] as const;
    fc.assert(
      fc.property(requestOp(bounds), fc.nat(), fc.integer({ min: 1, max: 255 }), (request, at, flip) => {
        const damaged = encodeRequest(request);
        const position = at % damaged.length;
        damaged[position] = (damaged[position] ?? 0) ^ flip;
        for (const kind of kinds) {
          try {
            decodeRequest(kind, damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtobufError);
          }
        }
      }),
    );
  });

  it('refuse unknown enum values, empty operations and bottomless nesting', () => {
    expect(() => decodeRequest('range', bytes('2803'))).toThrow('sort_order: expected 0 to 2, found 3');
    expect(() => decodeRequest('txn', bytes('1200'))).toThrow(/none of range, put, delete_range, txn/);
    let request: RequestOp = { kind: 'txn', txn: { compare: [], success: [], failure: [] } };
    for (let depth = 0; depth < 300; depth++) {
      request = { kind: 'txn', txn: { compare: [], success: [request], failure: [] } };
    }
    const deep = encodeRequest(request);
    expect(() => decodeRequest('txn', deep)).toThrow(/nested deeper than/);
  });

  it("reads a compare's operand only if it is the target's, else zero", () => {
    // Target CREATE, but operand field 4, which is version's.
    const decoded = decodeRequest('txn', bytes('0a0710011a016b2007'));
    expect(decoded).toMatchObject({
      txn: { compare: [{ target: 'CREATE', result: 'EQUAL', key: 'k', create_revision: 0 }] },
    });
  });
});

describe('responses on the wire', () => {
  it('decode to what was encoded, whatever a store answers', () => {
    fc.assert(
      fc.property(fc.array(requestOp({ revisionMax: 8 }), { maxLength: 12 }), (requests) => {
        const store = newStore();
        for (const request of requests) {
          const response = applyRequest(store, request);
          if (response.kind === 'error') continue;
          expect(decodeResponse(response.kind, encodeResponse(response))).toEqual(response);
        }
      }),
    );
  });

  it('has the bytes of a real etcd for a txn', () => {
    const store = newStore();
    for (const value of ['bar', null, 'baz']) {
      applyRequest(
        store,
        value === null
          ? { kind: 'delete_range', delete_range: { key: foo } }
          : { kind: 'put', put: { key: foo, value: fromText(value) } },
      );
    }
    const response = applyRequest(store, { kind: 'txn', txn });
    if (response.kind !== 'txn') throw new Error('expected a txn response');
    const header = { cluster_id: 1n, member_id: 2n, revision: response.txn.header.revision, raft_term: 2 };
    expect(hex(encodeResponse({ kind: 'txn', txn: { ...response.txn, header } }))).toBe(
      '0a080801100218052002' +
        '10011a150a130a021804120b0a03666f6f10041804200120011a1812160a02180512100a03666f6f1004180420012a03' +
        '62617a1a0622040a001001',
    );
  });

  it('keeps all 64 bits of the ids in a header', () => {
    const body = bytes('0a190885c0fe98d7f2e3f04510f0d3f3f4c5f4988f950118022002');
    expect(decodeResponse('put', body)).toEqual({
      kind: 'put',
      put: {
        header: {
          cluster_id: 5035463730421276677n,
          member_id: 10745135318565710320n,
          revision: 2,
          raft_term: 2,
        },
      },
    });
  });
});
