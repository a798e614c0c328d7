import { bytes } from '../../core/client/index.ts';
import { withNamespace } from '../../core/client/recipes/namespace.ts';
import type { WorkloadClient } from '../scenario.ts';

type KeyCalls = Pick<WorkloadClient, 'etcd' | 'get' | 'put' | 'delete' | 'compareAndSwap'>;

/** The same client with keys of its own: its script knows nothing of the prefix, the history and the trace do. */
export function withPrefix(client: WorkloadClient, prefix: string): WorkloadClient {
  const calls: KeyCalls = {
    etcd: withNamespace(client.etcd, bytes(prefix)),
    get: (key) => client.get(prefix + key),
    put: (key, value) => client.put(prefix + key, value),
    delete: (key) => client.delete(prefix + key),
    compareAndSwap: (key, expected, value) => client.compareAndSwap(prefix + key, expected, value),
  };
  // All else is seen through, not copied: it may change.
  return Object.assign(Object.create(client) as WorkloadClient, calls);
}
