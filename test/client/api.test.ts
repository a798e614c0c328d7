import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteString } from '../../core/base/bytes.ts';
import { nodeId } from '../../core/base/ids.ts';
import { type Outcome, type Task, bytes, prefixEnd, prefixRange, text } from '../../core/client/index.ts';
import type { EtcdClient } from '../../core/client/index.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import { Scripted, done } from './scripted.ts';

const [a, b] = [bytes('a'), bytes('b')];

type Call = (etcd: EtcdClient) => Task<Outcome<unknown>>;

const calls: readonly (readonly [string, Call, ClientRequest])[] = [
  ['get', (etcd) => etcd.get(a), { kind: 'range', range: { key: a } }],
  [
    'get with options',
    (etcd) => etcd.get(a, { range_end: b, serializable: true, revision: 3, timeoutMs: 9 }),
    { kind: 'range', range: { key: a, range_end: b, serializable: true, revision: 3 } },
  ],
  ['range', (etcd) => etcd.range({ key: a, limit: 2 }), { kind: 'range', range: { key: a, limit: 2 } }],
  [
    'put',
    (etcd) => etcd.put(a, b, { lease: 5n, prev_kv: true }),
    { kind: 'put', put: { key: a, value: b, lease: 5n, prev_kv: true } },
  ],
  [
    'delete',
    (etcd) => etcd.delete(a, { range_end: b }),
    { kind: 'delete_range', delete_range: { key: a, range_end: b } },
  ],
  [
    'txn',
    (etcd) => etcd.txn({ compare: [], success: [], failure: [] }),
    { kind: 'txn', txn: { compare: [], success: [], failure: [] } },
  ],
  ['defragment', (etcd) => etcd.defragment(nodeId(2)), { kind: 'defragment', defragment: {} }],
  ['compact', (etcd) => etcd.compact(4), { kind: 'compact', compact: { revision: 4 } }],
  [
    'compact, physically',
    (etcd) => etcd.compact(4, true),
    { kind: 'compact', compact: { revision: 4, physical: true } },
  ],
  ['leaseGrant', (etcd) => etcd.leaseGrant(9), { kind: 'lease_grant', lease_grant: { TTL: 9 } }],
  [
    'leaseGrant by id',
    (etcd) => etcd.leaseGrant(9, 5n),
    { kind: 'lease_grant', lease_grant: { TTL: 9, ID: 5n } },
  ],
  ['leaseRevoke', (etcd) => etcd.leaseRevoke(5n), { kind: 'lease_revoke', lease_revoke: { ID: 5n } }],
  [
    'leaseKeepAlive',
    (etcd) => etcd.leaseKeepAlive(5n),
    { kind: 'lease_keep_alive', lease_keep_alive: { ID: 5n } },
  ],
  [
    'leaseTimeToLive',
    (etcd) => etcd.leaseTimeToLive(5n, true),
    { kind: 'lease_time_to_live', lease_time_to_live: { ID: 5n, keys: true } },
  ],
  ['call', (etcd) => etcd.call({ kind: 'status', status: {} }), { kind: 'status', status: {} }],
];

describe('the api of scripts', () => {
  it.each(calls)('%s asks for what it says, and is given the answer', (name, call, request) => {
    const world = new Scripted();
    const task = world.run(call(world.etcd));
    expect(world.last.request).toEqual(request);
    const answer = done(request.kind, { marked: true });
    world.answer(answer);
    const whole = name === 'call' ? answer : Object.values(answer).find((part) => typeof part === 'object');
    expect(task.result).toEqual({ status: 'ok', response: whole });
  });
});

const byteStrings = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 })
  .map((codes) => String.fromCharCode(...codes) as ByteString);

describe('keys', () => {
  it('text becomes bytes and text again', () => {
    expect(text(bytes('grün'))).toBe('grün');
    expect(bytes('ü').length).toBe(2);
  });

  it('a prefix’s range holds the keys that begin with it, and no others', () => {
    fc.assert(
      fc.property(byteStrings, byteStrings, (prefix, key) => {
        fc.pre(key.length > 0);
        const { key: from, range_end: end } = prefixRange(prefix);
        const inside = key >= from && (end === '\0' || key < end);
        expect(inside).toBe(key.startsWith(prefix));
      }),
    );
    expect(prefixEnd(bytes('key'))).toBe('kez');
    expect(prefixEnd('\xff\xff' as ByteString)).toBe('\0');
  });
});
