import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { writer } from './moments.ts';

const learner = 4;

const scenario: Scenario = {
  name: 'bug-promotion-not-saved',
  sentence: 'A learner is promoted, a snapshot is taken, and a member starts again.',
  members: 3,
  spares: 1,
  clients: 1,
  durationMs: 16_000,
  member: { snapshotCount: 20, catchUpEntries: 3 },
  workload: writer('a', 50),
  *nemesis(story) {
    yield* story.untilLeader();
    // Changes are taken when all members have been connected for 5 s.
    yield* story.sleep(7000);
    yield* story.addMember(learner, 'addLearner');
    for (let tries = 1; tries <= 10 && story.isLearner(learner); tries++) {
      yield* story.sleep(300);
      yield* story.admin('promoteMember', learner, 1);
    }
    yield* story.sleep(2000);
    yield* story.bounce(3, 100);
  },
  sometimes: [],
};

export const promotionNotSaved: BugScript = {
  bug: 'promotion-not-saved',
  schedule: [
    'A fourth member joins as a learner and is promoted when it has caught up.',
    'The members take snapshots.',
    'One of them loses power and starts again, from its snapshot.',
  ],
  scenario,
  seed: '1',
  hunt: ['membership-churn'],
};
