import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const lost = 'after the power failure the cluster had committed less than before';
const kept = 'the cluster came back with all it had committed, by luck';

export const lyingMajority: Scenario = {
  name: 'lying-majority',
  sentence:
    'Most disks lie about fsync, and then the power fails: more than Raft survives. What was promised until then must hold; the writes that are lost are reported as what they are.',
  members: 5,
  clients: 4,
  durationMs: 20_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 30 }),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleepBetween(500, 4000);
    story.unrestricted();
    const liars = story.some(story.majority);
    for (;;) {
      for (const liar of liars) story.diskFaults(liar, { lyingSync: true });
      yield* story.sleepBetween(500, 4000);
      const before = story.commitIndex(story.leader());
      const mode = story.random.pick(['drop', 'drop', 'keep'] as const);
      for (const member of story.members) story.crash(member, mode);
      yield* story.sleepBetween(50, 500);
      for (const liar of liars) story.diskFaults(liar, {});
      for (const member of story.random.shuffle(story.members)) {
        story.restart(member);
        yield* story.sleepBetween(0, 200);
      }
      const leader = yield* story.untilLeader(8000);
      if (leader !== 0) story.reached(story.commitIndex(leader) < before ? lost : kept);
      // Members whose logs are shorter than their leader knows may have stopped.
      for (const member of story.members) story.restart(member);
    }
  },
  sometimes: [{ goal: lost }, { goal: kept }],
};
