import type { Scenario } from '../../sim/scenario.ts';
import { calmWriters, visibleLinks } from './steps.ts';

export const lessonReplication: Scenario = {
  name: 'lesson-replication',
  sentence: 'A client writes a value now and then; a follower misses some entries and gets them later.',
  members: 3,
  clients: 1,
  durationMs: 7000,
  links: visibleLinks,
  workload: calmWriters(250),
  *nemesis(story) {
    yield* story.untilLeader();
    const follower = story.followers().at(-1) ?? 1;
    yield* story.sleep(2000);
    story.isolate(follower);
    yield* story.sleep(700);
    story.heal();
  },
  sometimes: [],
};
