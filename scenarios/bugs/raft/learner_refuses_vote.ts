import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const learnerRefusesVote: Scenario = {
  name: 'bug-learner-refuses-vote',
  sentence: 'A learner is promoted without hearing of it, and the leader ends: its vote is needed.',
  members: 2,
  spares: 1,
  clients: 2,
  durationMs: 12_000,
  workload: oneRegister(2, 200),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(6000);
    const [learner = 3] = story.spares;
    const leader = story.leader();
    yield* story.addMember(learner, 'addLearner');
    yield* story.sleep(1000);
    story.cutOneWay([leader], [learner]);
    yield* story.admin('promoteMember', learner, leader);
    story.crash(leader, 'drop');
    story.wipeDisk(leader);
    yield* story.untilLeader(3000, leader);
  },
  sometimes: [],
};
