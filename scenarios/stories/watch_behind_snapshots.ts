import type { Scenario } from '../../sim/scenario.ts';
import { etcdMixes, etcdTraffic, etcdTrafficRange } from '../workloads/etcd_traffic.ts';
import { roles } from '../workloads/roles.ts';
import { watchReaders } from '../workloads/watch_readers.ts';

export const watchBehindSnapshots: Scenario = {
  name: 'watch-behind-snapshots',
  sentence:
    'Watchers sit at followers that are cut off until only a snapshot can bring them back, and at members that end while they install one.',
  members: 3,
  clients: 6,
  durationMs: 25_000,
  member: { snapshotCount: 30, catchUpEntries: 3 },
  workload: roles(
    [{ clients: 3, workload: watchReaders({ ...etcdTrafficRange, offsetMax: 60, watchMeanMs: 4000 }) }],
    etcdTraffic({ mix: etcdMixes.EtcdPut, pauseMeanMs: 15 }),
  ),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(200, 1000);
      const leader = yield* story.untilLeader();
      const victim = story.random.pick(story.others(leader));
      // Cut off from the members only: its clients go on listening.
      story.partition([victim], story.others(victim));
      yield* story.sleepBetween(500, 2500);
      if (story.random.chance(1, 3)) {
        const site = story.random.pick([
          'applyBeforeOpenSnapshot',
          'applyAfterOpenSnapshot',
          'raftAfterApplySnap',
        ] as const);
        story.failpoint(victim, site);
      } else if (story.random.chance(1, 2)) story.crash(victim);
      story.heal();
      yield* story.sleepBetween(300, 1200);
      story.restart(victim);
    }
  },
  sometimes: [
    {
      goal: 'a snapshot replaced a member under its watchers',
      when: (facts) => facts.snapshotsInstalled > 0,
    },
    { goal: 'a watch went on at another member', when: (facts) => facts.watchesResumed > 0 },
  ],
};
