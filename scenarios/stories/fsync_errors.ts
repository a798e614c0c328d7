import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const stopped = 'a member stopped because an fsync failed';
const again = 'it stopped again, for the disk still failed';
const cameBack = 'a member whose fsync had failed came back and caught up';

export const fsyncErrors: Scenario = {
  name: 'fsync-errors',
  sentence:
    'One member after the other gets an error from fsync (or, now and then, from a write) and stops, for nobody knows what its disk has now; after a power cycle it reads what is really there.',
  members: 3,
  clients: 4,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    for (;;) {
      yield* story.untilLeader();
      yield* story.sleepBetween(200, 1500);
      const [victim = 1] = story.some(1);
      const faults = story.random.chance(1, 4) ? { writeErrorPer10k: 300 } : { syncError: true };
      if (!story.diskFaults(victim, faults)) continue;
      if (yield* story.until(() => !story.isUp(victim), 5000)) story.reached(stopped);
      yield* story.sleepBetween(100, 1500);
      if (story.random.chance(1, 3) && story.restart(victim)) {
        if (yield* story.until(() => !story.isUp(victim), 3000)) story.reached(again);
      }
      story.diskFaults(victim, {});
      story.restart(victim);
      if (yield* story.untilCaughtUp(victim)) story.reached(cameBack);
    }
  },
  sometimes: [{ goal: stopped }, { goal: again }, { goal: cameBack }],
};
