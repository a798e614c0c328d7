import type { Scenario } from '../../sim/scenario.ts';
import { quotaLoad, quotaWindDownMs } from '../workloads/quota_load.ts';

const members = 3;
const topicGoal = (goal: string, topic: string): Scenario['sometimes'][number] => ({
  goal,
  when: (_, { notes }) => notes.some((note) => note.topic === topic),
});

export const quota: Scenario = {
  name: 'quota',
  sentence:
    'Writers fill the database until the quota stops them; then somebody deletes, compacts, defragments and disarms the alarm, while members crash.',
  members,
  clients: 4,
  durationMs: 20_000,
  member: { quotaBytes: 700 * 1024, snapshotCount: 200, catchUpEntries: 20 },
  workload: quotaLoad(members),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(1000, 4000);
      const member = story.random.pick(story.members);
      if (story.random.chance(1, 3)) {
        const site = story.random.pick([
          'defragBeforeCopy',
          'defragBeforeRename',
          'beforeCommit',
          'afterCommit',
        ] as const);
        story.failpoint(member, site, story.random.below(2));
        yield* story.until(() => !story.isUp(member), 1500);
      } else story.crash(member);
      yield* story.sleepBetween(50, 1000);
      story.restart(member);
    }
  },
  windDownMs: quotaWindDownMs,
  sometimes: [
    topicGoal('the database was full', 'full'),
    topicGoal('a full database still answered and deleted', 'deleted'),
    topicGoal('a write succeeded after the alarm was disarmed', 'room'),
  ],
};
