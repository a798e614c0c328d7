import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { nothing, surelyPutAll } from '../steps.ts';

const scenario: Scenario = {
  name: 'bug-txn-reads-skipped',
  sentence: 'A txn puts a key and reads a revision that is compacted.',
  members: 3,
  clients: 1,
  durationMs: 3000,
  *workload(client) {
    const revision = yield* surelyPutAll(client, ['a', 'a', 'a']);
    yield* client.etcd.compact(revision);
    yield* client.etcd.txn({
      compare: [],
      success: [
        { kind: 'put', put: { key: bytes('b'), value: bytes('x') } },
        { kind: 'range', range: { key: bytes('a'), revision: revision - 1 } },
      ],
      failure: [],
    });
  },
  nemesis: nothing,
  sometimes: [],
};

export const txnReadsSkipped: BugScript = {
  bug: 'txn-reads-skipped',
  schedule: [
    'A key is written three times, and the history is compacted.',
    'A txn puts another key and reads the first at a compacted revision: it has to fail as a whole, everywhere.',
  ],
  scenario,
  seed: '1',
  hunt: ['defrag-storm'],
};
