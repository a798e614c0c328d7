import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { surelyPut, surelyPutAll } from '../steps.ts';

const scenario: Scenario = {
  name: 'bug-compaction-forgets-revision',
  sentence: 'A member ends between the removals of a compaction and the note that they are done.',
  members: 1,
  clients: 1,
  durationMs: 4000,
  // The removals are done, and committed, in a step of their own.
  member: { compactionBatchLimit: 4 },
  *workload(client) {
    yield* surelyPutAll(client, ['a', 'b', 'c']);
    const deleted = yield* client.etcd.delete(bytes('c'));
    if (deleted.status === 'ok') yield* client.etcd.compact(deleted.response.header.revision);
    yield* client.sleep(500);
    yield* surelyPut(client, 'a');
  },
  *nemesis(story) {
    story.failpoint(1, 'compactBeforeSetFinishedCompact');
    yield* story.until(() => story.leader() !== 0, 5000);
    yield* story.until(() => !story.isUp(1), 5000);
    story.restart(1);
  },
  sometimes: [],
};

export const compactionForgetsRevision: BugScript = {
  bug: 'compaction-forgets-revision',
  schedule: [
    'A client writes three keys and deletes the last: the newest revision is that of a delete.',
    'It compacts at that revision.',
    'The member ends when what it removed is on its disk, and that the compaction is done is not.',
    'It starts again, and the client writes.',
  ],
  scenario,
  seed: '1',
  hunt: ['cleaning-up'],
};
