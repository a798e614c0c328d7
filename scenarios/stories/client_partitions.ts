import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const withoutLeader = 'clients that could not reach the leader wrote by way of its followers';
const byOne = 'clients that could reach only one member wrote';
const alone = 'clients that could reach nobody gave up, and the members were none the worse';

export const clientPartitions: Scenario = {
  name: 'client-partitions',
  sentence:
    'The members hear each other well, but clients lose some of them: only the leader, all but one, or all.',
  members: 3,
  clients: 5,
  durationMs: 20_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      const leader = yield* story.untilLeader();
      if (leader === 0) continue;
      const [reached = 1] = story.some(1);
      const [lost, goal] = story.random.pick([
        [[leader], withoutLeader],
        [story.others(reached), byOne],
        [story.members, alone],
      ] as const);
      const before = story.commitIndex(leader);
      story.cutOffClients(lost);
      yield* story.sleepBetween(1500, 4000);
      const isWritten = story.commitIndex(leader) > before + 5;
      const isLeading = story.leader() === leader;
      if (goal === alone ? isLeading : isWritten && isLeading) story.reached(goal);
      story.heal();
      yield* story.sleepBetween(200, 1000);
    }
  },
  sometimes: [
    { goal: withoutLeader },
    { goal: byOne },
    { goal: alone },
    { goal: 'a client did not learn what became of its write', when: (facts) => facts.unknownOperations > 0 },
  ],
};
