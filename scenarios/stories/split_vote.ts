import type { Scenario } from '../../sim/scenario.ts';
import { mixedRegisters, registers } from '../workloads/registers.ts';

export const splitVote: Scenario = {
  name: 'split-vote',
  sentence:
    'On a slow network the leader crashes again and again; several members stand for election at once and split the votes.',
  members: 5,
  clients: 3,
  durationMs: 40_000,
  workload: registers({ ...mixedRegisters, pauseMeanMs: 200 }),
  *nemesis(story) {
    yield* story.untilLeader();
    story.links({ delayMinMs: 60, delayMeanMs: 120, reorderPer10k: 2000 });
    for (;;) {
      const leader = yield* story.untilLeader(15_000);
      yield* story.sleepBetween(500, 1500);
      if (leader === 0) continue;
      story.crash(leader, 'keep');
      yield* story.untilLeader(10_000, leader);
      yield* story.sleepBetween(200, 1500);
      story.restart(leader);
    }
  },
  sometimes: [
    { goal: 'two members stood for election in the same term', when: (facts) => facts.contestedTerms > 0 },
    { goal: 'a term passed without a leader', when: (facts) => facts.leaderlessTerms > 0 },
  ],
};
