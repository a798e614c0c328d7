import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { pickFollower, writer } from './moments.ts';

const scenario: Scenario = {
  name: 'bug-snapshot-released-early',
  sentence: 'A follower with a slow disk needs so long for a snapshot that the leader sends it another one.',
  members: 3,
  clients: 1,
  durationMs: 6500,
  member: { snapshotCount: 20, catchUpEntries: 3 },
  workload: writer('a', 2),
  *nemesis(story) {
    const away = yield* pickFollower(story);
    story.isolate(away);
    story.slowDisk(away, { syncMinMs: 100, syncMeanMs: 20 });
    yield* story.sleep(700);
    story.heal();
  },
  sometimes: [
    { goal: 'a snapshot replaced a member’s state', when: (facts) => facts.snapshotsInstalled > 0 },
  ],
};

export const snapshotReleasedEarly: BugScript = {
  bug: 'snapshot-released-early',
  schedule: [
    'A follower’s disk is slow, and it is cut off until it needs a snapshot.',
    'The cut heals. It gets one and, before that is on its disk, another.',
  ],
  scenario,
  seed: '1',
  hunt: ['defrag-storm', 'long-way-back'],
};
