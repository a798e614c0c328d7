import type { Attempt } from '../../../core/client/recipes/attempt.ts';
import type { Cluster } from '../../../sim/cluster.ts';
import type { WorkloadClient } from '../../../sim/scenario.ts';
import { type Script, nsPerMs } from '../../../sim/script.ts';
import { runMs, simulated } from '../simulated.ts';

/** A world of three members without faults, in which each script is a client, until all scripts have ended. */
export function together(seed: string, ...scripts: ((client: WorkloadClient) => Script)[]): Cluster {
  const cluster = simulated(`recipes/${seed}`, scripts.length);
  // Until the members know what all of them can do.
  runMs(cluster, 3000);
  scripts.forEach((script, at) => {
    const actor = cluster.clients[at];
    actor?.start(script(actor.workloadClient));
  });
  const ended = (): boolean => cluster.clients.every(({ finished }) => finished);
  cluster.run(cluster.world.scheduler.nowNs + 60_000 * nsPerMs, ended);
  if (!ended()) throw new Error('the scripts did not end in a minute');
  return cluster;
}

/** What an attempt must have brought. */
export function ok<Value>(attempt: Attempt<Value>): Value {
  if (attempt.status !== 'ok') throw new Error(`expected ok, got ${JSON.stringify(attempt)}`);
  return attempt.value;
}
