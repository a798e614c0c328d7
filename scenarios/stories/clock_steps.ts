import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { judgeLeases, leaseHolders, leaseWindDownMs } from '../workloads/lease_holders.ts';

const steppedBack = "the leader's time of day went back by an hour, and it went on leading";
const steppedOn = "the leader's time of day jumped forward by an hour, and it went on leading";
const missedTime = 'a suspended leader came back when another led, and its clock had missed the time';
const stoodStill = 'a leader led on for two seconds with a clock that stood still, for clients wrote';

const hourMs = 3_600_000;

function* stepLeader(story: Story): Script {
  const leader = story.leader();
  if (leader === 0) return;
  const back = story.random.chance(1, 2);
  story.clockStep(leader, back ? -hourMs : hourMs);
  yield* story.sleepBetween(1500, 2500);
  if (story.leader() === leader) story.reached(back ? steppedBack : steppedOn);
}

function* stepAnyone(story: Story): Script {
  story.clockStep(story.random.pick(story.members), story.random.between(-10_000, 10_000));
  yield* story.sleepBetween(10, 200);
}

/** As when a virtual machine is moved to another host. */
function* suspendLeader(story: Story): Script {
  const leader = story.leader();
  if (leader === 0) return;
  story.suspend(leader);
  const next = yield* story.untilLeader(5000, leader);
  yield* story.sleepBetween(0, 4000);
  story.unsuspend(leader);
  if (next !== 0) story.reached(missedTime);
}

function* freezeLeader(story: Story): Script {
  const leader = story.leader();
  if (leader === 0) return;
  story.freezeClock(leader);
  yield* story.sleepBetween(2000, 4000);
  if (story.leader() === leader) story.reached(stoodStill);
  story.thawClock(leader);
}

const troubles = [stepLeader, stepLeader, stepAnyone, suspendLeader, freezeLeader] as const;

export const clockSteps: Scenario = {
  name: 'clock-steps',
  sentence:
    'Times of day are set forward and back, clocks stand still and machines are suspended: leases live by monotonic time, so none of it ends one early.',
  members: 3,
  clients: 5,
  durationMs: 25_000,
  workload: leaseHolders(),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(200, 2000);
      yield* story.random.pick(troubles)(story);
    }
  },
  windDownMs: leaseWindDownMs,
  judge: judgeLeases,
  sometimes: [{ goal: steppedBack }, { goal: steppedOn }, { goal: missedTime }, { goal: stoodStill }],
};
