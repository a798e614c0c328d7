import { failpointSites } from '../../core/server/failpoints.ts';
import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { compactor } from '../workloads/compactor.ts';
import { etcdMixes, etcdTraffic, etcdTrafficRange } from '../workloads/etcd_traffic.ts';
import { roles } from '../workloads/roles.ts';
import { watchReaders } from '../workloads/watch_readers.ts';

const ended = 'a member ended at an armed failpoint';
const caughtUp = 'a member that had ended at a failpoint caught up';
const several = 'members ended at three different failpoints in one run';

/** FoundationDB's buggify: a quarter of the places are active in a run, and each pass of one has a chance of a quarter. */
const chance = [1, 4] as const;

/** Passes before the first that fires. */
function passesBefore(story: Story): number {
  let passes = 0;
  while (!story.random.chance(...chance)) passes++;
  return passes;
}

export const failpointSwarm: Scenario = {
  name: 'failpoint-swarm',
  sentence:
    'Each seed arms about a quarter of all failpoints; one pass in four ends the member there, in the middle of whatever it was doing.',
  members: 3,
  clients: 6,
  durationMs: 25_000,
  member: { snapshotCount: 40, catchUpEntries: 3, compactionBatchLimit: 20, leaseCheckpoints: true },
  workload: roles(
    [
      { clients: 1, workload: compactor() },
      { clients: 2, workload: watchReaders(etcdTrafficRange) },
    ],
    etcdTraffic({ mix: etcdMixes.EtcdPutDeleteLease, pauseMeanMs: 20 }),
  ),
  *nemesis(story) {
    const armed = failpointSites.filter(() => story.random.chance(...chance));
    yield* story.untilLeader();
    const seen = new Set<string>();
    for (;;) {
      yield* story.sleepBetween(100, 1000);
      const member = story.random.pick(story.members);
      const site = armed.length === 0 ? story.random.pick(failpointSites) : story.random.pick(armed);
      story.failpoint(member, site, passesBefore(story));
      // Behind the others there is more to do: snapshots are only installed by those that need them.
      if (story.random.chance(1, 4)) {
        story.isolate(member);
        yield* story.sleepBetween(300, 1200);
        story.heal();
      }
      if (!(yield* story.until(() => !story.isUp(member), 1500))) continue;
      story.reached(ended);
      seen.add(site);
      if (seen.size === 3) story.reached(several);
      yield* story.sleepBetween(20, 600);
      story.restart(member);
      if (yield* story.untilCaughtUp(member, 2000)) story.reached(caughtUp);
    }
  },
  sometimes: [{ goal: ended }, { goal: caughtUp }, { goal: several }],
};
