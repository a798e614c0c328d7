import type { Scenario } from '../../sim/scenario.ts';
import { cleaner, diarist, lateReaders } from '../workloads/cleaners.ts';
import { roles } from '../workloads/roles.ts';

const midway = 'a member ended between the first removals of a compaction and its end';

const sites = [
  'compactAfterCommitScheduledCompact',
  'compactBeforeCommitBatch',
  'compactAfterCommitBatch',
  'compactBeforeSetFinishedCompact',
] as const;

export const cleaningUp: Scenario = {
  name: 'cleaning-up',
  sentence:
    'A client deletes keys and gives up the history behind its last delete; others watch from exactly there, and members end in the middle of the removals.',
  members: 3,
  clients: 5,
  durationMs: 20_000,
  // A few revisions a step, so that a compaction takes several commits.
  member: { compactionBatchLimit: 3 },
  workload: roles(
    [
      { clients: 1, workload: cleaner() },
      { clients: 1, workload: diarist() },
    ],
    lateReaders(),
  ),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(100, 800);
      const member = story.random.pick(story.members);
      story.failpoint(member, story.random.pick(sites), story.random.below(3));
      if (!(yield* story.until(() => !story.isUp(member), 3000))) continue;
      story.reached(midway);
      yield* story.sleepBetween(50, 500);
      story.restart(member);
      yield* story.untilCaughtUp(member, 2000);
    }
  },
  sometimes: [
    { goal: midway },
    {
      goal: 'a watch began at the revision of a compaction',
      when: (_facts, { notes }) => notes.some(({ topic }) => topic === 'edge'),
    },
  ],
};
