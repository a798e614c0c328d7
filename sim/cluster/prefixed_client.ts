import type { WorkloadClient } from '../scenario.ts';

/** The same client with keys of its own: it knows nothing of the prefix, the history and the trace do. */
export function withPrefix(client: WorkloadClient, prefix: string): WorkloadClient {
  return {
    ...client,
    get: (key) => client.get(prefix + key),
    put: (key, value) => client.put(prefix + key, value),
    delete: (key) => client.delete(prefix + key),
    compareAndSwap: (key, expected, value) => client.compareAndSwap(prefix + key, expected, value),
  };
}
