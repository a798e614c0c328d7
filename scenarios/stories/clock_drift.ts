import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { judgeLeases, leaseHolders, leaseWindDownMs } from '../workloads/lease_holders.ts';

const fastLed = 'a member whose clock ran fast led and kept the leases';
const slowLed = 'a member whose clock ran slow led and kept the leases';

/** A fifth too fast or too slow; the clients and the checks know that bound. */
const driftPpmMax = 200_000;

/** Whoever leads is given a clock that is as wrong as may be, and keeps it for some seconds. */
function* driftLeader(story: Story): Script {
  const leader = yield* story.untilLeader();
  if (leader === 0) return;
  const ppm = story.random.chance(1, 2) ? driftPpmMax : -driftPpmMax;
  story.clockDrift(leader, ppm);
  yield* story.sleepBetween(2000, 6000);
  if (story.leader() === leader) story.reached(ppm > 0 ? fastLed : slowLed);
}

function* bounceLeader(story: Story): Script {
  const leader = story.leader();
  if (leader !== 0) yield* story.bounce(leader, story.random.between(50, 1500));
}

export const clockDrift: Scenario = {
  name: 'clock-drift',
  sentence:
    'Every clock runs at a speed of its own, up to a fifth too fast or too slow, and leaders are replaced: leases end no sooner than the fastest clock allows.',
  members: 3,
  clients: 5,
  durationMs: 25_000,
  workload: leaseHolders({ clockFastPpm: driftPpmMax }),
  *nemesis(story) {
    story.driftClocks(driftPpmMax);
    for (;;) {
      yield* driftLeader(story);
      if (story.random.chance(1, 2)) yield* bounceLeader(story);
      if (story.random.chance(1, 4)) story.driftClocks(driftPpmMax);
    }
  },
  windDownMs: leaseWindDownMs,
  judge: judgeLeases,
  sometimes: [
    { goal: fastLed },
    { goal: slowLed },
    { goal: 'a lease ended by itself', when: (_, { notes }) => notes.some(({ topic }) => topic === 'gone') },
  ],
};
