import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { pickFollower, writer } from './moments.ts';

const scenario: Scenario = {
  name: 'bug-log-cut-at-any-damage',
  sentence: 'A bit of a follower’s log flips, and the follower starts again.',
  members: 3,
  clients: 1,
  durationMs: 4500,
  workload: writer('a', 20),
  *nemesis(story) {
    const victim = yield* pickFollower(story);
    story.rotDisk(victim);
    yield* story.sleep(500);
    yield* story.bounce(victim, 100);
  },
  sometimes: [],
};

export const logCutAtAnyDamage: BugScript = {
  bug: 'log-cut-at-any-damage',
  schedule: [
    'Of what a follower has in its log, and has acknowledged, one bit flips.',
    'It loses power and starts again. It may refuse to; it must not forget.',
  ],
  scenario,
  seed: '2',
  hunt: ['bit-rot'],
};
