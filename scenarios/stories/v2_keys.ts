import type { Scenario } from '../../sim/scenario.ts';
import { judgeV2, v2Traffic } from '../workloads/v2_traffic.ts';

const members = 3;
const caughtUp = 'a member came back by a snapshot while the v2 store was written to';
const changed = 'another leader was elected under v2 writes';

export const v2Keys: Scenario = {
  name: 'v2-keys',
  sentence:
    'Programs beside the members write, compare and read a few nodes by the v2 API, some of them for a second only, while members lose power and leaders are cut off.',
  members,
  clients: 3,
  durationMs: 20_000,
  member: { snapshotCount: 30, catchUpEntries: 5 },
  workload: v2Traffic({ members, pauseMeanMs: 70, livingPer100: 10 }),
  *nemesis(story) {
    for (;;) {
      const leader = yield* story.untilLeader();
      yield* story.sleepBetween(300, 1500);
      if (leader !== 0 && story.random.chance(1, 2)) {
        story.isolate(leader);
        if ((yield* story.untilLeader(4000, leader)) !== 0) story.reached(changed);
        yield* story.sleepBetween(0, 1000);
        story.heal();
        continue;
      }
      const member = story.random.pick(story.members);
      const before = story.commitIndex(member);
      yield* story.bounce(member, story.random.between(50, 3500));
      if ((yield* story.untilCaughtUp(member, 4000)) && story.commitIndex(member) > before + 40) {
        story.reached(caughtUp);
      }
    }
  },
  judge: judgeV2,
  sometimes: [{ goal: caughtUp }, { goal: changed }],
};
