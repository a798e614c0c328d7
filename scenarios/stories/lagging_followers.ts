import type { Scenario } from '../../sim/scenario.ts';
import { etcdMixes, etcdTraffic } from '../workloads/etcd_traffic.ts';

const askedTooEarly = 'a member that lagged was asked for a revision that it did not have yet';
const readBehind = 'a serializable read was answered by a member that lagged';

const { EtcdPut } = etcdMixes;

export const laggingFollowers: Scenario = {
  name: 'lagging-followers',
  sentence:
    'Most operations read, also at old revisions and at any member, the hot keys far more often than the others (Zipf), while followers hear late of what was written or have slow disks, and clients come to them from members that were ahead.',
  members: 5,
  clients: 6,
  durationMs: 25_000,
  workload: etcdTraffic({
    mix: { ...EtcdPut, get: 25, staleGet: 45, staleList: 15, put: 25 },
    keys: 100,
    keyChoice: { kind: 'zipfian' },
    pauseMeanMs: 20,
    onOutcome: (client, choice, { status, ...answer }) => {
      if (status === 'fail' && 'message' in answer && /future revision/.test(answer.message))
        client.note('future-revision', { choice });
    },
  }),
  *nemesis(story) {
    for (;;) {
      const leader = yield* story.untilLeader();
      yield* story.sleepBetween(300, 1500);
      const lagging = story.some(2, story.others(leader));
      const [first = 1] = lagging;
      // Its answers to the leader and its clients come through: it is only the way to it that is slow.
      if (story.random.chance(1, 2)) story.hold(story.others(...lagging), lagging);
      else for (const member of lagging) story.slowDisk(member, { syncMinMs: 30, syncMeanMs: 250 });
      const behind = yield* story.until(
        () => story.commitIndex(story.leader()) > story.commitIndex(first) + 10,
        1500,
      );
      if (behind && story.commitIndex(first) > 0) story.reached(readBehind);
      // Clients that knew more now ask those that know less.
      for (let client = 1; client <= story.clientCount; client++) {
        if (story.random.chance(2, 3)) story.cutOffClient(client, story.others(...lagging));
      }
      // They leave a member when it has not answered for their whole timeout, and may come to another that does not.
      yield* story.sleepBetween(2500, 5000);
      story.heal();
      for (const member of lagging) story.slowDisk(member, { syncMinMs: 0.3, syncMeanMs: 1.7 });
      yield* story.untilCaughtUp(first, 3000);
    }
  },
  sometimes: [
    {
      goal: askedTooEarly,
      when: (_facts, { notes }) => notes.some(({ topic }) => topic === 'future-revision'),
    },
    { goal: readBehind },
  ],
};
