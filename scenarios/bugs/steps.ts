/** Steps that many scripts share. */
import { bytes } from '../../core/client/index.ts';
import type { WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';

/** Puts until it is acknowledged; returns the revision. Before the first leader nobody takes it. */
export function* surelyPut(client: WorkloadClient, key: string, value = 'x'): Script<number> {
  for (;;) {
    const put = yield* client.etcd.put(bytes(key), bytes(value));
    if (put.status === 'ok') return put.response.header.revision;
    yield* client.sleep(50);
  }
}

/** One key after another; returns the last revision. */
export function* surelyPutAll(client: WorkloadClient, keys: readonly string[]): Script<number> {
  let revision = 0;
  for (const key of keys) revision = yield* surelyPut(client, key);
  return revision;
}

/** Writes the same key over and over. */
export function* keepPutting(client: WorkloadClient, key: string, pauseMs: number): Script {
  for (let count = 1; ; count++) {
    yield* surelyPut(client, key, String(count));
    yield* client.sleep(pauseMs);
  }
}

/** Goes on when somebody has put the key. */
export function* untilThere(client: WorkloadClient, key: string): Script {
  for (;;) {
    const got = yield* client.etcd.get(bytes(key));
    if (got.status === 'ok' && got.response.count > 0) return;
    yield* client.sleep(50);
  }
}

export function* nothing(): Script {
  // The schedule is in the clients' requests alone.
}
