import type { Attempt } from '../../sim/checkers/recipes/auth_windows.ts';
import type { Observed, Scenario } from '../../sim/scenario.ts';
import { authChurn as workload, authWindDownMs, judgeAuth } from '../workloads/auth_churn.ts';

function tried({ notes }: Observed, succeeded: boolean): boolean {
  return notes.some(({ topic, data }) => topic === 'attempt' && (data as Attempt).succeeded === succeeded);
}

export const authChurn: Scenario = {
  name: 'auth-churn',
  sentence:
    'Permissions are given and taken while users read and write, and while members crash and are cut off: nobody sees what is not his.',
  members: 3,
  clients: 5,
  durationMs: 25_000,
  member: { snapshotCount: 100, catchUpEntries: 10 },
  workload: workload(),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(300, 2500);
      const member = story.random.pick(story.members);
      if (story.random.chance(1, 2)) yield* story.bounce(member, story.random.between(50, 2000));
      else {
        story.isolate(member);
        yield* story.sleepBetween(300, 3000);
        story.heal();
      }
    }
  },
  windDownMs: authWindDownMs,
  judge: judgeAuth,
  sometimes: [
    { goal: 'somebody did what he was allowed to', when: (_, observed) => tried(observed, true) },
    { goal: 'somebody was refused what he was not', when: (_, observed) => tried(observed, false) },
    { goal: 'the leader changed', when: (facts) => facts.leaderTerms > 1 },
  ],
};
