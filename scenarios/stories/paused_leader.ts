import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const wokeUpDeposed = 'a leader woke up after another had taken its place';

export const pausedLeader: Scenario = {
  name: 'paused-leader',
  sentence:
    'The leader stops in the middle of its work (a long pause of the process) and wakes up after the others have gone on without it.',
  members: 5,
  clients: 5,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, get: 60 }),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(1000, 3000);
      const leader = yield* story.untilLeader();
      if (leader === 0) continue;
      story.pause(leader);
      const successor = yield* story.untilLeader(6000, leader);
      yield* story.sleepBetween(0, 2000);
      if (successor !== 0 && story.believesToLead(leader)) story.reached(wokeUpDeposed);
      story.resume(leader);
    }
  },
  sometimes: [{ goal: wokeUpDeposed }],
};
