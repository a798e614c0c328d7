import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { defragment, putNew, restartWhenEnded, servingMs } from './moments.ts';

const member = 3;

const scenario: Scenario = {
  name: 'bug-defrag-forgets-index',
  sentence: 'A member is defragmented just after it was written to, and ends in the middle of it.',
  members: 3,
  clients: 1,
  durationMs: 4000,
  *workload(client) {
    yield* client.sleep(servingMs + 100);
    yield* putNew(client, 'b', 3);
    yield* client.sleep(10);
    yield* defragment(client, member);
  },
  *nemesis(story) {
    yield* story.sleep(servingMs);
    story.failpoint(member, 'defragBeforeCopy');
    yield* restartWhenEnded(story, member);
  },
  sometimes: [],
};

export const defragForgetsIndex: BugScript = {
  bug: 'defrag-forgets-index',
  schedule: [
    'Keys are written, and a member is defragmented before its next regular commit.',
    'It loses power when what was pending is committed and the copy is about to begin.',
    'It starts again.',
  ],
  scenario,
  seed: '1',
  hunt: ['defrag-storm'],
};
