import type { Scenario } from '../../../sim/scenario.ts';
import { oneRegister } from './one_register.ts';

export const hardstateBeforeSnapshotRecord: Scenario = {
  name: 'bug-hardstate-before-snapshot-record',
  sentence: 'A follower that was cut off is sent a snapshot, loses power, and reads its log again.',
  members: 3,
  clients: 6,
  durationMs: 5000,
  member: { snapshotCount: 20, catchUpEntries: 5 },
  workload: oneRegister(3),
  *nemesis(story) {
    yield* story.untilLeader();
    const [follower = 1] = story.followers();
    yield* story.sleep(500);
    story.isolate(follower);
    yield* story.sleep(600);
    story.heal();
    yield* story.sleep(500);
    yield* story.bounce(follower, 50, 'drop');
  },
  sometimes: [],
};
