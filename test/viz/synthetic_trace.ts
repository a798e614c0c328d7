/**
 * A made-up but plausible run for developing and testing the page without the simulator: one leader at a time, heartbeats,
 * appends with their disk work, client operations, a rota of faults, losses, and (if asked) one stale read.
 */

import type { Lane, RunInfo } from '../../sim/trace/run_info.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import { Trace } from '../../sim/trace/trace.ts';
import { EventQueue, smallRandom } from './synthetic_queue.ts';
import { SyntheticCluster } from './synthetic_cluster.ts';
import { scheduleFaults } from './synthetic_faults.ts';

export interface SyntheticOptions {
  readonly seed: number;
  readonly members: number;
  readonly clients: number;
  /** The run ends soon after this many events. */
  readonly events: number;
  readonly violation: boolean;
}

export const syntheticDefaults: SyntheticOptions = {
  seed: 7,
  members: 5,
  clients: 4,
  events: 20_000,
  violation: true,
};

/** Builds a run; equal options give equal runs. */
export function syntheticRun(change: Partial<SyntheticOptions> = {}): RunFile {
  const options = { ...syntheticDefaults, ...change };
  const trace = new Trace();
  const queue = new EventQueue(trace);
  const cluster = new SyntheticCluster(
    trace,
    queue,
    smallRandom(options.seed),
    options.members,
    options.clients,
  );
  cluster.violationAtEvent = options.violation ? Math.floor(options.events * 0.62) : -1;
  cluster.start();
  scheduleFaults(cluster, queue);
  queue.run(options.events);
  return { info: head(cluster, options), trace };
}

function head(cluster: SyntheticCluster, options: SyntheticOptions): RunInfo {
  const { trace } = cluster;
  const statuses = cluster.statusCounts;
  const checks = [
    {
      name: 'one leader per term',
      guarantee: 'At most one member becomes leader in a term (Raft paper, Election Safety).',
    },
    {
      name: 'log matching',
      guarantee: 'Logs that agree on an entry agree on all before it (Raft paper, Log Matching).',
    },
    {
      name: 'linearizability',
      guarantee: 'Each key behaves like one register that every client uses in turn (etcd API guarantees).',
    },
  ] as const;
  const violated = cluster.violations.length > 0;
  return {
    build: 'synthetic',
    scenario: 'synthetic-storm',
    sentence:
      'The leader is cut off, a member crashes, links lose messages; clients read and write all the while.',
    seed: String(options.seed),
    options: {
      members: options.members,
      clients: options.clients,
      durationMs: Math.ceil(trace.nowNs / 1e6),
      bugs: [],
    },
    interventions: cluster.interventions,
    lanes: lanesOf(options),
    verdict: {
      passed: !violated,
      checks: checks.map((check) => ({
        ...check,
        status: violated && check.name === 'linearizability' ? 'violated' : 'passed',
        detail: `${cluster.operations} operations on 3 keys`,
      })),
      violations: cluster.violations,
    },
    summary: {
      virtualNs: trace.nowNs,
      schedulerEvents: trace.length,
      traceEvents: trace.length,
      operations: { ok: statuses[0] ?? 0, fail: statuses[1] ?? 0, unknown: statuses[2] ?? 0 },
      messages: cluster.messageCounts,
      elections: cluster.elections,
      crashes: cluster.crashes,
      revision: cluster.revision,
    },
    sometimes: [
      { goal: 'a new leader was elected while the old one was cut off', reached: cluster.elections > 1 },
      { goal: 'a snapshot was sent', reached: false },
    ],
    linearizations: cluster.linearizations(),
    digest: trace.digestText,
  };
}

function lanesOf(options: SyntheticOptions): Lane[] {
  const lanes: Lane[] = [{ id: 0, kind: 'world', name: 'world' }];
  for (let i = 1; i <= options.members; i++) lanes.push({ id: i, kind: 'member', name: `n${i}` });
  for (let i = 1; i <= options.clients; i++) {
    lanes.push({ id: options.members + i, kind: 'client', name: `client ${i}` });
  }
  return lanes;
}
