import type { Scenario } from '../../sim/scenario.ts';
import { calmWriters, visibleLinks } from './steps.ts';

export const lessonElection: Scenario = {
  name: 'lesson-election',
  sentence: 'Three members start and elect a leader; it crashes, they elect another, and it comes back.',
  members: 3,
  clients: 1,
  durationMs: 8000,
  links: visibleLinks,
  workload: calmWriters(400),
  *nemesis(story) {
    const leader = yield* story.untilLeader();
    yield* story.sleep(1500);
    story.crash(leader, 'keep');
    yield* story.untilLeader(5000, leader);
    yield* story.sleep(800);
    story.restart(leader);
  },
  sometimes: [],
};
