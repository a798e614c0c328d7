import type { Story } from '../../sim/faults/story.ts';
import type { Script } from '../../sim/script.ts';

type Trouble = (story: Story) => Script;

function someClient(story: Story): number {
  return 1 + story.random.below(story.clientCount);
}

/** A client without the cluster, often for longer than its lease. */
function* clientCutOff(story: Story): Script {
  story.cutOffClient(someClient(story));
  yield* story.sleepBetween(300, 6000);
  story.heal();
}

/** A client that reaches only the old leader, which reaches nobody else. */
function* clientWithOldLeader(story: Story): Script {
  const leader = story.leader();
  if (leader === 0) return;
  story.isolate(leader);
  story.cutOffClient(someClient(story), story.others(leader));
  yield* story.sleepBetween(500, 5000);
  story.heal();
}

function* leaderIsolated(story: Story): Script {
  const leader = story.leader();
  if (leader === 0) return;
  story.isolate(leader);
  yield* story.sleepBetween(300, 4000);
  story.heal();
}

function* oneWay(story: Story): Script {
  const side = story.some(1);
  story.cutOneWay(side, story.others(...side));
  yield* story.sleepBetween(300, 3000);
  story.heal();
}

function* noMajority(story: Story): Script {
  const victims = story.some(story.majority);
  for (const member of victims) story.crash(member);
  yield* story.sleepBetween(100, 2500);
  for (const member of victims) story.restart(member);
}

function* leaderBounced(story: Story): Script {
  const leader = story.leader();
  if (leader !== 0) yield* story.bounce(leader, story.random.between(50, 2500));
}

function* leaderPaused(story: Story): Script {
  const leader = story.leader();
  if (leader === 0) return;
  story.pause(leader);
  yield* story.sleepBetween(300, 5000);
  story.resume(leader);
}

function* slowDisks(story: Story): Script {
  const syncMeanMs = story.random.between(20, 300);
  const victims = story.some(story.random.between(1, story.members.length));
  for (const member of victims) story.slowDisk(member, { syncMinMs: 5, syncMeanMs });
  yield* story.sleepBetween(500, 4000);
  for (const member of victims) story.slowDisk(member, { syncMinMs: 0.3, syncMeanMs: 1.7 });
}

function* lossyLinks(story: Story): Script {
  story.links({ lossPer10k: story.random.below(2000), delayMeanMs: story.random.between(1, 40) });
  yield* story.sleepBetween(500, 3000);
  story.links({});
}

const troubles: readonly Trouble[] = [
  clientCutOff,
  clientCutOff,
  clientWithOldLeader,
  leaderIsolated,
  oneWay,
  noMajority,
  leaderBounced,
  leaderPaused,
  slowDisks,
  lossyLinks,
];

/** What recipes have to live with: one trouble after the other, each over before the next. */
export function* recipeTroubles(story: Story): Script {
  yield* story.untilLeader();
  for (;;) {
    yield* story.sleepBetween(200, 2500);
    yield* story.random.pick(troubles)(story);
  }
}

/** As `sentence`s put it. */
export const troubleWords =
  'while clients are cut off, leaders fall, members crash and pause, and disks are slow';
