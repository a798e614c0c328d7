import { describe, expect, it } from 'vitest';
import { nodeId } from '../../core/base/ids.ts';
import { type EtcdClient, type KeeperState, type Outcome, bytes } from '../../core/client/index.ts';
import type { Task } from '../../core/client/index.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import type { Cluster } from '../../sim/cluster.ts';
import type { Script } from '../../sim/script.ts';
import { eventsOfKind } from '../../sim/trace/trace.ts';
import { finish, runMs, simulated, storeOf } from './simulated.ts';

const key = bytes('k');

/** A cluster with a leader that has agreed on a version. */
function ready(seed: string, clients = 2): Cluster {
  const cluster = simulated(seed, clients);
  finish(cluster, 1, function* ({ etcd }) {
    while ((yield* etcd.put(bytes('ready'), bytes('1'))).status !== 'ok') yield* etcd.sleep(50);
  });
  return cluster;
}

function* granted(etcd: EtcdClient, ttlSeconds: number): Task<bigint> {
  const lease = yield* etcd.leaseGrant(ttlSeconds);
  if (lease.status !== 'ok') throw new Error(lease.message);
  yield* etcd.put(key, bytes('1'), { lease: lease.response.ID });
  return lease.response.ID;
}

function keyIsThere(cluster: Cluster): boolean {
  const store = storeOf(cluster);
  return store.pairAt(key, store.currentRevision) !== undefined;
}

describe('a kept lease', () => {
  it('outlives crashes of the leader, and many times its time to live', () => {
    const cluster = ready('kept');
    let state: KeeperState | null = null;
    const holder = cluster.clients[1];
    holder?.start(
      (function* ({ etcd }): Script {
        const lease = yield* granted(etcd, 4);
        const keeper = yield* etcd.keepAlive(lease, 4);
        for (;;) {
          yield* etcd.sleep(50);
          state = yield* keeper.state();
        }
      })(holder.workloadClient),
    );
    for (let round = 0; round < 3; round++) {
      runMs(cluster, 4000);
      const member = cluster.leader();
      cluster.intervene({ kind: 'crash', member, mode: 'drop' });
      runMs(cluster, 3000);
      cluster.intervene({ kind: 'restart', member });
    }
    runMs(cluster, 4000);
    expect(state).toMatchObject({ kind: 'kept' });
    expect(keyIsThere(cluster)).toBe(true);
    holder?.stop();
    runMs(cluster, 9000);
    expect(keyIsThere(cluster)).toBe(false);
  });

  it('is told lost before the members end it, if its client is cut off', () => {
    const cluster = ready('lost');
    let lostNs = 0;
    const holder = cluster.clients[1];
    holder?.start(
      (function* ({ etcd }): Script {
        const keeper = yield* etcd.keepAlive(yield* granted(etcd, 4), 4);
        const lost = yield* keeper.lost(60_000);
        expect(lost).toEqual({ kind: 'lost', reason: 'silent' });
        lostNs = yield* etcd.now();
      })(holder.workloadClient),
    );
    runMs(cluster, 6000);
    const client = cluster.world.endpointOfClient(2);
    cluster.intervene({ kind: 'cut', from: [client], to: [1, 2, 3] });
    while (keyIsThere(cluster)) runMs(cluster, 50);
    expect(lostNs).toBeGreaterThan(0);
    expect(lostNs).toBeLessThanOrEqual(cluster.world.scheduler.nowNs);
  });
});

/** Requests as root, each of which must succeed. */
function* mustAll(etcd: EtcdClient, requests: readonly ClientRequest[]): Task {
  for (const request of requests) {
    const outcome: Outcome = yield* etcd.call(request);
    if (outcome.status !== 'ok') throw new Error(`${request.kind}: ${outcome.message}`);
  }
}

const [root, secret] = [bytes('root'), bytes('secret')];

describe('a signed-in client', () => {
  it('goes on when a member forgets its token, and so do its watches', () => {
    const cluster = ready('auth');
    const heard: number[] = [];
    let last: Outcome<unknown> | null = null;
    finish(cluster, 1, ({ etcd }) =>
      mustAll(etcd, [
        { kind: 'user_add', user_add: { name: root, password: secret } },
        { kind: 'role_add', role_add: { name: root } },
        { kind: 'user_grant_role', user_grant_role: { user: root, role: root } },
        { kind: 'auth_enable', auth_enable: {} },
      ]),
    );
    finish(cluster, 2, function* ({ etcd }) {
      last = yield* etcd.put(key, bytes('0'));
    });
    expect(last).toMatchObject({ status: 'fail', message: 'etcdserver: user name is empty' });
    const client = cluster.clients[1];
    client?.start(
      (function* ({ etcd }): Script {
        yield* etcd.authenticate(root, secret);
        const watch = yield* etcd.watch({ key });
        for (;;) {
          last = yield* etcd.put(key, bytes('1'));
          const answer = yield* watch.next(100);
          yield* etcd.sleep(20);
          if (answer?.kind === 'canceled') throw new Error(answer.reason);
          if (answer?.kind === 'events') heard.push(...answer.events.map(({ kv }) => kv.mod_revision));
        }
      })(client.workloadClient),
    );
    for (let round = 0; round < 3; round++) {
      runMs(cluster, 2000);
      cluster.intervene({ kind: 'crash', member: round + 1, mode: 'keep' });
      runMs(cluster, 200);
      cluster.intervene({ kind: 'restart', member: round + 1 });
      runMs(cluster, 4000);
      expect(last).toMatchObject({ status: 'ok' });
    }
    expect(heard.length).toBeGreaterThan(100);
    heard.forEach((revision, i) => expect(revision).toBe((heard[0] ?? 0) + i));
    const { trace } = cluster.world;
    const signIns = eventsOfKind(trace, 'invoke').filter((row) =>
      trace.text(row, 3).includes('authenticate'),
    );
    // The script signed in once; the client did the rest.
    expect(signIns.length).toBeGreaterThan(1);
  });
});

describe('reads', () => {
  it('that are linearizable fail at a member alone, serializable ones tell what it knows', () => {
    const cluster = ready('reads');
    const member = [1, 2, 3].find((each) => each !== cluster.leader()) ?? 0;
    const others = [1, 2, 3].filter((each) => each !== member);
    finish(cluster, 1, function* ({ etcd }) {
      yield* etcd.put(key, bytes('old'));
      yield* etcd.sleep(200);
    });
    cluster.intervene({ kind: 'cut', from: [member], to: others });
    cluster.intervene({ kind: 'cut', from: others, to: [member] });
    finish(cluster, 1, function* ({ etcd }) {
      for (;;) {
        const put = yield* etcd.put(key, bytes('new'));
        if (put.status === 'ok') break;
      }
      const endpoint = nodeId(member);
      const stale = yield* etcd.get(key, { endpoint, serializable: true });
      expect(stale.status === 'ok' && stale.response.kvs[0]?.value).toBe('old');
      const none = yield* etcd.get(key, { endpoint });
      expect(none.status).toBe('fail');
      const fresh = yield* etcd.get(key, { endpoint: nodeId(others[0] ?? 0) });
      expect(fresh.status === 'ok' && fresh.response.kvs[0]?.value).toBe('new');
    });
  });
});
