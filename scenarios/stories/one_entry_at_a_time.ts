import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const overwritten = 'entries of one leader were overwritten by another';
const nsPerMs = 1_000_000;

/** The leader goes on with one friend: without the others, or without a part of what it says to them. */
function* fewFriends(story: Story): Script {
  const leader = yield* story.untilLeader();
  if (leader === 0) return;
  const [friend = 1, ...far] = story.random.shuffle(story.others(leader));
  story.cutOneWay([leader, ...far], far, ['MsgApp']);
  yield* story.sleepBetween(50, 600);
  if (story.random.chance(2, 3)) story.partition([leader, friend], far);
  // Whoever the others elect is heard, but gets no entries across.
  yield* story.untilLeader(4000, leader);
  yield* story.sleepBetween(50, 600);
  story.heal();
}

/** The leader is out of the way, and the others go on without it; now and then their new leader, too, is lost at once. */
function* changeOfGuard(story: Story): Script {
  const leader = story.leader();
  if (leader === 0) return;
  story.isolate(leader);
  const next = yield* story.untilLeader(4000, leader);
  yield* story.sleepBetween(1, 400);
  story.heal();
  if (next === 0 || story.random.chance(1, 3)) return;
  const [friend = next] = story.some(1, story.others(next, leader));
  const gone = story.random.chance(1, 2) ? [next] : [next, friend];
  story.partition(gone, story.others(...gone));
  yield* story.sleepBetween(500, 3500);
  story.heal();
}

function* leaderDown(story: Story): Script {
  const leader = story.leader();
  if (leader !== 0) yield* story.bounce(leader, story.random.between(100, 2500));
}

export const oneEntryAtATime: Scenario = {
  name: 'one-entry-at-a-time',
  sentence:
    'Appends carry one entry each and travel slowly, while leaders are left with few friends, lose their voice or go down, one after the other.',
  members: 5,
  clients: 5,
  durationMs: 40_000,
  links: { delayMinNs: 10 * nsPerMs, delayMeanNs: 15 * nsPerMs },
  member: { messageBytesMax: 1, snapshotCount: 100, catchUpEntries: 20 },
  workload: registers({ ...mixedRegisters, pauseMeanMs: 120 }),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(100, 1500);
      yield* fewFriends(story);
      if (story.random.chance(3, 4)) yield* changeOfGuard(story);
      else yield* leaderDown(story);
    }
  },
  sometimes: [
    { goal: overwritten, when: (facts) => facts.truncatedEntries > 0 },
    { goal: 'three leaders in a run', when: (facts) => facts.leaderTerms > 2 },
  ],
};
