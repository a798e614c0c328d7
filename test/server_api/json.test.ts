import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteString } from '../../core/base/bytes.ts';
import { fromText } from '../../core/base/bytes.ts';
import {
  JsonError,
  errorOfText,
  errorToJson,
  errors,
  httpStatusOf,
  requestFromJson,
  requestToJson,
  responseFromJson,
  responseToJson,
  snapshotResponseToJson,
  streamLine,
  watchRequestFromJson,
  watchResponseToJson,
} from '../../core/server/api/index.ts';
import type { RequestKind } from '../../core/server/api/index.ts';
import { fromBase64, toBase64 } from '../../core/server/api/json/base64.ts';
import { parseJson } from '../../core/server/api/json/parse.ts';

const member = '"cluster_id":"6012025715201963436","member_id":"6662698563040693991"';

/** As the gateway of etcd 3.4.23 printed them. */
const answers: readonly (readonly [RequestKind, string])[] = [
  [
    'put',
    `{"header":{${member},"revision":"3","raft_term":"2"},"prev_kv":{"key":"Zm9v","create_revision":"2","mod_revision":"2","version":"1","value":"YmFy"}}`,
  ],
  [
    'txn',
    `{"header":{${member},"revision":"5","raft_term":"2"},"responses":[{"response_range":{"header":{"revision":"4"},"kvs":[{"key":"Zm9v","create_revision":"2","mod_revision":"4","version":"3"}],"count":"1"}},{"response_delete_range":{"header":{"revision":"5"},"deleted":"1"}},{"response_txn":{"header":{},"succeeded":true}}]}`,
  ],
  [
    'lease_time_to_live',
    `{"header":{${member},"revision":"6","raft_term":"2"},"ID":"7","TTL":"59","grantedTTL":"60","keys":["Zm9v"]}`,
  ],
  ['lease_time_to_live', `{"header":{${member},"revision":"6","raft_term":"2"},"ID":"77","TTL":"-1"}`],
  [
    'member_add',
    `{"header":{${member},"raft_term":"2"},"member":{"ID":"1458171603538568832","peerURLs":["http://127.0.0.1:33999"],"isLearner":true},"members":[{"ID":"1458171603538568832","peerURLs":["http://127.0.0.1:33999"],"isLearner":true},{"ID":"6662698563040693991","name":"default","peerURLs":["http://127.0.0.1:33380"],"clientURLs":["http://127.0.0.1:33379"]}]}`,
  ],
  ['alarm', '{}'],
  ['alarm', '{"alarms":[{"memberID":"5","alarm":"NOSPACE"}]}'],
  [
    'status',
    `{"header":{${member},"revision":"7","raft_term":"2"},"version":"3.4.23","dbSize":"20480","raftIndex":"25","raftTerm":"2","raftAppliedIndex":"25","errors":["etcdserver: no leader"],"dbSizeInUse":"16384"}`,
  ],
  ['defragment', '{}'],
  ['hash_kv', `{"header":{${member},"revision":"7","raft_term":"2"},"hash":4025344784}`],
  [
    'role_get',
    `{"header":{${member},"revision":"2","raft_term":"2"},"perm":[{},{"permType":"READWRITE","key":"YQ==","range_end":"AA=="},{"permType":"WRITE","key":"Yg=="}]}`,
  ],
  ['authenticate', `{"header":{${member},"revision":"2","raft_term":"2"},"token":"IWDnupEluPCFTvLY.69"}`],
];

describe('answers in JSON', () => {
  it.each(answers)('%s is printed as by a real gateway', (kind, text) => {
    expect(responseToJson(responseFromJson(kind, text))).toBe(text);
  });

  it('of a watch, with its events, come as lines', () => {
    const header = { cluster_id: 6012025715201963436n, member_id: 6662698563040693991n, raft_term: 2 };
    const kv = { key: fromText('foo'), value: fromText('bar'), version: 1, lease: 0n };
    const line = watchResponseToJson({
      header: { ...header, revision: 2 },
      watch_id: 0,
      created: false,
      canceled: false,
      compact_revision: 0,
      cancel_reason: '' as ByteString,
      fragment: false,
      events: [
        { type: 'PUT', kv: { ...kv, create_revision: 2, mod_revision: 2 } },
        {
          type: 'DELETE',
          kv: { ...kv, value: fromText(''), create_revision: 0, mod_revision: 3, version: 0 },
        },
      ],
    });
    expect(streamLine(line)).toBe(
      `{"result":{"header":{${member},"revision":"2","raft_term":"2"},"events":[{"kv":{"key":"Zm9v",` +
        '"create_revision":"2","mod_revision":"2","version":"1","value":"YmFy"}},' +
        '{"type":"DELETE","kv":{"key":"Zm9v","mod_revision":"3"}}]}}\n',
    );
    const piece = { header: { ...header, revision: 0 }, remaining_bytes: 5, blob: fromText('abc') };
    expect(snapshotResponseToJson(piece)).toContain('"remaining_bytes":"5","blob":"YWJj"}');
  });

  it('that are errors have text and code', () => {
    expect(errorToJson(errors.leaseExists)).toBe(
      '{"error":"etcdserver: lease already exists","message":"etcdserver: lease already exists","code":9}',
    );
    const statuses = [errors.leaseExists, errors.leaseNotFound, errors.permissionDenied, errors.authFailed];
    expect(statuses.map(({ code }) => httpStatusOf(code))).toEqual([412, 404, 403, 400]);
    expect([errors.noLeader, errors.noPasswordUser].map(({ code }) => httpStatusOf(code))).toEqual([
      503, 500,
    ]);
    expect(errorOfText('etcdserver: lease already exists')).toBe(errors.leaseExists);
    expect(errorOfText('no such text')).toBeNull();
  });

  it("escape text as Go's encoding/json does", () => {
    const request = { kind: 'role_add', role_add: { name: fromText('<&>"\\\n\r\t\b\f\u0001\u007f\u2028ö') } };
    expect(requestToJson(request as never)).toBe(
      '{"name":"\\u003c\\u0026\\u003e\\"\\\\\\n\\r\\t\\u0008\\u000c\\u0001\u007f\\u2028ö"}',
    );
  });
});

describe('requests in JSON', () => {
  it('take both spellings of a name, numbers in quotes or not, enums by name or number, and null', () => {
    const wanted = {
      kind: 'range',
      range: { key: 'foo', range_end: 'g', limit: 5, sort_order: 'DESCEND', sort_target: 'MOD' },
    };
    for (const text of [
      '{"key":"Zm9v","range_end":"Zw==","limit":5,"sort_order":"DESCEND","sort_target":"MOD"}',
      ' { "key" : "Zm9v", "rangeEnd":"Zw==","limit":"5","sortOrder":2,"sortTarget":3, "nosuch":[{}] }\n',
      '{"key":"Zm9v","range_end":null,"rangeEnd":"Zw==","limit":"5","sortOrder":2,"sortTarget":3,"revision":null}',
    ]) {
      expect(requestFromJson('range', text)).toEqual(wanted);
    }
  });

  it('keep all bits of ids, and clamp other numbers', () => {
    const put = requestFromJson('put', '{"key":"YQ==","lease":7587869127653065228}');
    expect(put).toEqual({ kind: 'put', put: { key: 'a', lease: 7587869127653065228n } });
    const range = requestFromJson(
      'range',
      '{"key":"YQ==","limit":9223372036854775807,"revision":"-9223372036854775808"}',
    );
    expect(range).toMatchObject({
      range: { limit: Number.MAX_SAFE_INTEGER, revision: Number.MIN_SAFE_INTEGER },
    });
  });

  it('may be empty, and have zero for what is missing', () => {
    expect(requestFromJson('range', '')).toEqual({ kind: 'range', range: { key: '' } });
    expect(requestFromJson('txn', '{}')).toEqual({
      kind: 'txn',
      txn: { compare: [], success: [], failure: [] },
    });
    expect(requestFromJson('lease_revoke', '{}')).toEqual({ kind: 'lease_revoke', lease_revoke: { ID: 0n } });
  });

  it('of a watch name what they want', () => {
    expect(watchRequestFromJson('{"createRequest":{"key":"YQ==","filters":["NODELETE",0]}}')).toEqual({
      kind: 'create',
      create: { key: 'a', filters: ['NODELETE', 'NOPUT'] },
    });
    expect(watchRequestFromJson('{"progress_request":{}}')).toEqual({ kind: 'progress', progress: {} });
  });

  const wrong: readonly (readonly [RequestKind, string, string])[] = [
    ['range', '{"key":"!!"}', 'key: expected base64, found "!!"'],
    ['range', '{"key":"Zm8"}', 'key: expected base64, found "Zm8"'],
    ['range', '{"key":5}', 'key: expected base64, found 5'],
    [
      'range',
      '{"limit":"x"}',
      'limit: expected an integer from -9223372036854775808 to 9223372036854775807, found "x"',
    ],
    ['range', '{"limit":1.0}', 'limit: expected an integer from'],
    ['range', '{"limit":9223372036854775808}', 'found 9223372036854775808'],
    ['range', '{"limit":true}', 'limit: expected an integer from'],
    ['range', '{"keysOnly":"true"}', 'keys_only: expected true or false, found "true"'],
    ['range', '{"sort_order":"ASC"}', 'sort_order: expected one of NONE, ASCEND, DESCEND, found "ASC"'],
    ['range', '{"sort_order":3}', 'sort_order: expected one of NONE, ASCEND, DESCEND, found 3'],
    ['member_remove', '{"ID":-1}', 'ID: expected an integer from 0 to 18446744073709551615, found -1'],
    ['member_add', '{"peerURLs":"http://h:1"}', 'peerURLs: expected an array, found "http://h:1"'],
    ['member_add', '{"peerURLs":[1]}', 'peerURLs[0]: expected a string, found 1'],
    [
      'role_grant_permission',
      '{"perm":{"permType":"X"}}',
      'perm.permType: expected one of READ, WRITE, READWRITE',
    ],
    ['role_grant_permission', '{"perm":[]}', 'perm: expected an object, found an array'],
    [
      'txn',
      '{"success":[{"requestPut":{"key":{}}}]}',
      'success[0].request_put.key: expected base64, found an object',
    ],
    ['txn', '{"success":[{}]}', 'success[0]: none of range, put, delete_range, txn is set'],
    ['put', '[]', 'message: expected an object, found an array'],
    ['put', '{"key":"YQ=="', 'JSON at character 13: expected }'],
    ['put', '{"key"}', 'JSON at character 6: expected :'],
    ['put', '{} {}', 'JSON at character 3: something behind the value'],
    ['put', '{"key":"\\x"}', 'unknown escape in a string'],
    ['put', '{"key":"a\nb"}', 'control character in a string'],
    ['put', '{"key":', 'JSON at character 7: unexpected end'],
    ['put', '{"key":"a', 'JSON at character 9: unexpected end'],
    ['put', '{key:1}', 'JSON at character 1: expected "'],
    ['put', '{"key":nul}', 'JSON at character 7: expected a value'],
  ];
  it.each(wrong)('that are wrong say where: %s %s', (kind, text, message) => {
    expect(() => requestFromJson(kind, text)).toThrow(JsonError);
    expect(() => requestFromJson(kind, text)).toThrow(message);
  });
});

describe('the JSON reader', () => {
  const plain = (value: unknown): unknown => {
    if (value instanceof Map) return Object.fromEntries([...value].map(([name, of]) => [name, plain(of)]));
    if (Array.isArray(value)) return value.map(plain);
    return typeof value === 'bigint' ? Number(value) : value;
  };

  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(0, 2), (text, indent) => {
        const wanted: unknown = JSON.parse(text);
        const read = plain(parseJson(JSON.stringify(wanted, null, indent)));
        expect(JSON.stringify(read)).toBe(JSON.stringify(wanted));
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 2 }),
        fc.nat(),
        fc.constantFrom(...'{}[]",:\\0-+.eatn '.split('')),
        (text, at, letter) => {
          const position = at % (text.length + 1);
          const changed = text.slice(0, position) + letter + text.slice(position + 1);
          let wanted = true;
          try {
            JSON.parse(changed);
          } catch {
            wanted = false;
          }
          let taken = true;
          try {
            parseJson(changed);
          } catch (error) {
            expect(error).toBeInstanceOf(JsonError);
            taken = false;
          }
          expect(taken, changed).toBe(wanted);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is not exhausted by nesting', () => {
    expect(() => parseJson('['.repeat(1_000_000))).toThrow(/nested deeper than/);
    expect(() => requestFromJson('txn', '{"success":[{"request_txn":'.repeat(600))).toThrow(JsonError);
  });
});

describe('base64', () => {
  it("is Node's, both ways", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const buffer = Buffer.from(bytes);
        const text = buffer.toString('base64');
        expect(toBase64(buffer.toString('latin1') as ByteString)).toBe(text);
        expect(fromBase64(text)).toBe(buffer.toString('latin1'));
      }),
    );
  });

  it('skips line breaks, and refuses other letters and lengths', () => {
    expect(fromBase64('Zm\r\n9v\n')).toBe('foo');
    for (const text of ['Zm9', 'Z', 'Zm9v=', '====', '_w==', 'Zm 9v', 'Z==='])
      expect(fromBase64(text), text).toBeNull();
  });
});
