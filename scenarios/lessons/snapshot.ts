import type { Scenario } from '../../sim/scenario.ts';
import { calmWriters, visibleLinks } from './steps.ts';

export const lessonSnapshot: Scenario = {
  name: 'lesson-snapshot',
  sentence: 'A follower is cut off until the leader has thrown away the entries that it needs next.',
  members: 3,
  clients: 3,
  durationMs: 9000,
  links: visibleLinks,
  member: { snapshotCount: 20, catchUpEntries: 5 },
  workload: calmWriters(80),
  *nemesis(story) {
    yield* story.untilLeader();
    const [follower = 1] = story.followers();
    yield* story.sleep(1000);
    story.isolate(follower);
    yield* story.sleep(3000);
    story.heal();
  },
  sometimes: [],
};
