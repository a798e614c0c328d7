import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const messageToAnotherMember: Scenario = {
  name: 'bug-message-to-another-member',
  sentence:
    'A member is lost, and a new one with an empty disk is started at its address, while the others still write to the old one.',
  members: 3,
  spares: 3,
  sparesTakeOver: true,
  clients: 3,
  durationMs: 9000,
  workload: oneRegister(3, 100),
  *nemesis(story) {
    yield* story.untilLeader();
    // Members are added only when all have been connected for a while.
    yield* story.sleep(6000);
    const [lost = 1] = story.followers();
    story.crash(lost, 'drop');
    yield* story.addMember(3 + lost, 'addMember');
  },
  sometimes: [],
};
