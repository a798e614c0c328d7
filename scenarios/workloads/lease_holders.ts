import { bytes } from '../../core/client/index.ts';
import type { LeaseKeeper } from '../../core/client/index.ts';
import type { LeaseId } from '../../core/server/api/index.ts';
import type { Observed, ScenarioCheck, Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';

interface Held {
  readonly key: string;
  readonly lease: LeaseId;
  readonly ttl: number;
}

/** After the faults, a lease that nobody renews ends within its time, extended by an election, and the time to notice. */
const graceMs = 8000;
/** No lease of this load lasts longer, and at most so many elections extend it at the end. */
const longestTtl = 6;
export const leaseWindDownMs = 2 * longestTtl * 1000 + 2 * graceMs;

export interface LeaseHolderOptions {
  /** By how much members' clocks may run fast, in parts per million: a lease may end that much sooner than its client counts. */
  readonly clockFastPpm: number;
}

/** Clients that hold a key by a lease: they renew it, look whether it is still there, let go, and look whether it goes. */
export function leaseHolders(options: LeaseHolderOptions = { clockFastPpm: 0 }): Workload {
  return (client) => holdLeases(client, options);
}

function* holdLeases(client: WorkloadClient, options: LeaseHolderOptions): Script {
  for (let count = 1; !client.over; count++) {
    const held = yield* take(client, `lease/c${client.number}.${count}`);
    if (held === null) {
      yield* client.sleep(100);
      continue;
    }
    yield* keep(client, held, options);
    yield* letGo(client, held);
  }
}

function* take({ etcd, random }: WorkloadClient, key: string): Script<Held | null> {
  const granted = yield* etcd.leaseGrant(random.between(2, longestTtl));
  if (granted.status !== 'ok') return null;
  const { ID: lease, TTL: ttl } = granted.response;
  const put = yield* etcd.put(bytes(key), bytes('held'), { lease });
  return put.status === 'ok' ? { key, lease, ttl } : null;
}

/** Renews for a while. As long as the client may believe that it holds the lease, nobody may find the key gone. */
function* keep(
  client: WorkloadClient,
  { key, lease, ttl }: Held,
  { clockFastPpm }: LeaseHolderOptions,
): Script {
  const { etcd, random } = client;
  const soonerNs = ttl * 1000 * clockFastPpm;
  const keeper: LeaseKeeper = yield* etcd.keepAlive(lease, ttl);
  const endNs = (yield* etcd.now()) + random.between(1000, 9000) * 1_000_000;
  while (!client.over && (yield* etcd.now()) < endNs) {
    yield* client.sleep(random.between(20, 600));
    const before = yield* keeper.state();
    if (before.kind !== 'kept') break;
    const got = yield* etcd.get(bytes(key), { serializable: random.chance(1, 4) });
    if (got.status !== 'ok' || got.response.count > 0) continue;
    if ((yield* etcd.now()) < before.untilNs - soonerNs)
      client.note('vanished', { key, lease: String(lease) });
    break;
  }
  yield* keeper.stop();
}

/** Waits until the key is gone. While there are faults, elections may extend it without end. */
function* letGo(client: WorkloadClient, { key, lease, ttl }: Held): Script {
  const { etcd } = client;
  let quietSinceNs = -1;
  for (;;) {
    yield* client.sleep(300);
    if (client.over && quietSinceNs < 0) quietSinceNs = yield* etcd.now();
    const got = yield* etcd.get(bytes(key));
    if (got.status === 'ok' && got.response.count === 0) {
      client.note('gone', { key });
      return;
    }
    const waitedNs = quietSinceNs < 0 ? 0 : (yield* etcd.now()) - quietSinceNs;
    if (waitedNs > (ttl * 1000 + graceMs) * 1_000_000) {
      client.note('immortal', { key, lease: String(lease) });
      return;
    }
  }
}

export function judgeLeases({ notes }: Observed): readonly ScenarioCheck[] {
  const about = (topic: string): readonly { readonly sentence: string; readonly atNs: number }[] =>
    notes
      .filter((note) => note.topic === topic)
      .map(({ client, data, ns }) => ({
        sentence: `c${client}: ${topic}: ${JSON.stringify(data)}`,
        atNs: ns,
      }));
  const gone = about('gone').length;
  return [
    {
      name: 'no lease ends early',
      guarantee:
        'As long as a lease was renewed within its time to live, its keys are there (etcd API, Lease).',
      detail: `${gone} leases were held`,
      violations: about('vanished'),
    },
    {
      name: 'no lease is immortal',
      guarantee:
        'When nobody renews it any more and nobody is elected any more, a lease ends (etcd API, Lease).',
      detail: `${gone} leases ended`,
      violations: about('immortal'),
    },
  ];
}
