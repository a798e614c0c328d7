import type { Scenario } from '../../sim/scenario.ts';
import { judgeMultiKeyTxns, multiKeyTxns } from '../workloads/multi_key_txns.ts';

const unknownTxn = 'a client did not learn whether its txn was done';
const caughtUp = 'a member that had lost power in the middle of txns caught up';

export const multiKeyTxnsStory: Scenario = {
  name: 'multi-key-txns',
  sentence:
    'Groups of keys are written, exchanged and read in single txns, some of them nested, while members lose power and leaders are cut off: nobody sees a part of a txn.',
  members: 3,
  clients: 5,
  durationMs: 25_000,
  member: { snapshotCount: 100, catchUpEntries: 10 },
  workload: multiKeyTxns({ pauseMeanMs: 25 }),
  *nemesis(story) {
    for (;;) {
      const leader = yield* story.untilLeader();
      yield* story.sleepBetween(200, 1500);
      if (leader !== 0 && story.random.chance(1, 2)) {
        story.isolate(leader);
        yield* story.untilLeader(4000, leader);
        yield* story.sleepBetween(0, 500);
        story.heal();
        continue;
      }
      const victims = story.some(story.random.between(1, story.members.length));
      for (const member of victims) story.crash(member);
      yield* story.sleepBetween(20, 800);
      for (const member of victims) story.restart(member);
      const [first = 1] = victims;
      if (yield* story.untilCaughtUp(first, 4000)) story.reached(caughtUp);
    }
  },
  judge: judgeMultiKeyTxns,
  sometimes: [{ goal: unknownTxn, when: (facts) => facts.unknownOperations > 0 }, { goal: caughtUp }],
};
