import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { defragment, putNew, servingMs, untilMs } from './moments.ts';

const away = 3;

const scenario: Scenario = {
  name: 'bug-defrag-races-snapshot',
  sentence: 'A follower with a slow disk is defragmented again and again while it installs a snapshot.',
  members: 3,
  clients: 4,
  durationMs: 6000,
  member: { snapshotCount: 20, catchUpEntries: 3 },
  *workload(client) {
    yield* client.sleep(servingMs);
    if (client.number === 1) return yield* putNew(client, 'a', 1000, 'x'.repeat(1000));
    yield* untilMs(client, servingMs + 1200);
    yield* client.sleep(client.random.below(350));
    yield* defragment(client, away);
  },
  *nemesis(story) {
    yield* story.sleep(servingMs + 500);
    story.isolate(away);
    story.slowDisk(away, { syncMinMs: 20, syncMeanMs: 20 });
    yield* story.sleep(700);
    story.heal();
    yield* story.sleep(10);
    // One snapshot is enough: a second one would bring the right database again.
    story.isolate(away);
    yield* story.sleep(500);
    yield* story.bounce(away, 200);
  },
  sometimes: [
    { goal: 'a snapshot replaced a member’s state', when: (facts) => facts.snapshotsInstalled > 0 },
  ],
};

export const defragRacesSnapshot: BugScript = {
  bug: 'defrag-races-snapshot',
  schedule: [
    'A follower’s disk is slow, and it is cut off until it needs a snapshot.',
    'The cut heals for a moment; while the snapshot is on its way to the disk, clients have the member defragmented.',
    'It loses power and starts again.',
  ],
  scenario,
  seed: '1',
  hunt: ['defrag-storm'],
};
