import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { surelyPut, surelyPutAll } from '../steps.ts';

const scenario: Scenario = {
  name: 'bug-restart-forgets-tombstone',
  sentence: 'A member ends within a compaction that has removed a key’s puts and not looked at its delete.',
  members: 1,
  clients: 1,
  durationMs: 5000,
  // Three revisions a step: the delete comes in the second.
  member: { compactionBatchLimit: 3 },
  *workload(client) {
    const { etcd } = client;
    yield* surelyPutAll(client, ['a', 'b', 'c', 'd']);
    const deleted = yield* etcd.delete(bytes('a'));
    yield* surelyPut(client, 'b');
    if (deleted.status !== 'ok') return;
    const { revision } = deleted.response.header;
    yield* etcd.compact(revision);
    yield* client.sleep(500);
    yield* surelyPut(client, 'c');
    yield* etcd.watch({ key: bytes('a'), range_end: bytes('e'), start_revision: revision });
    yield* client.sleep(500);
  },
  *nemesis(story) {
    story.failpoint(1, 'compactBeforeSetFinishedCompact');
    yield* story.until(() => story.leader() !== 0, 5000);
    yield* story.until(() => !story.isUp(1), 5000);
    story.restart(1);
  },
  sometimes: [],
};

export const restartForgetsTombstone: BugScript = {
  bug: 'restart-forgets-tombstone',
  schedule: [
    'A client writes four keys, deletes the first, and writes on.',
    'It compacts at the revision of the delete.',
    'The member ends when the put of the deleted key is removed, before it has come to the delete.',
    'It starts again and finishes the compaction; the client watches from the compacted revision on.',
  ],
  scenario,
  seed: '1',
  hunt: ['cleaning-up'],
};
