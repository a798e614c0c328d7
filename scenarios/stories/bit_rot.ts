import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const refused = 'a member found its log damaged and refused to start';
const replaced = 'a member whose log was damaged got an empty disk, and stayed down';
const went = 'the others went on without it';

export const bitRot: Scenario = {
  name: 'bit-rot',
  sentence:
    'A bit of a follower’s log flips. At its next start the member finds it and refuses; its disk is replaced, and it stays down: under its old id it must not come back without what it had acknowledged.',
  members: 5,
  clients: 4,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    for (;;) {
      yield* story.untilLeader();
      yield* story.sleepBetween(300, 3000);
      const followers = story.followers().filter((member) => story.isUp(member));
      const [victim = 1] = story.some(1, followers);
      if (story.rotDisk(victim)) {
        yield* story.sleepBetween(0, 2000);
        yield* story.bounce(victim, story.random.between(50, 1000));
        if (yield* story.until(() => !story.isUp(victim), 2000)) story.reached(refused);
        if (story.wipeDisk(victim) && !story.restart(victim)) story.reached(replaced);
        const before = story.commitIndex(story.leader());
        if (yield* story.until(() => story.commitIndex(story.leader()) > before, 5000)) story.reached(went);
      } else {
        // No further log may be damaged. The members that are left take turns in being down.
        yield* story.bounce(victim, story.random.between(50, 1500));
      }
    }
  },
  sometimes: [{ goal: refused }, { goal: replaced }, { goal: went }],
};
