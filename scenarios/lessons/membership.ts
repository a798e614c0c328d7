import type { Scenario } from '../../sim/scenario.ts';
import { calmWriters, visibleLinks } from './steps.ts';

/** Changes are taken only when all voters have been connected for 5 s. */
const connectedMs = 5500;

export const lessonMembership: Scenario = {
  name: 'lesson-membership',
  sentence: 'A fourth machine joins as a learner, catches up and is promoted; then the leader is removed.',
  members: 3,
  spares: 1,
  clients: 2,
  durationMs: 16_000,
  links: visibleLinks,
  workload: calmWriters(150),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(connectedMs);
    const [spare = 4] = story.spares;
    yield* story.addMember(spare, 'addLearner');
    // Refused until the learner has caught up.
    for (let tries = 0; tries < 30 && story.isLearner(spare); tries++) {
      yield* story.sleep(150);
      yield* story.admin('promoteMember', spare, story.leader());
    }
    yield* story.sleep(connectedMs);
    const leader = story.leader();
    const [via = 1] = story.followers();
    yield* story.admin('removeMember', leader, via);
  },
  sometimes: [],
};
