import { describe, expect, it } from 'vitest';
import { Buckets } from '../../core/backend/index.ts';
import { decodeLease, encodeLease, leadershipIsFresh, leaseKey, minimumTtl } from '../../core/lease/index.ts';
import {
  electionTicks,
  heartbeatIntervalMs,
  leaseRevokeRetryMs,
  leaseRevokesPerSecond,
  leaseTtlSecondsMax,
  nsPerMs,
} from '../../core/limits.ts';
import { keyRange, noLease } from '../../core/mvcc/index.ts';
import { electionNs, key, LeaseBench, primary, second } from './support.ts';

describe('granting', () => {
  it('raises a short time to the shortest, one and a half elections', () => {
    expect(minimumTtl(electionTicks, heartbeatIntervalMs)).toBe(2);
    expect(minimumTtl(50, 100)).toBe(8);
    const { lessor } = primary();
    for (const [id, ttl, granted] of [
      [1n, -4, 2],
      [2n, 1, 2],
      [3n, 60, 60],
    ] as const) {
      expect(lessor.grant(id, ttl, 0)).toMatchObject({ id, ttl: granted });
    }
  });

  it('refuses a time above the longest, an id in use, and the id 0', () => {
    const { lessor } = primary();
    expect(lessor.grant(1n, leaseTtlSecondsMax + 1, 0)).toBe('ttl-too-large');
    expect(lessor.grant(1n, leaseTtlSecondsMax, 0)).toMatchObject({ ttl: leaseTtlSecondsMax });
    expect(lessor.grant(1n, 5, 0)).toBe('exists');
    expect(lessor.grant(noLease, 5, 0)).toBe('not-found');
    expect(lessor.timeToLive(1n, 0, false)).toMatchObject({ ttl: leaseTtlSecondsMax });
  });

  it('stores the lease as etcd does', () => {
    const bench = new LeaseBench();
    bench.lessor.grant(0x1234n, 300, 0);
    bench.lessor.grant(-9n, 60, 0);
    const view = bench.backend.read();
    const found = view.get(Buckets.lease, leaseKey(0x1234n));
    view.end();
    expect(leaseKey(0x1234n)).toBe('\0\0\0\0\0\0\x12\x34');
    expect(leaseKey(-9n)).toBe('\xff\xff\xff\xff\xff\xff\xff\xf7');
    expect([...(found ?? [])]).toEqual([0x08, 0xb4, 0x24, 0x10, 0xac, 0x02]);
    expect(bench.stored()).toEqual(['4660 300 0', '-9 60 0']);
    expect(decodeLease(encodeLease({ id: -9n, ttl: 60, remainingTtl: 7 }))).toEqual({
      id: -9n,
      ttl: 60,
      remainingTtl: 7,
    });
  });
});

describe('keys', () => {
  it('a re-put without lease detaches, one with another lease moves, a delete detaches', () => {
    const bench = new LeaseBench();
    bench.lessor.grant(1n, 60, 0);
    bench.lessor.grant(2n, 60, 0);
    for (const name of ['a', 'b', 'c', 'd']) bench.put(name, 1n);
    bench.put('a');
    bench.put('b', 2n);
    bench.put('c', 1n);
    const txn = bench.store.write();
    txn.deleteRange(keyRange(key('d')));
    txn.end();
    expect([bench.keysOf(1n), bench.keysOf(2n)]).toEqual([['c'], ['b']]);
    expect([bench.lessor.leaseOf(key('a')), bench.lessor.leaseOf(key('b'))]).toEqual([noLease, 2n]);
  });

  it('a key has one lease, in whichever order the old one is left and the new one joined', () => {
    const { lessor } = new LeaseBench();
    lessor.grant(1n, 60, 0);
    lessor.grant(2n, 60, 0);
    lessor.attach(1n, key('a'));
    lessor.attach(2n, key('a'));
    lessor.detach(1n, key('a'));
    expect([lessor.lookup(1n)?.keys.size, lessor.leaseOf(key('a'))]).toEqual([0, 2n]);
    lessor.attach(9n, key('b'));
    expect(lessor.leaseOf(key('b'))).toBe(noLease);
  });
});

describe('revoking', () => {
  it('deletes the keys sorted, and the lease, in one transaction of the backend', () => {
    const bench = new LeaseBench();
    bench.lessor.grant(1n, 60, 0);
    for (const name of ['z', 'b', 'k']) bench.put(name, 1n);
    bench.put('other');
    let locks = 0;
    const lock = bench.backend.lockForApply.bind(bench.backend);
    bench.backend.lockForApply = () => {
      locks++;
      return lock();
    };
    expect(bench.lessor.revoke(1n, bench.store)).toBeNull();
    expect(locks).toBe(1);
    expect(bench.changes.map(({ kv, revision, tombstone }) => [kv.key, revision.sub, tombstone])).toEqual([
      ['b', 0, true],
      ['k', 1, true],
      ['z', 2, true],
    ]);
    expect([bench.stored(), bench.lessor.has(1n), bench.lessor.leaseOf(key('z'))]).toEqual([
      [],
      false,
      noLease,
    ]);
    expect(bench.lessor.revoke(1n, bench.store)).toBe('not-found');
  });

  it('of a lease without keys makes no revision', () => {
    const bench = primary();
    bench.lessor.grant(1n, 60, 0);
    bench.lessor.revoke(1n, bench.store);
    expect([bench.store.currentRevision, bench.stored()]).toEqual([1, []]);
    expect(bench.lessor.takeExpired(100 * second)).toEqual([]);
  });
});

describe('expiry', () => {
  it('exists only on the primary: followers never expire anything', () => {
    const { lessor } = new LeaseBench();
    lessor.grant(1n, 2, 0);
    expect(lessor.takeExpired(1_000_000 * second)).toEqual([]);
    expect(lessor.timeToLive(1n, 0, true)).toEqual({ kind: 'not-primary' });
    expect(lessor.renew(1n, 0)).toEqual({ kind: 'not-primary' });
  });

  it('comes when the time is over, not before, earliest first', () => {
    const { lessor } = primary();
    lessor.grant(7n, 5, 1);
    lessor.grant(3n, 4, 0);
    lessor.grant(5n, 4, 0);
    expect(lessor.takeExpired(4 * second - 1)).toEqual([]);
    expect(lessor.takeExpired(4 * second)).toEqual([3n, 5n]);
    expect(lessor.takeExpired(5 * second)).toEqual([]);
    expect(lessor.takeExpired(5 * second + nsPerMs)).toEqual([7n]);
  });

  it('is told again every three seconds until the lease is revoked', () => {
    const bench = primary();
    bench.lessor.grant(1n, 4, 0);
    const retryNs = leaseRevokeRetryMs * nsPerMs;
    const first = bench.lessor.takeExpired(4 * second);
    expect(bench.lessor.takeExpired(4 * second + retryNs - nsPerMs)).toEqual([]);
    expect(bench.lessor.takeExpired(4 * second + retryNs)).toEqual([1n]);
    bench.lessor.revoke(1n, bench.store);
    expect(bench.lessor.takeExpired(4 * second + 3 * retryNs)).toEqual([]);
    // Each list is the caller's own: later ones do not change it (etcd issue 14087).
    expect(first).toEqual([1n]);
  });

  it('hands out at most 500 leases a check', () => {
    const { lessor } = primary();
    for (let id = 1n; id <= 1100n; id++) lessor.grant(id, 2, 0);
    const taken = [2, 2.5, 3].map((at) => lessor.takeExpired(at * second));
    expect(taken.map((list) => list.length)).toEqual([500, 500, 100]);
    expect(new Set(taken.flat()).size).toBe(1100);
  });

  it('tells the time left in whole seconds, with the keys in byte order', () => {
    const bench = primary();
    bench.lessor.grant(1n, 10, 0);
    for (const name of ['b', 'a', 'c']) bench.put(name, 1n);
    expect(bench.lessor.timeToLive(1n, 0.5 * second, true)).toEqual({
      kind: 'alive',
      ttl: 9,
      grantedTtl: 10,
      keys: ['a', 'b', 'c'],
    });
    expect(bench.lessor.timeToLive(1n, 12.5 * second, false)).toMatchObject({ ttl: -2, keys: [] });
    expect(bench.lessor.timeToLive(2n, 0, true)).toEqual({ kind: 'not-found' });
  });

  it('lists the leases by what is left of them, then by id', () => {
    const { lessor } = primary();
    for (const [id, ttl] of [
      [6n, 9],
      [8n, 5],
      [-9n, 60],
      [5n, 5],
    ] as const) {
      lessor.grant(id, ttl, 0);
    }
    expect(lessor.list().map(({ id }) => id)).toEqual([5n, 8n, 6n, -9n]);
    lessor.demote();
    expect(lessor.list().map(({ id }) => id)).toEqual([-9n, 5n, 6n, 8n]);
  });
});

describe('renewing', () => {
  it('starts the time anew', () => {
    const { lessor } = primary();
    lessor.grant(1n, 10, 0);
    expect(lessor.renew(1n, 9 * second)).toEqual({ kind: 'renewed', ttl: 10 });
    expect(lessor.takeExpired(19 * second - 1)).toEqual([]);
    expect(lessor.takeExpired(19 * second)).toEqual([1n]);
  });

  it('a missing lease is not found; one that has expired is not saved any more', () => {
    const bench = primary();
    bench.lessor.grant(1n, 10, 0);
    expect(bench.lessor.renew(2n, 0)).toEqual({ kind: 'not-found' });
    expect(bench.lessor.renew(1n, 10 * second)).toEqual({ kind: 'expired' });
    bench.lessor.revoke(1n, bench.store);
    expect(bench.lessor.renew(1n, 10 * second)).toEqual({ kind: 'not-found' });
  });

  it('a leader that stalled must make sure that it still leads', () => {
    const tick = heartbeatIntervalMs * nsPerMs;
    expect(leadershipIsFresh(0, 3 * tick - 1, tick)).toBe(true);
    expect(leadershipIsFresh(0, 3 * tick, tick)).toBe(false);
  });
});

describe('a change of the leader', () => {
  it('Demote makes the expiry forever, Promote gives the whole time and an election timeout', () => {
    const { lessor } = primary();
    lessor.grant(1n, 10, 0);
    lessor.demote();
    expect(lessor.isPrimary).toBe(false);
    expect(lessor.lookup(1n)?.expiryMs).toBe(Infinity);
    expect(lessor.takeExpired(1000 * second)).toEqual([]);
    lessor.promote(1000 * second, electionNs);
    expect(lessor.takeExpired(1010 * second + electionNs - 1)).toEqual([]);
    expect(lessor.takeExpired(1010 * second + electionNs)).toEqual([1n]);
  });

  it('Promote spreads pile-ups over time, below the revoke rate', () => {
    const { lessor } = new LeaseBench();
    const count = 5000;
    for (let id = 1; id <= count; id++) lessor.grant(BigInt(id), id <= 4000 ? 10 : 11, 0);
    lessor.promote(0, electionNs);
    const leases = lessor.list();
    const early = leases.filter(({ ttl, expiryMs }) => expiryMs < ttl * 1000 + electionNs / nsPerMs);
    expect(early).toEqual([]);
    const expiries = leases.map(({ expiryMs }) => expiryMs);
    const inARow = expiries.map((at, i) => (expiries[i + leaseRevokesPerSecond] ?? Infinity) - at);
    expect(Math.min(...inARow)).toBeGreaterThanOrEqual(1000);
    // And not later than needed: about three quarters of the rate.
    expect((expiries.at(-1) ?? 0) - (expiries[0] ?? 0)).toBeLessThan((count / 700) * 1000);
  });

  it('few leases are left where they are', () => {
    const { lessor } = new LeaseBench();
    for (let id = 1; id < leaseRevokesPerSecond; id++) lessor.grant(BigInt(id), 10, 0);
    lessor.promote(0, 0);
    expect(new Set(lessor.list().map(({ expiryMs }) => expiryMs)).size).toBe(1);
  });
});
