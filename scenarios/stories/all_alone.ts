import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const unheard = 'power was lost with a write under way';

export const allAlone: Scenario = {
  name: 'all-alone',
  sentence: 'A cluster of one loses power again and again, on a disk that is slow for a while, under load.',
  members: 1,
  clients: 4,
  durationMs: 40_000,
  member: { snapshotCount: 200, catchUpEntries: 20 },
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(300, 3000);
      if (story.random.chance(1, 2)) {
        story.slowDisk(1, { syncMinMs: 1, syncMeanMs: story.random.between(5, 600) });
      }
      if (story.random.chance(1, 3)) yield* story.sleepBetween(50, 1000);
      yield* story.bounce(1, story.random.between(20, 500));
      yield* story.untilLeader();
      if (story.random.chance(1, 2)) story.slowDisk(1, { syncMinMs: 0.3, syncMeanMs: 1.7 });
    }
  },
  sometimes: [
    { goal: unheard, when: (facts) => facts.crashes > 0 && facts.unknownOperations > 0 },
    { goal: 'a torn tail was repaired', when: (facts) => facts.repairedBytes > 0 },
  ],
};
