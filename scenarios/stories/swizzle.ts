import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const noQuorum = 'nobody was left to lead, until the members came back one by one';
const wentOn = 'the members that stayed elected a leader among themselves';

export const swizzle: Scenario = {
  name: 'swizzle',
  sentence:
    'Members leave the network one by one and come back one by one, in another order (FoundationDB: swizzle-clogging).',
  members: 5,
  clients: 5,
  durationMs: 25_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(300, 1500);
      const few = story.random.chance(1, 2);
      const leaving = story.some(few ? 2 : story.random.between(2, story.members.length));
      const leader = story.leader();
      yield* story.swizzle(leaving, 1500);
      story.heal();
      const next = yield* story.untilLeader(3000, leader);
      if (leaving.length >= story.majority) story.reached(noQuorum);
      else if (next !== 0 && leaving.includes(leader)) story.reached(wentOn);
    }
  },
  sometimes: [{ goal: noQuorum }, { goal: wentOn }],
};
