import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const heartbeatCommitUnclipped: Scenario = {
  name: 'bug-heartbeat-commit-unclipped',
  sentence: 'A follower is cut off for a moment while the others write, and hears a heartbeat first.',
  members: 3,
  clients: 6,
  durationMs: 2500,
  workload: oneRegister(3),
  *nemesis(story) {
    const leader = yield* story.untilLeader();
    const [follower = 1] = story.followers();
    yield* story.sleep(100);
    story.cutOneWay([leader], [follower]);
    yield* story.sleep(300);
    story.heal();
  },
  sometimes: [],
};
