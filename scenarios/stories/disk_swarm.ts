import type { Story } from '../../sim/faults/story.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import type { DiskFaultSettings } from '../../sim/trace/run_info.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const recovered = 'a member with a disk that had failed came back and caught up';
const forbidden = 'the atlas forbade a fault, for there was too much damage already';

type Trouble = (story: Story) => Script;

/** Faults on one disk for a while; then they end, and the member is started again if they stopped it. */
function badDisk(draw: (story: Story) => DiskFaultSettings): Trouble {
  return function* (story) {
    const [victim = 1] = story.some(1);
    if (!story.diskFaults(victim, draw(story))) {
      story.reached(forbidden);
      return;
    }
    if (story.random.chance(1, 3)) yield* story.bounce(victim, story.random.between(20, 500));
    yield* story.sleepBetween(200, 3000);
    const stopped = !story.isUp(victim);
    story.diskFaults(victim, {});
    if (story.random.chance(1, 4)) return;
    story.restart(victim);
    if ((yield* story.untilCaughtUp(victim, 4000)) && stopped) story.reached(recovered);
  };
}

function* stalls(story: Story): Script {
  const [victim = 1] = story.some(1);
  if (!story.stallDisk(victim)) return;
  if (story.random.chance(1, 3)) yield* story.bounce(victim, story.random.between(20, 500));
  yield* story.sleepBetween(50, 2500);
  story.releaseDisk(victim);
}

function* slowness(story: Story): Script {
  const [victim = 1] = story.some(1);
  story.slowDisk(victim, { syncMinMs: 1, syncMeanMs: story.random.between(5, 300) });
  yield* story.sleepBetween(500, 3000);
  story.slowDisk(victim, { syncMinMs: 0.3, syncMeanMs: 1.7 });
}

function* rot(story: Story): Script {
  const [victim = 1] = story.some(1);
  if (!story.rotDisk(victim, { bits: story.random.between(1, 3) })) {
    story.reached(forbidden);
    return;
  }
  yield* story.bounce(victim, story.random.between(20, 1000));
}

function* swaps(story: Story): Script {
  const [one = 1, two = 2] = story.some(2);
  for (const member of [one, two]) story.crash(member);
  const swapped = story.swapDisks(one, two);
  for (const member of [one, two]) story.restart(member);
  yield* story.sleepBetween(100, 1000);
  if (swapped) story.swapDisks(one, two);
  for (const member of [one, two]) story.restart(member);
}

function* wipes(story: Story): Script {
  const [victim = 1] = story.some(1);
  story.crash(victim);
  yield* story.sleepBetween(20, 500);
  story.wipeDisk(victim);
  story.restart(victim);
}

function* powerCuts(story: Story): Script {
  const victims = story.random.chance(1, 4) ? story.members : story.some(story.random.between(1, 3));
  for (const member of victims) story.crash(member);
  yield* story.sleepBetween(50, 800);
  for (const member of victims) story.restart(member);
}

const troubles: readonly Trouble[] = [
  badDisk(() => ({ syncError: true })),
  badDisk(() => ({ readError: true })),
  badDisk((story) => ({ writeErrorPer10k: story.random.between(50, 2000) })),
  badDisk(() => ({ lyingSync: true })),
  badDisk(() => ({ lostDirectorySync: true, lostRename: true })),
  badDisk((story) => ({ misdirectPer10k: story.random.between(20, 500) })),
  badDisk((story) => ({ staleReadPer10k: story.random.between(500, 5000) })),
  badDisk((story) => ({ bitRotPer10k: story.random.between(20, 300) })),
  badDisk((story) => ({ bytesPerSecond: story.random.between(20_000, 500_000) })),
  function* fills(story) {
    const [victim = 1] = story.some(1);
    if (!story.fillDisk(victim, story.random.below(10_000))) return;
    yield* story.sleepBetween(200, 3000);
    story.diskFaults(victim, {});
    story.restart(victim);
  },
  stalls,
  slowness,
  rot,
  swaps,
  wipes,
];

export const diskSwarm: Scenario = {
  name: 'disk-swarm',
  sentence:
    'Each seed draws about half of all the ways in which a disk can fail and mixes them with power cuts, never more than the cluster can recover from.',
  members: 6,
  clients: 5,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    const drawn = troubles.filter(() => story.random.chance(1, 2));
    const families = [powerCuts, ...(drawn.length > 0 ? drawn : troubles)];
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(50, 1500);
      yield* story.random.pick(families)(story);
    }
  },
  sometimes: [
    { goal: recovered },
    { goal: forbidden },
    { goal: 'the leader changed', when: (facts) => facts.leaderTerms > 1 },
  ],
};
