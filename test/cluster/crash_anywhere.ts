import * as fc from 'fast-check';
import { registers, mixedRegisters } from '../../scenarios/workloads/registers.ts';
import { Cluster } from '../../sim/cluster.ts';
import { finale } from '../../sim/finale.ts';
import { defaultLinks } from '../../sim/limits.ts';
import type { CrashMode } from '../../sim/trace/kinds.ts';
import { nsPerMs } from '../../sim/script.ts';
import { judge } from '../../sim/verdict.ts';

export interface CrashPlan {
  readonly seed: number;
  readonly members: number;
  /** Every member loses power after this many events of the scheduler, and again after as many more. */
  readonly events: readonly number[];
  readonly modes: readonly CrashMode[];
  /** Entries between snapshots: a few make snapshots, log compaction and catching up by snapshot frequent. */
  readonly snapshotCount: number;
  /** The last member hears nothing until each crash, so that it has much to catch up with. */
  readonly cutsOffLast: boolean;
}

export const crashPlans = fc.record<CrashPlan>({
  seed: fc.nat({ max: 1_000_000 }),
  members: fc.constantFrom(1, 3, 5),
  events: fc.array(fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 4000 })), { minLength: 1, maxLength: 3 }),
  modes: fc.array(fc.constantFrom('keep' as const, 'drop' as const, 'tear' as const), {
    minLength: 5,
    maxLength: 5,
  }),
  snapshotCount: fc.constantFrom(10, 30, 100_000),
  cutsOffLast: fc.boolean(),
});

/** Runs under load, kills every member at the planned events, and returns the violations in words. */
export function crashEveryMemberAt(plan: CrashPlan): string[] {
  const clients = 3;
  const cluster = new Cluster({
    seed: String(plan.seed),
    members: plan.members,
    clients,
    links: defaultLinks,
    bugs: new Set(),
    member: { snapshotCount: plan.snapshotCount, catchUpEntries: Math.min(5, plan.snapshotCount - 1) },
  });
  const { scheduler } = cluster.world;
  cluster.bootAll();
  const workload = registers({ ...mixedRegisters, pauseMeanMs: 5 });
  for (const client of cluster.clients) client.start(workload(client.workloadClient));
  const last = [plan.members];
  const others = cluster.members.slice(0, -1);
  for (const events of plan.events) {
    if (plan.cutsOffLast && plan.members > 1) {
      cluster.intervene({ kind: 'cut', from: others, to: last });
      cluster.intervene({ kind: 'cut', from: last, to: others });
      cluster.run(scheduler.nowNs + 3000 * nsPerMs);
      cluster.intervene({ kind: 'heal' });
    }
    const until = scheduler.processed + events;
    cluster.run(Infinity, () => scheduler.processed >= until);
    cluster.members.forEach((member, i) => {
      cluster.intervene({ kind: 'crash', member, mode: plan.modes[i % plan.modes.length] ?? 'drop' });
    });
    for (const member of cluster.members) cluster.intervene({ kind: 'restart', member });
  }
  const { verdict } = judge(cluster, finale(cluster));
  const unknown = verdict.checks
    .filter(({ status }) => status === 'unknown')
    .map(({ name }) => `${name}: unknown`);
  return [...verdict.violations.map(({ check, sentence }) => `${check}: ${sentence}`), ...unknown];
}
