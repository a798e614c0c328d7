import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const respondBeforeFsync: Scenario = {
  name: 'bug-respond-before-fsync',
  sentence: 'A follower with a slow disk loses power while the others write.',
  members: 3,
  clients: 6,
  durationMs: 2500,
  workload: oneRegister(3),
  *nemesis(story) {
    yield* story.untilLeader();
    const [follower = 1] = story.followers();
    story.slowDisk(follower, { syncMinMs: 100, syncMeanMs: 100 });
    yield* story.sleep(300);
    yield* story.bounce(follower, 200, 'drop');
  },
  sometimes: [],
};
