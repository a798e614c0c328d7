import { describe, expect, it } from 'vitest';
import { nodeId } from '../../core/base/ids.ts';
import { bytes, isReadOnly, reactionTo } from '../../core/client/index.ts';
import { clientRetryMs } from '../../core/limits.ts';
import { type ClientRequest, errorNames, errors, grpcCodes, outcomeOf } from '../../core/server/api/index.ts';
import { Scripted, done } from './scripted.ts';

const key = bytes('x');
const value = bytes('1');

describe('endpoints', () => {
  it('stays with the endpoint that it began with while that answers', () => {
    const world = new Scripted({ start: 1 });
    for (let i = 0; i < 3; i++) {
      const put = world.run(world.etcd.put(key, value));
      world.answer(done('put'));
      expect(put.result?.status).toBe('ok');
    }
    expect(world.route).toEqual([2, 2, 2]);
  });

  it('takes another for each request when it is to go round', () => {
    const world = new Scripted({ balancing: 'roundRobin' });
    for (let i = 0; i < 4; i++) {
      world.run(world.etcd.get(key));
      world.answer(done('range', { kvs: [], more: false, count: 0 }));
    }
    expect(world.route).toEqual([1, 2, 3, 1]);
  });

  it('stays with the next one after a failure, and two failures of one endpoint count once', () => {
    const world = new Scripted();
    world.run(world.etcd.put(key, value));
    world.run(world.etcd.put(key, value));
    world.advance(1000);
    expect(world.client.endpoint).toBe(2);
  });

  it('asks the one endpoint that it is told to, and no other', () => {
    const world = new Scripted();
    const call = world.run(world.etcd.get(key, { endpoint: nodeId(3) }));
    world.answer(errors.noLeader);
    expect(call.result).toMatchObject({ status: 'fail', error: errors.noLeader });
    const refused = world.run(world.etcd.put(key, value, { endpoint: nodeId(3) }));
    world.refuse();
    expect(refused.result?.status).toBe('fail');
    expect(world.route).toEqual([3, 3]);
    expect(world.client.endpoint).toBe(1);
  });
});

describe('what is sent again', () => {
  it('a read that a member could not answer goes to the next', () => {
    const world = new Scripted();
    const read = world.run(world.etcd.get(key));
    world.answer(errors.leaderChanged);
    expect(world.route).toEqual([1, 2]);
    world.answer(done('range', { kvs: [], more: false, count: 0 }));
    expect(read.result?.status).toBe('ok');
  });

  it('a txn that only reads is a read, one that may write is not', () => {
    const range = { kind: 'range', range: { key } } as const;
    const put = { kind: 'put', put: { key, value } } as const;
    const txn = (success: (typeof range | typeof put)[]): ClientRequest => ({
      kind: 'txn',
      txn: { compare: [], success, failure: [] },
    });
    expect(isReadOnly(txn([range]))).toBe(true);
    expect(isReadOnly(txn([range, put]))).toBe(false);
  });

  it('a write that never got to its endpoint goes to the next, with a pause after each quorum', () => {
    const world = new Scripted();
    const put = world.run(world.etcd.put(key, value));
    world.refuse();
    expect(world.route).toEqual([1, 2]);
    world.refuse();
    expect(world.route).toEqual([1, 2]);
    world.advance(clientRetryMs);
    expect(world.route).toEqual([1, 2, 3]);
    world.answer(done('put'));
    expect(put.result?.status).toBe('ok');
  });

  it('a write that certainly did nothing goes to the next, one with an open outcome never', () => {
    const world = new Scripted();
    const put = world.run(world.etcd.put(key, value));
    world.answer(errors.noLeader);
    expect(world.route).toEqual([1, 2]);
    world.answer(errors.timeout);
    expect(world.route).toEqual([1, 2]);
    expect(put.result).toMatchObject({ status: 'unknown', message: errors.timeout.message });
  });

  it.each(errorNames)('never a write after "%s" unless that says it did nothing', (name) => {
    const put: ClientRequest = { kind: 'put', put: { key, value } };
    const error = errors[name];
    if (outcomeOf(error) === 'unknown') expect(reactionTo(put, error)).toBe('giveUp');
    if (error.code !== grpcCodes.UNAVAILABLE) expect(reactionTo(put, error)).not.toBe('elsewhere');
  });

  it('an error that the request itself brought about is told at once', () => {
    const world = new Scripted();
    const read = world.run(world.etcd.get(key, { revision: 99 }));
    world.answer(errors.futureRevision);
    expect(read.result).toMatchObject({ status: 'fail', error: errors.futureRevision });
    expect(world.route).toEqual([1]);
    expect(world.client.endpoint).toBe(1);
  });

  it('a renewal of a lease is repeated, but stays open if a first attempt may have renewed it', () => {
    const world = new Scripted();
    const renewal = world.run(world.etcd.leaseKeepAlive(5n));
    world.answer(errors.timeout);
    expect(world.route).toEqual([1, 2]);
    for (let i = 0; i < 100 && !renewal.done; i++) {
      world.refuse();
      world.advance(clientRetryMs);
    }
    expect(renewal.result).toMatchObject({ status: 'unknown' });
  });
});

describe('time', () => {
  it('a write without an answer is open, and a late answer changes nothing', () => {
    const world = new Scripted();
    const put = world.run(world.etcd.put(key, value));
    world.advance(999);
    expect(put.done).toBe(false);
    world.advance(1);
    expect(put.result).toEqual({ status: 'unknown', message: 'no answer within 1000 ms', error: null });
    expect(world.client.endpoint).toBe(2);
    world.answer(done('put'));
    expect(world.told).toEqual(['invoke 1 put by script', 'return 1 unknown']);
  });

  it('a read without an answer has changed nothing', () => {
    const world = new Scripted();
    const read = world.run(world.etcd.get(key, { timeoutMs: 50 }));
    world.advance(50);
    expect(read.result).toEqual({ status: 'fail', message: 'no answer within 50 ms', error: null });
  });

  it('counts from the call, not from the attempt', () => {
    const world = new Scripted();
    const put = world.run(world.etcd.put(key, value));
    world.advance(900);
    world.answer(errors.noLeader);
    world.advance(100);
    expect(put.done).toBe(true);
    expect(put.result?.status).toBe('unknown');
  });

  it('a write that is given up while nothing of it is under way has failed', () => {
    const world = new Scripted();
    const put = world.run(world.etcd.put(key, value, { timeoutMs: 30 }));
    world.refuse();
    world.refuse();
    world.advance(10);
    expect(world.sent.length).toBe(2);
    world.advance(clientRetryMs - 10);
    world.refuse();
    world.refuse();
    world.advance(30);
    expect(put.result).toMatchObject({ status: 'fail', message: 'connection refused' });
    const sent = world.sent.length;
    world.advance(1000);
    expect(world.sent.length).toBe(sent);
  });

  it('sleeps, and knows the time', () => {
    const world = new Scripted();
    const { etcd } = world;
    const slept = world.run(
      (function* () {
        yield* etcd.sleep(2.5);
        return yield* etcd.now();
      })(),
    );
    world.advance(2.4);
    expect(slept.done).toBe(false);
    world.advance(1);
    expect(slept.result).toBe(2_500_000);
  });
});
