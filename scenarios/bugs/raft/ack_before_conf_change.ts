import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

const nsPerMs = 1_000_000;

export const ackBeforeConfChange: Scenario = {
  name: 'bug-ack-before-conf-change',
  sentence:
    'Both followers are removed, one after the other; neither has applied that when the leader goes on alone.',
  members: 3,
  clients: 3,
  durationMs: 12_000,
  links: { delayMinNs: 40 * nsPerMs, delayMeanNs: 0, reorderPer10k: 0 },
  workload: oneRegister(1, 900),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(6000);
    const leader = story.leader();
    const [one = 1, two = 1] = story.followers();
    // It does not hear that it is removed.
    story.cutOneWay([leader], [two]);
    yield* story.admin('removeMember', two, leader);
    yield* story.admin('removeMember', one, leader);
    story.cutOneWay([leader], [one]);
    yield* story.untilLeader(5000, leader);
  },
  sometimes: [],
};
