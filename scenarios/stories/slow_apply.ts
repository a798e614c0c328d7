import type { Scenario } from '../../sim/scenario.ts';
import { etcdMixes, etcdTraffic } from '../workloads/etcd_traffic.ts';
import { quickRenewals } from '../workloads/quick_renewals.ts';
import { roles } from '../workloads/roles.ts';

const slowed = 'a leader with a slow disk stayed the leader';

export const slowApply: Scenario = {
  name: 'slow-apply',
  sentence:
    'Members apply one entry at a time, so that a leader with a slow disk lags behind what it commits; clients write at all members, and renew leases that they were granted just now.',
  members: 3,
  clients: 6,
  durationMs: 15_000,
  member: { messageBytesMax: 1 },
  workload: roles(
    [{ clients: 3, workload: quickRenewals() }],
    etcdTraffic({ mix: etcdMixes.EtcdPut, pauseMeanMs: 20 }),
  ),
  *nemesis(story) {
    for (;;) {
      const leader = yield* story.untilLeader();
      yield* story.sleepBetween(100, 1000);
      story.slowDisk(leader, { syncMinMs: 100, syncMeanMs: story.random.between(10, 200) });
      yield* story.sleepBetween(500, 3000);
      if (story.leader() === leader) story.reached(slowed);
      story.slowDisk(leader, { syncMinMs: 0.3, syncMeanMs: 1.7 });
    }
  },
  sometimes: [{ goal: slowed }],
};
