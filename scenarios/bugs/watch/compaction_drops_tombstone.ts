import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { nothing, surelyPut } from '../steps.ts';

const scenario: Scenario = {
  name: 'bug-compaction-drops-tombstone',
  sentence: 'A watch begins at the revision of a compaction, which deleted a key.',
  members: 1,
  clients: 1,
  durationMs: 4000,
  *workload(client) {
    const { etcd } = client;
    const all = { key: bytes('a'), range_end: bytes('z') };
    yield* surelyPut(client, 'a');
    const deleted = yield* etcd.delete(bytes('a'));
    yield* surelyPut(client, 'b');
    if (deleted.status !== 'ok') return;
    const { revision } = deleted.response.header;
    yield* etcd.compact(revision);
    yield* client.sleep(500);
    yield* etcd.watch({ ...all, start_revision: revision });
    yield* client.sleep(500);
  },
  nemesis: nothing,
  sometimes: [],
};

export const compactionDropsTombstone: BugScript = {
  bug: 'compaction-drops-tombstone',
  schedule: [
    'A client writes a key, deletes it, and writes another.',
    'It compacts at the revision of the delete, and waits until the removals are done.',
    'It watches from that revision on: the delete must come first.',
  ],
  scenario,
  seed: '1',
  hunt: ['cleaning-up'],
};
