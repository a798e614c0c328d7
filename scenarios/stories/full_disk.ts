import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const stopped = 'a member stopped because its disk was full';
const leaderStopped = 'the leader stopped because its disk was full';
const cameBack = 'a member whose disk had been full came back and caught up';

export const fullDisk: Scenario = {
  name: 'full-disk',
  sentence:
    'The disk of one member after the other fills up; the member stops at the first write that does not fit, and comes back when there is room again.',
  members: 3,
  clients: 4,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    for (;;) {
      const leader = yield* story.untilLeader();
      yield* story.sleepBetween(200, 1500);
      const victim = story.random.chance(1, 2) && leader !== 0 ? leader : (story.some(1)[0] ?? 1);
      const led = story.believesToLead(victim);
      if (!story.fillDisk(victim, story.random.below(20_000))) continue;
      if (yield* story.until(() => !story.isUp(victim), 8000)) story.reached(led ? leaderStopped : stopped);
      yield* story.sleepBetween(100, 1500);
      // Started on a disk that is still full, it reads its log, and stops again at its next write.
      if (story.random.chance(1, 3)) {
        story.restart(victim);
        yield* story.sleepBetween(500, 1500);
      }
      story.diskFaults(victim, {});
      story.restart(victim);
      if (yield* story.untilCaughtUp(victim)) story.reached(cameBack);
    }
  },
  sometimes: [{ goal: stopped }, { goal: leaderStopped }, { goal: cameBack }],
};
