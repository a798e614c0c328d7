import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const everyMember = 'every member was restarted and the cluster still took writes';

export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  sentence:
    'Every member in turn is killed and started again while the clients go on, as in a careless upgrade.',
  members: 5,
  clients: 5,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      for (const member of story.random.shuffle(story.members)) {
        yield* story.sleepBetween(200, 1200);
        yield* story.bounce(member, story.random.between(50, 1500));
      }
      const leader = yield* story.untilLeader();
      const before = story.commitIndex(leader);
      yield* story.sleep(1500);
      if (leader !== 0 && story.commitIndex(story.leader()) > before) story.reached(everyMember);
    }
  },
  sometimes: [
    { goal: everyMember },
    { goal: 'a crash lost writes that had not been synced', when: (facts) => facts.droppedSectors > 0 },
  ],
};
