import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import type { Story } from '../../sim/faults/story.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

type Trouble = (story: Story) => Script;

function* crashes(story: Story): Script {
  const [victim = 1] = story.some(1);
  if (story.isUp(victim)) yield* story.bounce(victim, story.random.between(20, 2500));
}

function* pauses(story: Story): Script {
  const [victim = 1] = story.some(1);
  story.pause(victim);
  yield* story.sleepBetween(20, 3000);
  story.resume(victim);
}

function* partitions(story: Story): Script {
  const side = story.some(story.random.between(1, story.members.length - 1));
  if (story.random.chance(1, 3)) story.cutOneWay(side, story.others(...side));
  else story.partition(side, story.others(...side));
  yield* story.sleepBetween(100, 4000);
  story.heal();
}

function* holds(story: Story): Script {
  const side = story.some(story.random.between(1, 2));
  story.hold(side, story.others(...side));
  yield* story.sleepBetween(50, 2500);
  story.heal();
}

function* storms(story: Story): Script {
  story.links({
    lossPer10k: story.random.below(2500),
    duplicatePer10k: story.random.below(2500),
    reorderPer10k: story.random.below(10_000),
    delayMeanMs: story.random.between(1, 60),
  });
  yield* story.sleepBetween(500, 4000);
  story.links({});
}

function* slowDisks(story: Story): Script {
  const [victim = 1] = story.some(1);
  story.slowDisk(victim, { syncMinMs: 5, syncMeanMs: story.random.between(10, 400) });
  yield* story.sleepBetween(500, 3000);
  story.slowDisk(victim, { syncMinMs: 0.3, syncMeanMs: 1.7 });
}

const troubles: readonly Trouble[] = [crashes, pauses, partitions, holds, storms, slowDisks];

export const everythingAtOnce: Scenario = {
  name: 'everything-at-once',
  sentence:
    'Each seed draws about half of the fault families (crashes, pauses, partitions, held links, bad links, slow disks) and mixes them.',
  members: 5,
  clients: 5,
  durationMs: 30_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    const drawn = troubles.filter(() => story.random.chance(1, 2));
    const families = drawn.length > 0 ? drawn : troubles;
    for (;;) {
      yield* story.sleepBetween(50, 1500);
      yield* story.random.pick(families)(story);
    }
  },
  sometimes: [
    { goal: 'the leader changed', when: (facts) => facts.leaderTerms > 1 },
    { goal: 'a client did not learn what became of its write', when: (facts) => facts.unknownOperations > 0 },
  ],
};
