import { describe, expect, it } from 'vitest';
import { bytes, prefixRange, text } from '../../../core/client/index.ts';
import { Barrier } from '../../../core/client/recipes/barrier.ts';
import { DoubleBarrier } from '../../../core/client/recipes/double_barrier.ts';
import { Election, LeaderObserver } from '../../../core/client/recipes/election.ts';
import { FencedRegister } from '../../../core/client/recipes/fence.ts';
import { ownedBy } from '../../../core/client/recipes/line.ts';
import { Mutex } from '../../../core/client/recipes/mutex.ts';
import { openSession } from '../../../core/client/recipes/session.ts';
import type { Script } from '../../../sim/script.ts';
import type { WorkloadClient } from '../../../sim/scenario.ts';
import { ok, together } from './support.ts';

describe('a session', () => {
  it('lives on while it is renewed, and takes what is attached with it when it is closed', () => {
    const seen: unknown[] = [];
    together('session', function* ({ etcd }) {
      const session = ok(yield* openSession(etcd, 2, 5000));
      yield* etcd.put(bytes('k'), bytes('v'), { lease: session.lease });
      yield* etcd.sleep(7000);
      seen.push(yield* session.isAlive());
      ok(yield* session.close(3000));
      seen.push(yield* session.isAlive());
      const got = yield* etcd.get(bytes('k'));
      seen.push(got.status === 'ok' && got.response.kvs.length);
      // A second time there is nothing to end.
      seen.push((yield* session.close(3000)).status);
    });
    expect(seen).toEqual([true, false, 0, 'ok']);
  });

  it('ends after its time to live when it is abandoned', () => {
    const counts: number[] = [];
    together('abandoned', function* ({ etcd }) {
      const session = ok(yield* openSession(etcd, 2, 5000));
      yield* etcd.put(bytes('k'), bytes('v'), { lease: session.lease });
      yield* session.abandon();
      for (const ms of [1500, 3000]) {
        yield* etcd.sleep(ms);
        const got = yield* etcd.get(bytes('k'));
        counts.push(got.status === 'ok' ? got.response.kvs.length : -1);
      }
    });
    expect(counts).toEqual([1, 0]);
  });
});

describe('a mutex', () => {
  function* takes(client: WorkloadClient, delayMs: number, holdMs: number, log: string[]): Script {
    const { etcd, number } = client;
    yield* etcd.sleep(delayMs);
    const session = ok(yield* openSession(etcd, 5, 5000));
    const mutex = new Mutex(session, bytes('lock'));
    const ownership = ok(yield* mutex.lock(20_000));
    log.push(`c${number} in`);
    yield* etcd.sleep(holdMs);
    log.push(`c${number} out`);
    ok(yield* mutex.unlock(ownership, 3000));
  }

  it('is held by one after the other, in the order of their coming', () => {
    const log: string[] = [];
    together(
      'mutex',
      (client) => takes(client, 1000, 300, log),
      (client) => takes(client, 1100, 300, log),
      (client) => takes(client, 1200, 300, log),
    );
    expect(log).toEqual(['c1 in', 'c1 out', 'c2 in', 'c2 out', 'c3 in', 'c3 out']);
  });

  it('gives growing tokens, is given up once, and tryLock does not wait or leave a place', () => {
    const seen: unknown[] = [];
    together('tokens', function* ({ etcd }) {
      const [one, two] = [ok(yield* openSession(etcd, 5, 5000)), ok(yield* openSession(etcd, 5, 5000))];
      const [mine, other] = [new Mutex(one, bytes('lock')), new Mutex(two, bytes('lock'))];
      const first = ok(yield* mine.lock(1000));
      seen.push((yield* other.tryLock()).status);
      const places = yield* etcd.range(prefixRange(bytes('lock/')));
      seen.push(places.status === 'ok' && places.response.kvs.length);
      // The same session has the lock it has.
      seen.push(ok(yield* mine.lock(1000)).token === first.token);
      seen.push(ok(yield* mine.unlock(first, 1000)), ok(yield* mine.unlock(first, 1000)));
      const second = ok(yield* other.lock(1000));
      seen.push(second.token > first.token);
    });
    expect(seen).toEqual(['timeout', 1, true, true, false, true]);
  });

  it('passes on when a holder dies, whose guarded writes are refused then', () => {
    const seen: unknown[] = [];
    together('dies', function* ({ etcd }) {
      const one = ok(yield* openSession(etcd, 2, 5000));
      const two = ok(yield* openSession(etcd, 5, 5000));
      const old = ok(yield* new Mutex(one, bytes('lock')).lock(1000));
      yield* one.abandon();
      const present = ok(yield* new Mutex(two, bytes('lock')).lock(20_000));
      for (const owner of [old, present]) {
        const put = { kind: 'put', put: { key: bytes('guarded'), value: bytes('v') } } as const;
        const written = yield* etcd.txn({ compare: [ownedBy(owner)], success: [put], failure: [] });
        seen.push(written.status === 'ok' && written.response.succeeded);
      }
    });
    expect(seen).toEqual([false, true]);
  });

  it('does not believe to hold it when its own key has gone while it waited', () => {
    let status = '';
    together(
      'own key',
      function* ({ etcd }) {
        const session = ok(yield* openSession(etcd, 5, 5000));
        ok(yield* new Mutex(session, bytes('lock')).lock(1000));
        yield* etcd.sleep(2000);
        // Both keys go at one revision, as when leases end together.
        const { key, range_end } = prefixRange(bytes('lock/'));
        yield* etcd.delete(key, { range_end });
      },
      function* ({ etcd }) {
        const session = ok(yield* openSession(etcd, 5, 5000));
        yield* etcd.sleep(1000);
        ({ status } = yield* new Mutex(session, bytes('lock')).lock(20_000));
      },
    );
    expect(status).toBe('lost');
  });
});

describe('a fence', () => {
  it('accepts tokens that do not go down, and remembers the highest', () => {
    const seen: unknown[] = [];
    together('fence', function* ({ etcd }) {
      const register = new FencedRegister(etcd, bytes('register'));
      seen.push(ok(yield* register.read()));
      for (const token of [9, 9, 10, 9, 100, 20]) {
        seen.push(ok(yield* register.write(token, bytes(String(token)))).accepted);
      }
      seen.push(text(ok(yield* register.read()) ?? bytes('')));
    });
    expect(seen).toEqual([null, true, true, true, false, true, false, '100']);
  });
});

describe('an election', () => {
  it('is won by one, whose word is heard, and who can’t speak any more afterwards', () => {
    const seen: string[] = [];
    const statuses: string[] = [];
    together(
      'election',
      function* ({ etcd }) {
        const observer = new LeaderObserver(etcd, bytes('who'));
        while (!seen.includes('two')) {
          const leader = yield* observer.next(1000);
          if (leader !== null) seen.push(text(leader.value));
        }
      },
      function* ({ etcd }) {
        const session = ok(yield* openSession(etcd, 5, 5000));
        const election = new Election(session, bytes('who'));
        const leadership = ok(yield* election.campaign(bytes('one'), 5000));
        yield* etcd.sleep(3000);
        ok(yield* election.proclaim(leadership, bytes('one more')));
        yield* etcd.sleep(500);
        statuses.push(String(ok(yield* election.resign(leadership, 3000))));
        statuses.push((yield* election.proclaim(leadership, bytes('nobody'))).status);
      },
      function* ({ etcd }) {
        yield* etcd.sleep(2500);
        const session = ok(yield* openSession(etcd, 5, 5000));
        const election = new Election(session, bytes('who'));
        ok(yield* election.campaign(bytes('two'), 20_000));
        yield* etcd.sleep(1500);
      },
    );
    expect(seen).toEqual(['one', 'one more', 'two']);
    expect(statuses).toEqual(['true', 'lost']);
  });
});

describe('barriers', () => {
  it('a gate keeps those who come while it is closed', () => {
    const log: string[] = [];
    together(
      'gate',
      function* ({ etcd }) {
        const barrier = new Barrier(etcd, bytes('gate'));
        yield* etcd.sleep(1000);
        while ((yield* barrier.hold()).status !== 'ok') yield* etcd.sleep(100);
        log.push(`again ${ok(yield* barrier.hold())}`);
        yield* etcd.sleep(3000);
        log.push('opens');
        log.push(`was closed ${ok(yield* barrier.release(3000))}`);
        log.push(`was closed ${ok(yield* barrier.release(3000))}`);
      },
      function* ({ etcd }) {
        yield* etcd.sleep(3000);
        log.push((yield* new Barrier(etcd, bytes('gate')).wait(100)).status);
        ok(yield* new Barrier(etcd, bytes('gate')).wait(20_000));
        log.push('passes');
      },
    );
    expect(log.filter((line) => line !== 'passes')).toEqual([
      'again false',
      'timeout',
      'opens',
      'was closed true',
      'was closed false',
    ]);
    expect(log.indexOf('passes')).toBeGreaterThan(log.indexOf('opens'));
  });

  it('a double barrier lets all in when the last has come, and out when the last has left', () => {
    const log: string[] = [];
    const script = (comesMs: number, worksMs: number) =>
      function* ({ etcd, number }: WorkloadClient): Script {
        const session = ok(yield* openSession(etcd, 5, 8000));
        yield* etcd.sleep(comesMs);
        const barrier = new DoubleBarrier(session, bytes('work'), 2, bytes(`c${number}`));
        log.push('comes');
        ok(yield* barrier.enter(20_000));
        log.push('in');
        yield* etcd.sleep(worksMs);
        log.push('leaves');
        ok(yield* barrier.leave(20_000));
        log.push('out');
      };
    together('double', script(100, 1500), script(2000, 300));
    expect(log).toEqual(['comes', 'comes', 'in', 'in', 'leaves', 'leaves', 'out', 'out']);
  });
});
