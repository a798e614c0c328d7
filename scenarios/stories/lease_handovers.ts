import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import {
  handOverMs,
  judgeHandOvers,
  lateRenewals,
  leasesOneByOne,
  leasesTogether,
  mourner,
} from '../workloads/lease_handovers.ts';
import { roles } from '../workloads/roles.ts';

const parts = 3;
const restarted = 'a follower was restarted';
const stood = 'nothing was committed for a while, and the leader stayed';

function* restartFollower(story: Story): Script {
  const [follower = 0] = story.some(1, story.followers());
  yield* story.bounce(follower, story.random.between(50, 500));
  if (yield* story.untilCaughtUp(follower, 2000)) story.reached(restarted);
}

/** The leader hears the others, but not what they have written. */
function* standStill(story: Story): Script {
  const leader = yield* story.untilLeader();
  const followers = story.others(leader);
  story.hold(followers, [leader], ['MsgAppResp']);
  yield* story.sleepBetween(300, 900);
  if (story.leader() === leader) story.reached(stood);
  story.release(followers, [leader]);
}

function* handOver(story: Story): Script {
  const leader = yield* story.untilLeader();
  yield* story.admin('moveLeader', story.random.pick(story.others(leader)), leader);
}

export const leaseHandOvers: Scenario = {
  name: 'lease-handovers',
  sentence:
    'Leases end while the leader hands over again and again, followers are restarted and the log stands still: with their remaining time in the log, none lasts for ever.',
  members: 3,
  clients: 6,
  durationMs: 50_000,
  member: { leaseCheckpoints: true, leaseCheckpointMs: 1000, persistLeaseCheckpoints: true },
  workload: roles(
    [
      { clients: 1, workload: mourner() },
      { clients: 2, workload: leasesOneByOne() },
      { clients: 1, workload: leasesTogether() },
    ],
    lateRenewals(),
  ),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      // Each leader stays for the time that its leases' bound counts on.
      for (let part = 1; part <= parts; part++) {
        yield* story.sleepBetween(handOverMs / parts, handOverMs / parts + 400);
        if (part < parts) yield* story.random.pick([restartFollower, standStill, standStill])(story);
      }
      yield* handOver(story);
    }
  },
  judge: judgeHandOvers,
  sometimes: [
    { goal: restarted },
    { goal: stood },
    { goal: 'a lease ended', when: (_facts, { notes }) => notes.some(({ topic }) => topic === 'ended') },
    { goal: 'the leader changed', when: (facts) => facts.leaderTerms > 1 },
  ],
};
