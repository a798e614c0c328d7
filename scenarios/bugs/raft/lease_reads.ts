import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const leaseReads: Scenario = {
  name: 'bug-lease-reads',
  sentence:
    'The leader is cut off from the others, not from its clients; another one is elected before its lease ends.',
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
