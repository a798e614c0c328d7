import { bytes } from '../../core/client/index.ts';
import type { Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';

export interface CompactorOptions {
  readonly intervalMs: number;
  /** Compactions may ask for revisions up to this many behind the present one, to be refused. */
  readonly beyond: number;
}

/** etcd's robustness suite: every 200 ms at any revision from the last compacted one to a little beyond the present. */
export const compactorDefaults: CompactorOptions = { intervalMs: 200, beyond: 5 };

export function compactor(options: Partial<CompactorOptions> = {}): Workload {
  return (client) => compact(client, { ...compactorDefaults, ...options });
}

function* compact(client: WorkloadClient, options: CompactorOptions): Script {
  const { etcd, random } = client;
  let last = 0;
  for (;;) {
    yield* client.sleep(options.intervalMs);
    const now = yield* etcd.get(bytes('compact-revision'));
    if (now.status !== 'ok') continue;
    const { revision } = now.response.header;
    const wanted = random.between(last, Math.max(last, revision + options.beyond - 1));
    const done = yield* etcd.compact(wanted);
    if (done.status === 'ok') last = wanted;
  }
}
