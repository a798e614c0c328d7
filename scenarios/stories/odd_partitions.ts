import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const overBridge = 'a write was committed over a bridge between two halves';
const inThree = 'three groups without a majority committed nothing until they met again';
const inRing =
  'members in a ring, each of which reached only two others, elected nobody or a leader that committed';

/** What any member knows to be committed. */
function committed(story: Story): number {
  return Math.max(...story.members.map((member) => story.commitIndex(member)));
}

/** Three of five are a majority, but no member of the ring sees more than its neighbours: still enough for a leader. */
function* ring(story: Story): Script {
  const before = committed(story);
  story.ring();
  yield* story.sleepBetween(1500, 4000);
  if (committed(story) > before || story.leader() === 0) story.reached(inRing);
}

function* bridge(story: Story): Script {
  const [member = 1] = story.some(1);
  const before = committed(story);
  story.bridge(member);
  yield* story.sleepBetween(2500, 4000);
  if (committed(story) > before) story.reached(overBridge);
}

/** In groups of at most two of five, nothing can be committed. */
function* threeGroups(story: Story): Script {
  const [alone = 1, ...rest] = story.some(story.members.length);
  story.partition([alone], rest.slice(0, 2), rest.slice(2));
  // What was acknowledged before may still become known as committed.
  yield* story.sleep(500);
  const before = committed(story);
  yield* story.sleepBetween(1500, 3000);
  if (committed(story) === before) story.reached(inThree);
}

function* anySplit(story: Story): Script {
  story.split(story.random.between(2, 4));
  yield* story.sleepBetween(500, 3000);
}

const shapes = [ring, bridge, threeGroups, anySplit] as const;

export const oddPartitions: Scenario = {
  name: 'odd-partitions',
  sentence:
    'The network falls apart in odd shapes: a ring in which each member reaches two others, two halves with a bridge, three groups without a majority.',
  members: 5,
  clients: 5,
  durationMs: 25_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.random.pick(shapes)(story);
      story.heal();
      yield* story.sleepBetween(300, 1500);
    }
  },
  sometimes: [{ goal: overBridge }, { goal: inThree }, { goal: inRing }],
};
