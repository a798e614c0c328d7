import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const refused = 'members found each other’s disks in their machines and refused to start';
const cameBack = 'they came back with their own disks and caught up';

export const swappedDisks: Scenario = {
  name: 'swapped-disks',
  sentence:
    'Two members are taken down for maintenance, and their disks are put back into the wrong machines. Each reads whose log it has and refuses to start, until somebody swaps them back.',
  members: 5,
  clients: 4,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    for (;;) {
      yield* story.untilLeader();
      yield* story.sleepBetween(200, 2500);
      const [one = 1, two = 2] = story.some(2);
      for (const member of [one, two]) story.crash(member);
      yield* story.sleepBetween(50, 1000);
      const swapped = story.swapDisks(one, two);
      for (const member of [one, two]) story.restart(member);
      yield* story.sleepBetween(200, 2000);
      if (swapped) {
        if (!story.isUp(one) && !story.isUp(two)) story.reached(refused);
        story.swapDisks(one, two);
        for (const member of [one, two]) story.restart(member);
      }
      const caughtUp = (yield* story.untilCaughtUp(one)) && (yield* story.untilCaughtUp(two));
      if (swapped && caughtUp) story.reached(cameBack);
    }
  },
  sometimes: [{ goal: refused }, { goal: cameBack }],
};
