import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { pickFollower, writer } from './moments.ts';

const scenario: Scenario = {
  name: 'bug-log-reopens-at-start',
  sentence: 'A member starts again, writes, and starts again.',
  members: 3,
  clients: 1,
  durationMs: 5000,
  workload: writer('a', 20),
  *nemesis(story) {
    const victim = yield* pickFollower(story);
    yield* story.bounce(victim, 100);
    yield* story.sleep(800);
    yield* story.bounce(victim, 100);
  },
  sometimes: [],
};

export const logReopensAtStart: BugScript = {
  bug: 'log-reopens-at-start',
  schedule: [
    'A follower loses power and starts again.',
    'It takes entries.',
    'It loses power and starts again.',
  ],
  scenario,
  seed: '1',
  hunt: ['crash-storm'],
};
