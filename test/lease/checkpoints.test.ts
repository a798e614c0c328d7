import { describe, expect, it } from 'vitest';
import type { Renewal } from '../../core/lease/index.ts';
import { leaseCheckpointBatchMax, leaseCheckpointIntervalMs, nsPerMs } from '../../core/limits.ts';
import { noLease } from '../../core/mvcc/index.ts';
import { electionNs, key, LeaseBench, primary, second } from './support.ts';

describe('checkpoints', () => {
  const intervalNs = leaseCheckpointIntervalMs * nsPerMs;
  const hour = 3600;

  it('are off by default', () => {
    const { lessor } = primary();
    lessor.grant(1n, hour, 0);
    expect(lessor.takeCheckpoints(10 * intervalNs)).toEqual([]);
  });

  it('come every five minutes for leases with more than that to run', () => {
    const { lessor } = primary({ checkpoints: true });
    lessor.grant(1n, hour, 0);
    lessor.grant(2n, leaseCheckpointIntervalMs / 1000, 0);
    expect(lessor.takeCheckpoints(intervalNs - nsPerMs)).toEqual([]);
    const [first] = lessor.takeCheckpoints(intervalNs);
    expect(first).toEqual({ ID: 1n, remaining_TTL: hour - 300 });
    lessor.checkpoint({ ID: 1n, remaining_TTL: hour - 300 }, intervalNs + second);
    expect(lessor.takeCheckpoints(2 * intervalNs)).toEqual([]);
    expect(lessor.takeCheckpoints(2 * intervalNs + second)).toEqual([{ ID: 1n, remaining_TTL: hour - 601 }]);
    // What a lost entry would have said is said again later.
    expect(lessor.takeCheckpoints(3 * intervalNs + second)).toEqual([{ ID: 1n, remaining_TTL: hour - 901 }]);
  });

  it('are batched by a thousand', () => {
    const { lessor } = primary({ checkpoints: true });
    for (let id = 1n; id <= 1500n; id++) lessor.grant(id, hour, 0);
    expect(lessor.takeCheckpoints(intervalNs)).toHaveLength(leaseCheckpointBatchMax);
    expect(lessor.takeCheckpoints(intervalNs)).toHaveLength(500);
    expect(lessor.takeCheckpoints(intervalNs)).toHaveLength(0);
  });

  it('let a lease end in spite of repeated elections', () => {
    const members = [new LeaseBench({ checkpoints: true }), new LeaseBench({ checkpoints: true })];
    let now = 0;
    for (const { lessor } of members) lessor.grant(1n, hour, now);
    let expired = false;
    for (let term = 0; term < 20 && !expired; term++) {
      const leader = members[term % 2]?.lessor;
      for (const { lessor } of members) if (lessor !== leader) lessor.demote();
      leader?.promote(now, electionNs);
      now += intervalNs + second;
      for (const checkpoint of leader?.takeCheckpoints(now) ?? []) {
        for (const { lessor } of members) lessor.checkpoint(checkpoint, now);
      }
      expired = leader?.takeExpired(now).includes(1n) === true;
    }
    expect(expired).toBe(true);
  });

  it('a renewal clears what one left, through the log, before it counts', () => {
    const { lessor } = primary({ checkpoints: true });
    lessor.grant(1n, hour, 0);
    lessor.checkpoint({ ID: 1n, remaining_TTL: 600 }, 0);
    const asked = lessor.renew(1n, second);
    expect(asked).toMatchObject({ kind: 'checkpoint', pending: { lease: { id: 1n } } });
    lessor.checkpoint({ ID: 1n, remaining_TTL: 0 }, 2 * second);
    const lease = lessor.lookup(1n);
    if (lease === undefined) throw new Error('no lease');
    expect(lessor.finishRenewal({ lease, checkpointsTaken: 0 }, 2 * second)).toEqual({
      kind: 'renewed',
      ttl: hour,
    });
    lessor.demote();
    lessor.promote(3 * second, 0);
    expect(lessor.timeToLive(1n, 3 * second, false)).toMatchObject({ ttl: hour });
  });

  it('a renewal also clears one that is under way', () => {
    const { lessor } = primary({ checkpoints: true });
    lessor.grant(1n, hour, 0);
    const [underWay] = lessor.takeCheckpoints(intervalNs);
    const asked = lessor.renew(1n, intervalNs);
    if (underWay === undefined || asked.kind !== 'checkpoint') throw new Error(asked.kind);
    lessor.checkpoint(underWay, intervalNs);
    lessor.checkpoint({ ID: 1n, remaining_TTL: 0 }, intervalNs);
    expect(lessor.finishRenewal(asked.pending, intervalNs)).toEqual({ kind: 'renewed', ttl: hour });
  });

  it('a renewal asks once more if another one was handed out while it waited', () => {
    const { lessor } = primary({ checkpoints: true });
    lessor.grant(1n, hour, 0);
    lessor.takeCheckpoints(intervalNs);
    const asked = lessor.renew(1n, intervalNs);
    lessor.takeCheckpoints(2 * intervalNs);
    lessor.checkpoint({ ID: 1n, remaining_TTL: 0 }, 2 * intervalNs);
    if (asked.kind !== 'checkpoint') throw new Error(asked.kind);
    const again = lessor.finishRenewal(asked.pending, 2 * intervalNs);
    if (again.kind !== 'checkpoint') throw new Error(again.kind);
    expect(lessor.finishRenewal(again.pending, 2 * intervalNs)).toEqual({ kind: 'renewed', ttl: hour });
  });

  it('a renewal that waited for its checkpoint does not revive a lease that went away', () => {
    const bench = primary({ checkpoints: true });
    const renewal = (): Renewal => {
      bench.lessor.grant(1n, hour, 0);
      bench.lessor.checkpoint({ ID: 1n, remaining_TTL: 600 }, 0);
      const asked = bench.lessor.renew(1n, 0);
      if (asked.kind !== 'checkpoint') throw new Error(asked.kind);
      bench.lessor.revoke(1n, bench.store);
      return bench.lessor.finishRenewal(asked.pending, 0);
    };
    expect(renewal()).toEqual({ kind: 'not-found' });
    bench.lessor.grant(1n, hour, 0);
    const before = bench.lessor.lookup(1n);
    if (before === undefined) throw new Error('no lease');
    bench.lessor.revoke(1n, bench.store);
    bench.lessor.grant(1n, hour, 0);
    expect(bench.lessor.finishRenewal({ lease: before, checkpointsTaken: 0 }, 0)).toEqual({
      kind: 'not-found',
    });
    bench.lessor.demote();
    expect(bench.lessor.finishRenewal({ lease: before, checkpointsTaken: 0 }, 0)).toEqual({
      kind: 'not-primary',
    });
  });

  it('are kept over a restart only if asked for', () => {
    for (const persistCheckpoints of [false, true]) {
      const bench = primary({ checkpoints: true, persistCheckpoints });
      bench.lessor.grant(1n, hour, 0);
      bench.lessor.checkpoint({ ID: 1n, remaining_TTL: 600 }, 0);
      bench.lessor.checkpoint({ ID: 2n, remaining_TTL: 600 }, 0);
      expect(bench.stored()).toEqual([`1 ${hour} ${persistCheckpoints ? 600 : 0}`]);
      expect(bench.restarted().lookup(1n)?.remainingTtl).toBe(persistCheckpoints ? 600 : 0);
    }
  });
});

describe('recovering', () => {
  it('comes before the store, which attaches the keys; nothing expires before a promotion', () => {
    const bench = primary();
    bench.lessor.grant(1n, 10, 0);
    bench.lessor.grant(2n, 10, 0);
    for (const name of ['b', 'a', 'c']) bench.put(name, 1n);
    bench.put('b');
    bench.lessor.revoke(2n, bench.store);
    const lessor = bench.restarted({ minTtl: 60 });
    expect(lessor.list()).toMatchObject([{ id: 1n, ttl: 60, expiryMs: Infinity }]);
    expect([...(lessor.lookup(1n)?.keys ?? [])]).toEqual(['a', 'c']);
    expect(lessor.takeExpired(1000 * second)).toEqual([]);
  });

  it('replaces everything by what a snapshot holds', () => {
    const leader = primary();
    leader.lessor.grant(2n, 10, 0);
    leader.put('b', 2n);
    const follower = new LeaseBench();
    follower.lessor.grant(1n, 10, 0);
    follower.put('a', 1n);
    follower.lessor.promote(0, 0);
    follower.lessor.recover(leader.backend);
    expect([follower.lessor.isPrimary, follower.lessor.takeExpired(1000 * second)]).toEqual([false, []]);
    follower.store.restore(leader.backend);
    expect(follower.lessor.list().map(({ id, keys }) => [id, [...keys]])).toEqual([[2n, ['b']]]);
    expect(follower.lessor.leaseOf(key('a'))).toBe(noLease);
  });
});
