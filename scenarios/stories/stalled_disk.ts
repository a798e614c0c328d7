import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const replaced = 'another member was elected while the old leader’s disk stood still';
const steppedDown = 'the old leader learnt of it when its disk went on';
const waited = 'a process waited with its start for a disk that stood still';

export const stalledDisk: Scenario = {
  name: 'stalled-disk',
  sentence:
    'The disk under the leader stands still: neither an error nor an answer. The others elect a new leader; the old one learns of it when its disk goes on. Now and then it loses power meanwhile and waits for its disk to start.',
  members: 5,
  clients: 4,
  durationMs: 30_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    for (;;) {
      yield* story.sleepBetween(200, 2000);
      const leader = yield* story.untilLeader();
      if (leader === 0 || !story.stallDisk(leader)) continue;
      const next = yield* story.untilLeader(8000, leader);
      if (next !== 0) story.reached(replaced);
      const bounced = story.random.chance(1, 3);
      if (bounced) yield* story.bounce(leader, story.random.between(50, 500));
      yield* story.sleepBetween(0, 2000);
      // Neither started nor given up: its start waits.
      const waits = bounced && story.isUp(leader) && story.commitIndex(leader) === 0;
      story.releaseDisk(leader);
      if (!(yield* story.untilCaughtUp(leader))) continue;
      if (waits) story.reached(waited);
      else if (!story.believesToLead(leader)) story.reached(steppedDown);
    }
  },
  sometimes: [{ goal: replaced }, { goal: steppedDown }, { goal: waited }],
};
