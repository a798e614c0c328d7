import { bytes, prefixRange } from '../../core/client/index.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';

/** Leaders change at most this often. */
export const handOverMs = 6000;
/**
 * What a change may add to a lease's life: what passed since the last checkpoint, whose interval must be a second; the election
 * timeout by which the new leader extends all leases; and the time without a leader.
 */
const changeCostMs = 3500;
const noticeMs = 1500;

/** How long a lease that nobody renews may be there: every so often a change sets it back a little. */
export function outlivedMs(ttlSeconds: number): number {
  const lostShare = changeCostMs / handOverMs;
  return Math.ceil((ttlSeconds * 1000 + changeCostMs + noticeMs) / (1 - lostShare));
}

/** Clients that let leases end: one after the other, with several keys on each. */
export function leasesOneByOne(): Workload {
  return function* workload(client): Script {
    for (let count = 1; !client.over; count++) {
      yield* letOneEnd(client, `one/c${client.number}.${count}`, client.random.pick([2, 5, 11]));
    }
  };
}

/** Clients that let some leases end all at once. */
export function leasesTogether(): Workload {
  return function* workload(client): Script {
    for (let count = 1; !client.over; count++) {
      const held: Held[] = [];
      for (let i = 1; i <= together; i++) {
        const one = yield* hold(client, `together/c${client.number}.${count}.${i}`, 2);
        if (one !== null) held.push(one);
      }
      for (const one of held) yield* waitForEnd(client, one);
    }
  };
}

/** Clients that renew at the last moment, some times, and look whether a renewal that succeeded is worth something. */
export function lateRenewals(): Workload {
  return function* workload(client): Script {
    const { etcd, random } = client;
    while (!client.over) {
      const granted = yield* etcd.leaseGrant(3);
      if (granted.status !== 'ok') {
        yield* client.sleep(100);
        continue;
      }
      const { ID: lease, TTL: ttl } = granted.response;
      let times = random.between(1, 4);
      for (; times > 0; times--) {
        yield* client.sleep(ttl * 1000 - random.between(50, 400));
        const renewed = yield* etcd.leaseKeepAlive(lease);
        if (renewed.status !== 'ok' || renewed.response.TTL <= 0) break;
        yield* etcd.leaseKeepAlive(lease);
      }
    }
  };
}

/** A client that hears of every end: at which revision, and which keys. */
export function mourner(): Workload {
  return function* workload(client): Script {
    yield* client.etcd.watch(prefixRange(bytes(prefix)));
    while (!client.over) yield* client.sleep(1000);
  };
}

const prefix = 'held/';
/** Leases of one client that expire together. */
const together = 8;

interface Held {
  readonly key: string;
  readonly ttlSeconds: number;
  readonly grantedNs: number;
}

/** Holds keys by a lease without renewing it; null if it was not granted. */
function* hold(client: WorkloadClient, name: string, ttlSeconds: number): Script<Held | null> {
  const { etcd } = client;
  const granted = yield* etcd.leaseGrant(ttlSeconds);
  if (granted.status !== 'ok') {
    yield* client.sleep(100);
    return null;
  }
  const grantedNs = yield* etcd.now();
  const { ID: lease } = granted.response;
  for (const end of ['z', 'a']) yield* etcd.put(bytes(`${prefix}${name}/${end}`), bytes('held'), { lease });
  return { key: `${prefix}${name}/a`, ttlSeconds, grantedNs };
}

/** Writes down whether a lease that nobody renews ended in time. */
function* waitForEnd(client: WorkloadClient, { key, ttlSeconds, grantedNs }: Held): Script {
  const { etcd } = client;
  for (;;) {
    const got = yield* etcd.get(bytes(key));
    const livedMs = Math.floor(((yield* etcd.now()) - grantedNs) / 1_000_000);
    if (got.status === 'ok' && got.response.count === 0) {
      client.note('ended', { key, livedMs });
      return;
    }
    if (livedMs > outlivedMs(ttlSeconds)) {
      client.note('outlived', { key, ttlSeconds, livedMs });
      return;
    }
    yield* client.sleep(300);
  }
}

export function* letOneEnd(client: WorkloadClient, name: string, ttlSeconds: number): Script {
  const held = yield* hold(client, name, ttlSeconds);
  if (held !== null) yield* waitForEnd(client, held);
}

export function judgeHandOvers({ notes }: Observed): readonly ScenarioCheck[] {
  const outlived = notes.filter(({ topic }) => topic === 'outlived');
  return [
    {
      name: 'no lease is immortal',
      guarantee:
        'With checkpoints, a lease that nobody renews ends although leaders change: each change costs at most a checkpoint interval and an election (etcd, lease checkpoints).',
      detail: `${notes.filter(({ topic }) => topic === 'ended').length} leases ended`,
      violations: outlived.map(({ client, data, ns }) => ({
        sentence: `c${client}: there for too long: ${JSON.stringify(data)}`,
        atNs: ns,
      })),
    },
  ];
}
