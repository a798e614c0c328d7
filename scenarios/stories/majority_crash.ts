import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

export const majorityCrash: Scenario = {
  name: 'majority-crash',
  sentence:
    'While the other followers lag behind, the leader and the majority that has every write lose power at the same instant, and with it whatever their disks had not synced.',
  members: 5,
  clients: 5,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 25 }),
  *nemesis(story) {
    for (const member of story.members) story.slowDisk(member, { syncMinMs: 2, syncMeanMs: 12 });
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(1000, 3000);
      const leader = yield* story.untilLeader();
      if (leader === 0) continue;
      const victims = [leader, ...story.some(story.majority - 1, story.others(leader))];
      // What the others would have kept for them must not save the victims: then only their own disks can.
      story.hold([leader], story.others(...victims));
      yield* story.sleepBetween(100, 600);
      const mode = story.random.pick(['drop', 'drop', 'tear', 'random'] as const);
      for (const victim of victims) story.crash(victim, mode);
      story.heal();
      yield* story.sleepBetween(100, 1500);
      for (const victim of story.random.shuffle(victims)) {
        story.restart(victim);
        yield* story.sleepBetween(0, 300);
      }
    }
  },
  sometimes: [
    { goal: 'a crash lost writes that had not been synced', when: (facts) => facts.droppedSectors > 0 },
    { goal: 'a torn tail of a write-ahead log was repaired', when: (facts) => facts.repairedBytes > 0 },
  ],
};
