import { bytes } from '../../../core/client/index.ts';
import type { WorkloadClient } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';

/** An expiry is noticed every half second, and its revoke tried again every three. */
const graceMs = 8000;

/** A key with a lease of its own, or null if that did not work. */
export function* hold(client: WorkloadClient, key: string, ttlSeconds: number): Script<bigint | null> {
  const granted = yield* client.etcd.leaseGrant(ttlSeconds);
  if (granted.status !== 'ok') return null;
  const { ID: lease } = granted.response;
  const put = yield* client.etcd.put(bytes(key), bytes('held'), { lease });
  return put.status === 'ok' ? lease : null;
}

/** Waits until a key that was held is gone, or has been there for too long, and writes down which. */
export function* letGo(client: WorkloadClient, key: string, ttlSeconds: number): Script {
  const endNs = (yield* client.etcd.now()) + (ttlSeconds * 1000 + graceMs) * 1_000_000;
  while ((yield* client.etcd.now()) < endNs) {
    const got = yield* client.etcd.get(bytes(key));
    if (got.status === 'ok' && got.response.count === 0) {
      client.note('gone', { key });
      return;
    }
    yield* client.sleep(300);
  }
  client.note('immortal', { key });
}

/** Holds a key by a lease and does not renew it. */
export function* holdAndLetGo(client: WorkloadClient, key: string, ttlSeconds: number): Script {
  while ((yield* hold(client, key, ttlSeconds)) === null) yield* client.sleep(100);
  yield* letGo(client, key, ttlSeconds);
}
