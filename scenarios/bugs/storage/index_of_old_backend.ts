import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { pickFollower, writer } from './moments.ts';

const scenario: Scenario = {
  name: 'bug-index-of-old-backend',
  sentence: 'A follower is cut off until only a snapshot can bring it back.',
  members: 3,
  clients: 1,
  durationMs: 4200,
  member: { snapshotCount: 20, catchUpEntries: 3 },
  workload: writer('a', 6),
  *nemesis(story) {
    const away = yield* pickFollower(story);
    story.isolate(away);
    yield* story.sleep(700);
    story.heal();
  },
  sometimes: [
    { goal: 'a snapshot replaced a member’s state', when: (facts) => facts.snapshotsInstalled > 0 },
  ],
};

export const indexOfOldBackend: BugScript = {
  bug: 'index-of-old-backend',
  schedule: [
    'A follower is cut off until the entries that it lacks are gone from the leader’s log.',
    'The cut heals, and it installs the leader’s snapshot.',
  ],
  scenario,
  seed: '1',
  hunt: ['long-way-back', 'watch-behind-snapshots'],
};
