import type { Scenario } from '../../sim/scenario.ts';
import { etcdMixes, etcdTraffic } from '../workloads/etcd_traffic.ts';

const moved = 'the leadership was handed over on request';
const tooLong = 'a transfer took too long and was given up, and the old leader went on';
const during = 'a leader crashed while it handed over';

export const leaderTransfer: Scenario = {
  name: 'leader-transfer',
  sentence:
    'The leadership is handed from member to member on request, also to members that are cut off or paused, and while the leader crashes.',
  members: 5,
  clients: 4,
  durationMs: 30_000,
  workload: etcdTraffic({ mix: etcdMixes.EtcdPutDeleteLease }),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(50, 1500);
      const leader = yield* story.untilLeader();
      if (leader === 0) continue;
      const target = story.random.pick(story.others(leader));
      const trouble = story.random.below(4);
      if (trouble === 0) story.partition([target], story.others(target));
      if (trouble === 1) story.pause(target);
      if (trouble === 2) story.failpoint(leader, 'raftBeforeLeaderSend', story.random.below(10));
      const answer = yield* story.admin('moveLeader', target, leader);
      if (answer === 'ok') story.reached(moved);
      if (answer.includes('took too long') && story.leader() === leader) story.reached(tooLong);
      if (trouble === 2 && !story.isUp(leader)) story.reached(during);
      story.heal();
      story.resume(target);
      for (const member of story.members) story.restart(member);
    }
  },
  sometimes: [{ goal: moved }, { goal: tooLong }, { goal: during }],
};
