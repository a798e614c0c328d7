import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const mixedLed = 'members of the other version led members of the first';
const backAgain = 'every member ran the other version, and went back to the first';

/** It differs from the first version only in what becomes of a txn that fails half-way, and no client here asks for one. */
const otherVersion = ['partial-txn'] as const;

export const rollingUpgrade: Scenario = {
  name: 'rolling-upgrade',
  sentence:
    'Members are stopped gracefully one by one and started with another version of the program, and later back: as long as nobody asks for what the versions do differently, nobody can tell them apart.',
  members: 3,
  clients: 4,
  durationMs: 20_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (let round = 0; ; round++) {
      const upgraded: number[] = [];
      for (const member of story.random.shuffle(story.members)) {
        story.version(member, round % 2 === 0 ? otherVersion : []);
        yield* story.restartGracefully(member, story.random.between(50, 400));
        yield* story.untilCaughtUp(member);
        upgraded.push(member);
        const leader = yield* story.untilLeader();
        const some = upgraded.length < story.members.length;
        if (round % 2 === 0 && some && upgraded.includes(leader)) story.reached(mixedLed);
        yield* story.sleepBetween(100, 800);
      }
      if (round % 2 === 1) story.reached(backAgain);
    }
  },
  sometimes: [
    { goal: mixedLed },
    { goal: backAgain },
    { goal: 'a member ended as it was asked to', when: (facts) => facts.gracefulStops > 0 },
  ],
};
