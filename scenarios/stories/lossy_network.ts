import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

export const lossyNetwork: Scenario = {
  name: 'lossy-network',
  sentence: 'Every link loses, doubles and reorders messages, worse and worse, with calm in between.',
  members: 5,
  clients: 5,
  durationMs: 30_000,
  workload: registers(mixedRegisters),
  *nemesis(story) {
    yield* story.untilLeader();
    for (let storm = 1; ; storm++) {
      story.links({
        lossPer10k: Math.min(8000, 2000 + 1500 * storm),
        duplicatePer10k: story.random.between(0, 2000),
        reorderPer10k: 10_000,
        delayMeanMs: story.random.between(1, 25),
      });
      yield* story.sleepBetween(2000, 5000);
      story.links({});
      yield* story.sleepBetween(500, 1500);
    }
  },
  sometimes: [
    { goal: 'more than a hundred messages were lost', when: (facts) => facts.lostMessages > 100 },
    { goal: 'the leader changed', when: (facts) => facts.leaderTerms > 1 },
  ],
};
