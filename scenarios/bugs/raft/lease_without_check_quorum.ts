import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const leaseWithoutCheckQuorum: Scenario = {
  name: 'bug-lease-without-check-quorum',
  sentence: 'The leader is cut off with its client, which goes on reading what it last knew.',
  members: 3,
  clients: 6,
  durationMs: 5000,
  workload: oneRegister(3),
  *nemesis(story) {
    const old = yield* story.untilLeader();
    yield* story.sleep(500);
    story.isolate(old);
  },
  sometimes: [],
};
