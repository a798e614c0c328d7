import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const allDown = 'all members were down at the same time';

export const crashStorm: Scenario = {
  name: 'crash-storm',
  sentence: 'Members crash and come back at random times, several at once, now and then all of them.',
  members: 5,
  clients: 5,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(50, 900);
      const up = story.members.filter((member) => story.isUp(member));
      const down = story.others(...up);
      if (up.length > 0 && (down.length === 0 || story.random.chance(1, 2))) {
        const count = story.random.chance(1, 12) ? up.length : 1 + story.random.below(2);
        for (const victim of story.some(count, up)) story.crash(victim);
        if (story.members.every((member) => !story.isUp(member))) story.reached(allDown);
      } else {
        for (const member of story.some(1 + story.random.below(down.length), down)) story.restart(member);
      }
    }
  },
  sometimes: [
    { goal: allDown },
    { goal: 'a torn tail of a write-ahead log was repaired', when: (facts) => facts.repairedBytes > 0 },
  ],
};
