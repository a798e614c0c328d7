import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const localReads: Scenario = {
  name: 'bug-local-reads',
  sentence: 'A follower is cut off from the others while its client reads what theirs write.',
  members: 3,
  clients: 6,
  durationMs: 2500,
  workload: oneRegister(3),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(500);
    const [follower = 1] = story.followers();
    story.isolate(follower);
  },
  sometimes: [],
};
