import { posix } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteString } from '../../core/base/bytes.ts';
import { jsonString } from '../../core/v2store/json_text.ts';
import {
  attributesJson,
  attributesKey,
  formatTime,
  memberStoreKey,
  parseAttributes,
  parseRaftAttributes,
  parseTime,
  raftAttributesJson,
  raftAttributesKey,
  removedMemberKey,
} from '../../core/v2store/index.ts';
import { cleanPath, isHiddenBelow } from '../../core/v2store/tree_path.ts';
import { bytes, text } from './support.ts';

describe('times of the v2 store', () => {
  it('print every int64 of nanoseconds, and come back', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (ns) => {
        const printed = formatTime(ns);
        expect(parseTime(printed)).toBe(ns);
        const millis = new Date(Number((ns - (((ns % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n));
        expect(printed.slice(0, 19)).toBe(millis.toISOString().slice(0, 19));
      }),
    );
  });

  it('print as many digits of a second as are needed', () => {
    expect(formatTime(0n)).toBe('1970-01-01T00:00:00Z');
    expect(formatTime(1_500_000_000n)).toBe('1970-01-01T00:00:01.5Z');
    expect(formatTime(-1n)).toBe('1969-12-31T23:59:59.999999999Z');
    expect(formatTime(2n ** 63n - 1n)).toBe('2262-04-11T23:47:16.854775807Z');
    expect(formatTime(-(2n ** 63n))).toBe('1677-09-21T00:12:43.145224192Z');
    expect(formatTime(951_782_400_000_000_000n)).toBe('2000-02-29T00:00:00Z');
  });

  it('are read with offsets, and not at all when there is no such time', () => {
    expect(parseTime('1970-01-01T01:30:00.25+01:30')).toBe(250_000_000n);
    expect(parseTime('1969-12-31T23:00:00-01:00')).toBe(0n);
    expect(parseTime('2000-02-29T00:00:00Z')).toBe(951_782_400_000_000_000n);
    const none = [
      '1900-02-29T00:00:00Z',
      '2001-13-01T00:00:00Z',
      '2001-04-31T00:00:00Z',
      '2001-01-01T24:00:00Z',
    ];
    for (const wrong of [
      ...none,
      '2001-01-01 00:00:00Z',
      '2001-01-01T00:00:00',
      '2001-01-01T00:00:00+24:00',
    ]) {
      expect(parseTime(wrong)).toBe(null);
    }
  });
});

describe('paths of the v2 store', () => {
  it('are cleaned as absolute paths are', () => {
    const piece = fc.constantFrom('', '.', '..', 'a', 'b', '...', '_h');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const path = pieces.join('/');
        const expected = posix.resolve('/', `/${path}`);
        expect(cleanPath(path as ByteString)).toBe(expected);
      }),
    );
  });

  it('are hidden if a name on the way down starts with `_`', () => {
    const hidden = (above: string, path: string) => isHiddenBelow(bytes(above), bytes(path));
    expect(hidden('/', '/_a')).toBe(true);
    expect(hidden('/a', '/a/_b/c')).toBe(true);
    expect(hidden('/_a', '/_a/b')).toBe(false);
    expect(hidden('/a', '/a/b_c')).toBe(false);
    expect(hidden('/a/b/c', '/_a')).toBe(false);
  });
});

const codePoint = fc
  .oneof(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0x2020, max: 0x2030 }), fc.nat(0x10ffff))
  .filter((point) => point < 0xd800 || point > 0xdfff);

describe('texts of the v2 store', () => {
  it('are JSON with what Go escapes on top', () => {
    fc.assert(
      fc.property(fc.array(codePoint), (points) => {
        const value = String.fromCodePoint(...points);
        const json = text(jsonString(bytes(value)) as ByteString);
        expect(JSON.parse(json)).toBe(value);
        expect(json).not.toMatch(/[<>&\u2028\u2029]/);
      }),
    );
    expect(jsonString(bytes('\b\f\n\r\t"\\/\u007f'))).toBe('"\\u0008\\u000c\\n\\r\\t\\"\\\\/\u007f"');
  });
});

describe('the membership in the v2 store', () => {
  it('has its keys under the id in hexadecimal', () => {
    const id = 0x0abc000000000001n;
    expect(memberStoreKey(id)).toBe('/0/members/abc000000000001');
    expect(raftAttributesKey(id)).toBe('/0/members/abc000000000001/raftAttributes');
    expect(attributesKey(id)).toBe('/0/members/abc000000000001/attributes');
    expect(removedMemberKey(id)).toBe('/0/removed_members/abc000000000001');
  });

  it('writes and reads attributes in the form of etcd', () => {
    const peerUrls = ['http://127.0.0.1:2380', 'http://[::1]:2380'];
    const voter = '{"peerURLs":["http://127.0.0.1:2380","http://[::1]:2380"]}';
    expect(raftAttributesJson({ peerUrls, isLearner: false })).toBe(voter);
    expect(raftAttributesJson({ peerUrls: [], isLearner: true })).toBe('{"peerURLs":[],"isLearner":true}');
    expect(parseRaftAttributes(bytes(voter))).toEqual({ peerUrls, isLearner: false });
    const attributes = { name: 'größe<1>', clientUrls: ['http://a'] };
    const json = attributesJson(attributes);
    expect(text(json)).toBe('{"name":"größe\\u003c1\\u003e","clientURLs":["http://a"]}');
    expect(parseAttributes(json)).toEqual(attributes);
    expect(attributesJson({ name: '', clientUrls: [] })).toBe('{}');
    expect(parseAttributes(bytes('{}'))).toEqual({ name: '', clientUrls: [] });
    expect(() => parseAttributes(bytes('{"name":3}'))).toThrow('name: expected a text, found 3');
  });
});
