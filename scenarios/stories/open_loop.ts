import type { Scenario } from '../../sim/scenario.ts';
import { turnedAwayTopic } from '../workloads/pace.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const turnedAway = 'so much arrived while a disk stood still that some was turned away';
const workedOff = 'the cluster worked off what had piled up, and kept up again';

export const openLoop: Scenario = {
  name: 'open-loop',
  sentence:
    'Operations arrive whether the cluster answers or not. The leader’s disk stands still and others are slow; what arrives piles up, and must be worked off when the disks go on.',
  members: 3,
  clients: 8,
  durationMs: 25_000,
  workload: registers({
    ...mixedRegisters,
    keys: 12,
    keyChoice: { kind: 'zipfian' },
    loop: 'open',
    pauseMeanMs: 40,
    waitingMax: 24,
  }),
  *nemesis(story) {
    for (;;) {
      const leader = yield* story.untilLeader();
      yield* story.sleepBetween(500, 2500);
      if (leader === 0 || !story.stallDisk(leader)) continue;
      const slow = story.some(story.majority - 1, story.others(leader));
      for (const member of slow) story.slowDisk(member, { syncMinMs: 50, syncMeanMs: 600 });
      yield* story.sleepBetween(500, 4000);
      story.releaseDisk(leader);
      for (const member of slow) story.slowDisk(member, { syncMinMs: 0.3, syncMeanMs: 1.7 });
      const next = yield* story.untilLeader();
      const before = story.commitIndex(next);
      // More than arrives in that time.
      const many = story.clientCount * 50;
      if (yield* story.until(() => story.commitIndex(next) > before + many, 3000)) story.reached(workedOff);
    }
  },
  sometimes: [
    { goal: turnedAway, when: (_facts, { notes }) => notes.some(({ topic }) => topic === turnedAwayTopic) },
    { goal: workedOff },
  ],
};
