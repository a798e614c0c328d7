import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

const overwritten = 'entries that only the minority had were overwritten after the healing';

export const minorityPartition: Scenario = {
  name: 'minority-partition',
  sentence:
    'The cluster splits into a majority and a minority that holds the leader; both are written to; then the split heals.',
  members: 5,
  clients: 5,
  durationMs: 30_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(1000, 3000);
      const leader = yield* story.untilLeader();
      if (leader === 0) continue;
      const companions = story.some(story.members.length - story.majority - 1, story.others(leader));
      const minority = [leader, ...companions];
      story.note(`splitting off ${minority.map((member) => `n${member}`).join(' and ')}`);
      story.partition(minority, story.others(...minority));
      yield* story.sleepBetween(2500, 5000);
      story.heal();
      yield* story.sleepBetween(1000, 2000);
    }
  },
  sometimes: [
    { goal: overwritten, when: (facts) => facts.truncatedEntries > 0 },
    { goal: 'a client did not learn what became of its write', when: (facts) => facts.unknownOperations > 0 },
  ],
};
