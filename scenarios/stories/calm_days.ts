import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const wentOn = 'a member was restarted, and the cluster went on';

/** What `detcd import` runs unless told otherwise: it needs no member but one. */
export const calmDays: Scenario = {
  name: 'calm-days',
  sentence: 'All is well, but for a member that is restarted now and then, one at a time.',
  members: 3,
  clients: 4,
  durationMs: 20_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(1500, 4000);
      const [member = 1] = story.some(1);
      const before = story.commitIndex(member);
      yield* story.bounce(member, story.random.between(50, 400), story.random.chance(1, 2) ? 'keep' : 'drop');
      yield* story.untilLeader();
      if (yield* story.until(() => story.commitIndex(member) > before, 5000)) story.reached(wentOn);
    }
  },
  sometimes: [{ goal: wentOn }],
};
