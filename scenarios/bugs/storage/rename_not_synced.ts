import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { pickFollower, writer } from './moments.ts';

const scenario: Scenario = {
  name: 'bug-rename-not-synced',
  sentence: 'A member loses power for the first time in its life.',
  members: 3,
  clients: 1,
  durationMs: 4500,
  workload: writer('a', 20),
  *nemesis(story) {
    const victim = yield* pickFollower(story);
    yield* story.bounce(victim, 100, 'drop');
  },
  sometimes: [],
};

export const renameNotSynced: BugScript = {
  bug: 'rename-not-synced',
  schedule: [
    'A new cluster takes writes.',
    'A follower loses power, and with it all names that were not synced.',
    'It starts again.',
  ],
  scenario,
  seed: '1',
  hunt: ['crash-storm', 'power-failure'],
};
