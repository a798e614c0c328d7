import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { compactor } from '../workloads/compactor.ts';
import { etcdMixes, etcdTraffic, etcdTrafficRange } from '../workloads/etcd_traffic.ts';
import { roles } from '../workloads/roles.ts';
import { watchReaders } from '../workloads/watch_readers.ts';

const readers = 3;
const notRead = 'a client read nothing of its stream for a while';
const nonsense = 'a client asked for a watch from a negative revision';
/** Until then the whole history can be watched. */
const compactedFromMs = 6000;

function* slowDown(story: Story): Script {
  const reader = story.random.between(1, readers);
  const stops = story.random.chance(1, 2);
  story.slowClient(reader, stops || { takeEveryMs: story.random.between(5, 60) });
  yield* story.sleepBetween(500, 2500);
  if (stops) story.reached(notRead);
  story.slowClient(reader, false);
}

/** Its clients stay with it, while the others throw away the log that it lacks. */
function* cutOffUntilSnapshot(story: Story): Script {
  const leader = yield* story.untilLeader();
  const away = story.random.pick(story.others(leader));
  story.isolate(away);
  yield* story.until(() => story.commitIndex(leader) > story.commitIndex(away) + 60, 2500);
  story.heal();
  yield* story.untilCaughtUp(away, 2000);
}

export const slowReaders: Scenario = {
  name: 'slow-readers',
  sentence:
    'Clients watch from the past and the future, read their streams slowly or not at all for a while, and stay with members that are cut off until only a snapshot brings them back; later the history is compacted, too.',
  members: 3,
  clients: readers + 3,
  durationMs: 16_000,
  member: { snapshotCount: 30, catchUpEntries: 3 },
  workload: roles(
    [
      {
        clients: readers,
        workload: watchReaders({
          ...etcdTrafficRange,
          watchMeanMs: 4000,
          stays: true,
          asksNonsense: true,
          joining: 3,
        }),
      },
      {
        clients: 1,
        workload: function* (client) {
          yield* client.sleep(compactedFromMs);
          yield* compactor()(client);
        },
      },
    ],
    etcdTraffic({ mix: etcdMixes.EtcdPut, pauseMeanMs: 20 }),
  ),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(200, 800);
      yield* story.random.pick([slowDown, cutOffUntilSnapshot])(story);
    }
  },
  sometimes: [
    { goal: notRead },
    { goal: nonsense, when: (_facts, { notes }) => notes.some(({ topic }) => topic === 'nonsense') },
    {
      goal: 'a snapshot replaced a member under its watchers',
      when: (facts) => facts.snapshotsInstalled > 0,
    },
  ],
};
