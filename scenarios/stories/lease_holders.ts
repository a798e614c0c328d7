import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { judgeLeases, leaseHolders, leaseWindDownMs } from '../workloads/lease_holders.ts';

const pausedOut = 'a leader was paused until another led, and woke up with its leases';

/** Longer than many of the leases last. */
function* pauseLeader(story: Story): Script {
  const leader = story.leader();
  if (leader === 0) return;
  story.pause(leader);
  const next = yield* story.untilLeader(6000, leader);
  yield* story.sleepBetween(0, 6000);
  story.resume(leader);
  if (next !== 0) story.reached(pausedOut);
}

function* stallLeader(story: Story): Script {
  const leader = story.leader();
  if (leader === 0 || !story.stallDisk(leader)) return;
  yield* story.sleepBetween(1000, 5000);
  story.releaseDisk(leader);
}

function* handOver(story: Story): Script {
  const leader = story.leader();
  if (leader !== 0) yield* story.admin('moveLeader', story.random.pick(story.others(leader)), leader);
}

function* cutLeader(story: Story): Script {
  const leader = story.leader();
  if (leader === 0) return;
  story.isolate(leader);
  yield* story.sleepBetween(300, 5000);
  story.heal();
}

function* bounceLeader(story: Story): Script {
  const leader = story.leader();
  if (leader !== 0) yield* story.bounce(leader, story.random.between(50, 2000));
}

const troubles = [pauseLeader, pauseLeader, stallLeader, handOver, cutLeader, bounceLeader] as const;

export const leaseHoldersStory: Scenario = {
  name: 'lease-holders',
  sentence:
    'Clients hold keys by leases while leaders are paused, stalled, cut off, crashed and replaced: no lease ends early, and none lives for ever.',
  members: 3,
  clients: 5,
  durationMs: 30_000,
  workload: leaseHolders(),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(200, 3000);
      yield* story.random.pick(troubles)(story);
    }
  },
  windDownMs: leaseWindDownMs,
  judge: judgeLeases,
  sometimes: [
    { goal: pausedOut },
    { goal: 'a lease ended by itself', when: (_, { notes }) => notes.some(({ topic }) => topic === 'gone') },
    { goal: 'the leader changed', when: (facts) => facts.leaderTerms > 1 },
  ],
};
