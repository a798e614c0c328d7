import type { Scenario } from '../../../sim/scenario.ts';
import { expectingAnswers, judgeAnswers } from '../../workloads/answers.ts';
import { oneRegister } from './one_register.ts';

const nsPerMs = 1_000_000;

export const removalCommitsNothing: Scenario = {
  name: 'bug-removal-commits-nothing',
  sentence:
    'One of two members is removed while a write is under way; nothing fails, and nobody else writes.',
  members: 2,
  clients: 1,
  durationMs: 9000,
  links: { delayMinNs: 40 * nsPerMs, delayMeanNs: 0, reorderPer10k: 0 },
  workload: expectingAnswers(oneRegister(1)),
  *nemesis(story) {
    yield* story.untilLeader();
    // Members are removed only when all have been connected for a while.
    yield* story.sleep(6000);
    const [follower = 1] = story.followers();
    yield* story.admin('removeMember', follower, story.leader());
  },
  sometimes: [],
  judge: judgeAnswers,
};
