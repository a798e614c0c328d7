import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const farLed = 'a member far away from all others led';
const clogged = 'a clogged link let everything through at once';

/** Every directed link has a distance and a quality of its own. */
function spread(story: Story): void {
  for (const from of story.members) {
    for (const to of story.others(from)) {
      story.link([from], [to], {
        delayMinMs: story.random.between(0, 20),
        delayMeanMs: story.random.between(1, 20),
        lossPer10k: story.random.below(300),
        duplicatePer10k: story.random.below(300),
      });
    }
  }
}

/** One member gets narrow links in both directions, with a short queue before them. */
function* narrow(story: Story): Script {
  const [member = 1] = story.some(1);
  const settings = { bytesPerSecond: story.random.between(1500, 8000), queueBytes: 600, delayMinMs: 10 };
  story.link([member], story.others(member), settings);
  story.link(story.others(member), [member], settings);
  yield* story.sleepBetween(1000, 3000);
}

/** A member is so far away that its elections take long: should it lead, everything does. */
function* far(story: Story): Script {
  const [member = 1] = story.some(1);
  story.link([member], story.others(member), { delayMinMs: 120, delayMeanMs: 20 });
  story.link(story.others(member), [member], { delayMinMs: 120, delayMeanMs: 20 });
  yield* story.sleepBetween(1000, 3000);
  if (story.leader() === member) story.reached(farLed);
}

function* clog(story: Story): Script {
  const from = story.some(story.random.between(1, 2));
  story.clog(from, story.others(...from), story.random.between(100, 900));
  yield* story.sleep(1000);
  story.reached(clogged);
}

const troubles = [narrow, narrow, far, clog] as const;

export const unevenLinks: Scenario = {
  name: 'uneven-links',
  sentence:
    'No two links are alike: each direction has its own delay and loss, some are narrow and drop what their queue has no room for, some clog.',
  members: 5,
  clients: 4,
  durationMs: 20_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    spread(story);
    yield* story.untilLeader();
    for (;;) {
      yield* story.random.pick(troubles)(story);
      spread(story);
      yield* story.sleepBetween(200, 1000);
    }
  },
  sometimes: [
    { goal: farLed },
    { goal: clogged },
    { goal: 'a queue before a narrow link was full', when: (facts) => facts.queueFullDrops > 0 },
  ],
};
