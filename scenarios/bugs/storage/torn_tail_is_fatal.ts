import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { pickFollower, writer } from './moments.ts';

const scenario: Scenario = {
  name: 'bug-torn-tail-is-fatal',
  sentence: 'The power goes while a follower writes its log.',
  members: 3,
  clients: 1,
  durationMs: 4500,
  workload: writer('x'.repeat(600), 20),
  *nemesis(story) {
    const victim = yield* pickFollower(story);
    story.slowDisk(victim, { syncMinMs: 100, syncMeanMs: 10 });
    yield* story.sleep(300);
    yield* story.bounce(victim, 100, 'tear');
  },
  sometimes: [{ goal: 'a torn tail was cut off', when: (facts) => facts.repairedBytes > 0 }],
};

export const tornTailIsFatal: BugScript = {
  bug: 'torn-tail-is-fatal',
  schedule: [
    'A follower’s disk is slow, so that there is always something on its way to the log.',
    'It loses power: of the last records some sectors are there, and some are not.',
    'It starts again.',
  ],
  scenario,
  seed: '2',
  hunt: ['power-failure', 'crash-storm'],
};
