import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

export const longWayBack: Scenario = {
  name: 'long-way-back',
  sentence:
    'Members are away, cut off or down, until the others have thrown away the log that they lack: they come back by a snapshot, and some crash while they install it.',
  members: 3,
  clients: 5,
  durationMs: 30_000,
  // Small numbers, so that a few seconds away are long; etcd's own tests use them.
  member: { snapshotCount: 50, catchUpEntries: 10 },
  workload: registers({ ...mixedRegisters, pauseMeanMs: 15 }),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      const [away = 0] = story.some(1);
      const crashes = story.random.chance(1, 2);
      if (crashes) story.crash(away);
      else story.isolate(away);
      yield* story.sleepBetween(1000, 3000);
      const slow = story.random.chance(1, 2);
      if (slow) story.slowDisk(away, { syncMinMs: 10, syncMeanMs: 40 });
      if (crashes) story.restart(away);
      else story.heal();
      if (slow) {
        // Somewhere between the snapshot's arrival and its taking effect.
        yield* story.sleepBetween(50, 500);
        yield* story.bounce(away, story.random.between(50, 300));
      }
      yield* story.sleepBetween(300, 1500);
      if (slow) story.slowDisk(away, { syncMinMs: 0.3, syncMeanMs: 1.7 });
    }
  },
  sometimes: [
    { goal: 'a member took a snapshot of its own', when: (facts) => facts.snapshotsSaved > 0 },
    {
      goal: "a snapshot from the leader replaced a member's state",
      when: (facts) => facts.snapshotsInstalled > 0,
    },
    {
      goal: 'a member crashed before a received snapshot took effect, and started from it',
      when: (facts) => facts.snapshotsFoundAtBoot > 0,
    },
  ],
};
