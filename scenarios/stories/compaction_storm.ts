import type { Scenario } from '../../sim/scenario.ts';
import { compactor } from '../workloads/compactor.ts';
import { etcdMixes, etcdTraffic, etcdTrafficRange } from '../workloads/etcd_traffic.ts';
import { roles } from '../workloads/roles.ts';
import { watchReaders } from '../workloads/watch_readers.ts';

const inTheMiddle = 'a member ended in the middle of a compaction';
const goneOn = 'a watch went on at another member';

const sites = [
  'compactBeforeCommitScheduledCompact',
  'compactAfterCommitScheduledCompact',
  'compactBeforeCommitBatch',
  'compactAfterCommitBatch',
  'compactBeforeSetFinishedCompact',
  'compactAfterSetFinishedCompact',
] as const;

export const compactionStorm: Scenario = {
  name: 'compaction-storm',
  sentence:
    'The history is compacted again and again, close behind those who read and watch it, and members end in the middle of a compaction.',
  members: 3,
  clients: 6,
  durationMs: 20_000,
  member: { snapshotCount: 150, catchUpEntries: 10, compactionBatchLimit: 20 },
  workload: roles(
    [
      { clients: 2, workload: compactor({ intervalMs: 60 }) },
      { clients: 2, workload: watchReaders({ ...etcdTrafficRange, offsetMax: 40 }) },
    ],
    etcdTraffic({ mix: etcdMixes.EtcdPutDeleteLease, pauseMeanMs: 25 }),
  ),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(200, 1500);
      const member = story.random.pick(story.members);
      story.failpoint(member, story.random.pick(sites), story.random.below(3));
      if (yield* story.until(() => !story.isUp(member), 1500)) {
        story.reached(inTheMiddle);
        yield* story.sleepBetween(50, 1000);
      }
      story.restart(member);
    }
  },
  sometimes: [{ goal: inTheMiddle }, { goal: goneOn, when: (facts) => facts.watchesResumed > 0 }],
};
