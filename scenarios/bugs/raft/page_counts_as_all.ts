import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const pageCountsAsAll: Scenario = {
  name: 'bug-page-counts-as-all',
  sentence: 'A follower loses power and has more to apply, when it is back, than one page holds.',
  members: 3,
  clients: 3,
  durationMs: 3000,
  member: { messageBytesMax: 1000 },
  workload: oneRegister(3),
  *nemesis(story) {
    yield* story.untilLeader();
    const [follower = 1] = story.followers();
    yield* story.sleep(500);
    yield* story.bounce(follower, 50, 'drop');
  },
  sometimes: [],
};
