import type { Scenario } from '../../sim/scenario.ts';
import { calmWriters } from './steps.ts';

const nsPerMs = 1_000_000;

export const lessonSplitVote: Scenario = {
  name: 'lesson-split-vote',
  sentence:
    'Four members on a network as slow as their heartbeats are frequent: when the leader crashes, two of the other three stand at once.',
  members: 4,
  clients: 1,
  durationMs: 12_000,
  links: { delayMinNs: 100 * nsPerMs, delayMeanNs: 0, reorderPer10k: 0 },
  workload: calmWriters(500),
  *nemesis(story) {
    const leader = yield* story.untilLeader();
    yield* story.sleep(2000);
    story.crash(leader, 'keep');
    yield* story.untilLeader(8000, leader);
    yield* story.sleep(500);
    story.restart(leader);
  },
  sometimes: [],
};
