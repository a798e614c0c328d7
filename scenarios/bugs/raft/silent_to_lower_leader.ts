import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const silentToLowerLeader: Scenario = {
  name: 'bug-silent-to-lower-leader',
  sentence:
    'The leader hands over to a member that is cut off as soon as it has raised its term, and comes back to a leader of a lower one.',
  members: 3,
  clients: 6,
  durationMs: 4000,
  workload: oneRegister(3),
  *nemesis(story) {
    const leader = yield* story.untilLeader();
    const [follower = 1] = story.followers();
    yield* story.sleep(200);
    // What it has to say is lost; it hears that it is to take over.
    story.cutOneWay([follower], story.others(follower));
    yield* story.admin('moveLeader', follower, leader);
    yield* story.sleep(100);
    story.heal();
  },
  sometimes: [],
};
