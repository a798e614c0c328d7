import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteString, fromBytes } from '../../core/base/bytes.ts';
import { ProtobufError, ProtobufWriter } from '../../core/base/protobuf.ts';
import {
  decodeV2Request,
  encodeV2Request,
  isV2Request,
  makeV2Request,
  membershipWriteOf,
  type V2Request,
} from '../../core/v2store/index.ts';
import { bytes } from './support.ts';

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}

const byteString = fc.uint8Array({ maxLength: 20 }).map(fromBytes);
const uint64 = fc.bigInt(0n, 2n ** 64n - 1n);
const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const maybe = fc.constantFrom(null, true, false);
const request: fc.Arbitrary<V2Request> = fc.record({
  id: uint64,
  method: fc.constantFrom('PUT', 'POST', 'DELETE', 'QGET', 'SYNC').map(bytes),
  path: byteString,
  val: byteString,
  dir: fc.boolean(),
  prevValue: byteString,
  prevIndex: uint64,
  prevExist: maybe,
  expiration: int64,
  wait: fc.boolean(),
  since: uint64,
  recursive: fc.boolean(),
  sorted: fc.boolean(),
  quorum: fc.boolean(),
  time: int64,
  stream: fc.boolean(),
  refresh: maybe,
});

describe('v2 requests in the log', () => {
  it('have all fields but prevExist and refresh, in order, as in an etcd 3.4 log', () => {
    const put = makeV2Request({
      id: 0x12c8a1feb26cbb04n,
      method: bytes('PUT'),
      path: bytes('/0/version'),
      val: bytes('3.4.0'),
    });
    expect(hex(encodeV2Request(put))).toBe(
      '0884f6b293ebbfa8e412' +
        '1203505554' +
        '1a0a2f302f76657273696f6e' +
        '2205332e342e30' +
        '2800320038004800500058006000680070007800800100',
    );
    const flags = encodeV2Request({ ...put, prevExist: false, refresh: true });
    expect(hex(flags)).toContain('380040004800');
    expect(hex(flags).endsWith('800100880101')).toBe(true);
    expect(decodeV2Request(flags)).toEqual({ ...put, prevExist: false, refresh: true });
  });

  it('come back from their bytes whatever they hold', () => {
    fc.assert(
      fc.property(request, (one) => {
        const data = encodeV2Request(one);
        expect(decodeV2Request(data)).toEqual(one);
        expect(isV2Request(data)).toBe(true);
      }),
    );
  });

  it('are not mistaken for other requests, nor those for them', () => {
    const put = new ProtobufWriter();
    // InternalRaftRequest {header {ID: 5}, put {key, value}}
    put.message(4, null, (writer) => {
      writer.bytes(1, Uint8Array.of(0x66));
      writer.bytes(2, Uint8Array.of(0x62));
    });
    put.message(100, null, (writer) => writer.varint(1, 5));
    const wrapped = new ProtobufWriter();
    const inner = encodeV2Request(makeV2Request({ method: bytes('PUT'), path: bytes('/1/a') }));
    wrapped.varint(1, 7);
    wrapped.bytes(2, inner);
    const cutShort = encodeV2Request(makeV2Request({ method: bytes('PUT') })).subarray(0, -1);
    expect(isV2Request(cutShort)).toBe(false);
    for (const data of [put.finish(), wrapped.finish(), new Uint8Array(0), Uint8Array.of(0x12, 9, 80)]) {
      expect(isV2Request(data)).toBe(false);
    }
    expect(isV2Request(encodeV2Request(makeV2Request({ method: bytes('PATCH') })))).toBe(false);
    expect(() => decodeV2Request(Uint8Array.of(0x12, 9, 80))).toThrow(ProtobufError);
  });

  it('no name of a method reads as the Request that InternalRaftRequest has in its place', () => {
    // What etcd would have to be able to read there: every field in its wire type, nothing cut short.
    const varints = new Set([1, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
    for (const method of ['PUT', 'POST', 'DELETE', 'QGET', 'SYNC']) {
      const first = method.charCodeAt(0);
      const [field, type] = [first >> 3, first & 7];
      expect(varints.has(field)).toBe(true);
      // P, D and Q, S: only P (field 10 as a varint) is a start, and behind its value comes the end of a group.
      if (type === 0) expect(method.charCodeAt(2) & 7).toBeGreaterThan(2);
      else expect(type).not.toBe(0);
    }
  });

  it('of the membership are recognised', () => {
    const put = (path: string, rest: Partial<V2Request> = {}) =>
      membershipWriteOf(makeV2Request({ method: bytes('PUT'), path: bytes(path), val: bytes('v'), ...rest }));
    const member = 0xfedcba9876543210n;
    const key = '/0/members/fedcba9876543210/attributes';
    expect(put(key)).toEqual({ kind: 'attributes', member, json: 'v' });
    expect(put('/0/version')).toEqual({ kind: 'clusterVersion', version: 'v' });
    for (const none of [
      put('/1/members/1/attributes'),
      put('/0/members/1/raftAttributes'),
      put(key, { prevExist: true }),
      put(key, { prevIndex: 1n }),
      put(key, { prevValue: bytes('x') }),
      put(key, { method: bytes('DELETE') as ByteString }),
    ]) {
      expect(none).toBe(null);
    }
  });
});
