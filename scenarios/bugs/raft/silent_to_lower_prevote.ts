import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const silentToLowerPrevote: Scenario = {
  name: 'bug-silent-to-lower-prevote',
  sentence:
    'A follower raises its term while the leader stands still, and misses what the others write then; when the leader ends, the two that are left need each other.',
  members: 3,
  clients: 3,
  durationMs: 10_000,
  workload: oneRegister(3),
  *nemesis(story) {
    const leader = yield* story.untilLeader();
    const [ahead = 1, behind = 1] = story.followers();
    yield* story.sleep(500);
    // One of them asks for votes in vain, the other does not ask.
    story.cutOneWay([ahead], [leader]);
    story.cutOneWay([ahead], [behind], ['MsgVote']);
    story.cutOneWay([behind], [ahead], ['MsgPreVote', 'MsgVote']);
    story.pause(leader);
    yield* story.sleep(6000);
    story.resume(leader);
    yield* story.sleep(500);
    story.crash(leader, 'drop');
    story.heal();
  },
  sometimes: [],
};
