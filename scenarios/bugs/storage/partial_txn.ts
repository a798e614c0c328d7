import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { nothing, surelyPut } from '../steps.ts';

const scenario: Scenario = {
  name: 'bug-partial-txn',
  sentence: 'A txn puts a key, and a second one under a lease that does not exist.',
  members: 1,
  clients: 1,
  durationMs: 3000,
  *workload(client) {
    yield* surelyPut(client, 'a', 'before');
    const put = (key: string) => ({ key: bytes(key), value: bytes('txn') });
    yield* client.etcd.txn({
      compare: [],
      success: [
        { kind: 'put', put: put('a') },
        { kind: 'put', put: { ...put('b'), lease: 404n } },
      ],
      failure: [],
    });
    yield* client.etcd.get(bytes('a'));
  },
  nemesis: nothing,
  sometimes: [],
};

export const partialTxn: BugScript = {
  bug: 'partial-txn',
  schedule: [
    'A key is written.',
    'A txn writes it again, and another key under a lease that nobody granted: it has to fail as a whole.',
    'The key is read.',
  ],
  scenario,
  seed: '1',
  hunt: ['compaction-storm', 'failpoint-swarm'],
};
