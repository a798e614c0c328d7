import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const cameBack = 'all members were without power at once, and the cluster came back';

export const powerFailure: Scenario = {
  name: 'power-failure',
  sentence:
    'The whole machine room loses power under load; when it comes back, only what was synced is left, and no acknowledged write may be missing.',
  members: 5,
  clients: 5,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 20 }),
  *nemesis(story) {
    for (const member of story.members) story.slowDisk(member, { syncMinMs: 2, syncMeanMs: 12 });
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(800, 3500);
      const mode = story.random.pick(['drop', 'tear', 'random'] as const);
      for (const member of story.members) story.crash(member, mode);
      yield* story.sleepBetween(200, 1000);
      for (const member of story.random.shuffle(story.members)) {
        story.restart(member);
        yield* story.sleepBetween(0, 100);
      }
      if ((yield* story.untilLeader(8000)) !== 0) story.reached(cameBack);
    }
  },
  sometimes: [
    { goal: cameBack },
    { goal: 'a crash lost writes that had not been synced', when: (facts) => facts.droppedSectors > 0 },
  ],
};
