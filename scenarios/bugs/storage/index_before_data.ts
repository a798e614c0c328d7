import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { surelyPut } from '../steps.ts';
import { pickFollower, putNew, restartWhenEnded, servingMs, untilMs } from './moments.ts';

const scenario: Scenario = {
  name: 'bug-index-before-data',
  sentence:
    'A follower that was away catches up on several entries at once, a compaction among them, and ends.',
  members: 3,
  clients: 1,
  durationMs: 5000,
  *workload(client) {
    yield* client.sleep(servingMs);
    const revision = yield* surelyPut(client, 'a');
    yield* untilMs(client, servingMs + 600);
    yield* putNew(client, 'before', 2);
    yield* client.etcd.compact(revision);
    yield* putNew(client, 'behind', 5);
  },
  *nemesis(story) {
    const away = yield* pickFollower(story);
    story.isolate(away);
    yield* story.sleep(600);
    story.failpoint(away, 'afterCommit');
    story.heal();
    yield* restartWhenEnded(story, away);
  },
  sometimes: [],
};

export const indexBeforeData: BugScript = {
  bug: 'index-before-data',
  schedule: [
    'A follower is cut off while keys are written, the history is compacted, and more keys are written.',
    'The cut heals: it applies all of this at once, and the compaction makes it commit its database in between.',
    'It loses power when that commit is durable, and starts again.',
  ],
  scenario,
  seed: '1',
  hunt: ['compaction-storm', 'failpoint-swarm'],
};
