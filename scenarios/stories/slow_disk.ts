import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const usual = { syncMinMs: 0.3, syncMeanMs: 1.7 };
const went = 'a slow leader went on committing';
const changed = 'the leader’s disk was so slow that another member was elected';

export const slowDisk: Scenario = {
  name: 'slow-disk',
  sentence:
    'The leader’s disk becomes slow, from ten milliseconds to over a second per fsync, or writes so few bytes a second that every sync takes its time; some leaders go on, some lose their office.',
  members: 3,
  clients: 4,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    for (;;) {
      yield* story.sleepBetween(200, 1500);
      const leader = yield* story.untilLeader();
      if (leader === 0) continue;
      const before = story.commitIndex(leader);
      const meanMs = story.random.pick([10, 40, 150, 500, 1500]);
      story.slowDisk(leader, { syncMinMs: meanMs / 2, syncMeanMs: meanMs });
      if (story.random.chance(1, 3)) story.diskFaults(leader, { bytesPerSecond: 20_000 });
      yield* story.sleepBetween(1000, 6000);
      const now = story.leader();
      if (now === leader && story.commitIndex(leader) > before + 5) story.reached(went);
      if (now !== leader && now !== 0) story.reached(changed);
      story.slowDisk(leader, usual);
      story.diskFaults(leader, {});
    }
  },
  sometimes: [{ goal: went }, { goal: changed }],
};
