import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const snapshotLeftByAckOnly: Scenario = {
  name: 'bug-snapshot-left-by-ack-only',
  sentence: 'A follower that was cut off is sent a snapshot, and what it says when it has it is lost.',
  members: 3,
  clients: 3,
  durationMs: 6000,
  member: { snapshotCount: 20, catchUpEntries: 5 },
  workload: oneRegister(3),
  *nemesis(story) {
    const leader = yield* story.untilLeader();
    const [follower = 1] = story.followers();
    yield* story.sleep(500);
    story.cutOneWay([leader], [follower]);
    yield* story.sleep(700);
    story.heal();
    story.hold([leader], [follower], ['MsgSnap']);
    yield* story.sleep(300);
    story.cutOneWay([follower], [leader], ['MsgAppResp']);
    story.release([leader], [follower]);
    yield* story.sleep(300);
    story.heal();
  },
  sometimes: [],
};
