import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { nothing, surelyPut, untilThere } from '../steps.ts';

const scenario: Scenario = {
  name: 'bug-emptied-buffer-returns',
  sentence: 'While leases are granted, somebody watches a key from the past.',
  members: 1,
  clients: 2,
  durationMs: 3500,
  *workload(client) {
    if (client.number === 1) {
      yield* surelyPut(client, 'a');
      yield* client.sleep(300);
      for (;;) {
        yield* client.etcd.leaseGrant(60);
        yield* client.sleep(20);
      }
    }
    yield* untilThere(client, 'a');
    yield* client.sleep(500);
    const watch = yield* client.etcd.watch({ key: bytes('a'), start_revision: 2 });
    for (;;) yield* watch.next(100);
  },
  nemesis: nothing,
  sometimes: [],
};

export const emptiedBufferReturns: BugScript = {
  bug: 'emptied-buffer-returns',
  schedule: [
    'A key is written, and committed.',
    'Leases are granted: transactions that do not write keys.',
    'Somebody watches the key from its first revision on.',
  ],
  scenario,
  seed: '2',
  hunt: ['compaction-storm', 'failpoint-swarm'],
};
