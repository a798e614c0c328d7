import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const selfCountedAtAppend: Scenario = {
  name: 'bug-self-counted-at-append',
  sentence: 'The only member loses power just before it saves a write to its log, and starts again.',
  members: 1,
  clients: 2,
  durationMs: 4000,
  workload: oneRegister(1),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(200);
    story.failpoint(1, 'raftBeforeSave');
    yield* story.until(() => !story.isUp(1), 1000);
    story.restart(1);
  },
  sometimes: [],
};
