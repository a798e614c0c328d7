import { describe, expect, it } from 'vitest';
import type { KeeperState, LeaseKeeper } from '../../core/client/index.ts';
import { keepAliveRetryMs } from '../../core/limits.ts';
import { errors } from '../../core/server/api/index.ts';
import { Scripted, done } from './scripted.ts';

const ttl = 6;

interface Kept {
  readonly world: Scripted;
  readonly keeper: LeaseKeeper;
  /** The state of the keeper now. */
  readonly state: () => KeeperState | undefined;
  /** How the lease was lost, once it was. */
  readonly lost: () => KeeperState | null | undefined;
}

function keeping(): Kept {
  const world = new Scripted();
  const started = world.run(world.etcd.keepAlive(7n, ttl));
  const keeper = started.result;
  if (keeper === undefined) throw new Error('keeping begins at once');
  const waiting = world.run(keeper.lost(100_000));
  return {
    world,
    keeper,
    state: () => world.run(keeper.state()).result,
    lost: () => waiting.result,
  };
}

const renewed = done('lease_keep_alive', { ID: 7n, TTL: ttl });

describe('a keeper', () => {
  it('renews at once, and then every third of the time to live', () => {
    const { world, state } = keeping();
    for (let i = 1; i <= 4; i++) {
      expect(world.sent.length).toBe(i);
      world.answer(renewed);
      world.advance((ttl * 1000) / 3 - 1);
      expect(world.sent.length).toBe(i);
      world.advance(1);
    }
    expect(state()?.kind).toBe('kept');
    expect(world.last.request).toEqual({ kind: 'lease_keep_alive', lease_keep_alive: { ID: 7n } });
    expect(world.told[0]).toBe('invoke 1 lease_keep_alive by keeper');
  });

  it('counts the time from when it asked, not from the answer', () => {
    const { world, state } = keeping();
    expect(state()).toEqual({ kind: 'kept', untilNs: 0 });
    world.advance(300);
    world.answer(renewed);
    expect(state()).toEqual({ kind: 'kept', untilNs: ttl * 1_000_000_000 });
  });

  it('says that the lease is lost as soon as a member says that there is none', () => {
    const { world, lost, state } = keeping();
    world.answer(renewed);
    world.advance(2000);
    world.answer(done('lease_keep_alive', { ID: 7n, TTL: 0 }));
    expect(lost()).toEqual({ kind: 'lost', reason: 'expired' });
    expect(state()).toEqual({ kind: 'lost', reason: 'expired' });
    const sent = world.sent.length;
    world.advance(100_000);
    expect(world.sent.length).toBe(sent);
  });

  it('tries again while the lease may be there, and says that it is lost when its time is up', () => {
    const { world, lost } = keeping();
    world.answer(renewed);
    world.advance(2000);
    expect(world.sent.length).toBe(2);
    world.advance(1000 + keepAliveRetryMs);
    expect(world.sent.length).toBe(3);
    world.advance(2499);
    expect(lost()).toBeUndefined();
    world.advance(1);
    expect(lost()).toEqual({ kind: 'lost', reason: 'silent' });
  });

  it('holds on when a late try succeeds', () => {
    const { world, lost, state } = keeping();
    world.answer(errors.tooManyRequests);
    world.advance(keepAliveRetryMs);
    world.answer(renewed);
    expect(lost()).toBeUndefined();
    expect(state()).toEqual({ kind: 'kept', untilNs: keepAliveRetryMs * 1_000_000 + ttl * 1_000_000_000 });
  });

  it('stops when it is told to', () => {
    const { world, keeper, lost } = keeping();
    world.answer(renewed);
    world.run(keeper.stop());
    expect(lost()).toEqual({ kind: 'stopped' });
    world.advance(100_000);
    expect(world.sent.length).toBe(1);
  });

  it('a script that waits for the loss goes on when it does not come', () => {
    const { world, keeper } = keeping();
    const other = world.run(world.etcd.keepAlive(8n, ttl));
    const waiting = world.run(other.result?.lost(50) ?? keeper.lost(50));
    world.advance(50);
    expect(waiting).toEqual({ done: true, result: null });
  });
});
