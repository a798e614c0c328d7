import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { nothing, surelyPut } from '../steps.ts';

const scenario: Scenario = {
  name: 'bug-deletes-hidden-from-readers',
  sentence: 'A lease is granted and revoked.',
  members: 1,
  clients: 1,
  durationMs: 3000,
  *workload(client) {
    yield* surelyPut(client, 'a');
    const granted = yield* client.etcd.leaseGrant(60);
    if (granted.status !== 'ok') return;
    yield* client.sleep(300);
    yield* client.etcd.leaseRevoke(granted.response.ID);
  },
  nemesis: nothing,
  sometimes: [],
};

export const deletesHiddenFromReaders: BugScript = {
  bug: 'deletes-hidden-from-readers',
  schedule: ['A lease is granted, and its record committed.', 'It is revoked: its record is deleted.'],
  scenario,
  seed: '1',
  hunt: ['lease-holders', 'compaction-storm'],
};
