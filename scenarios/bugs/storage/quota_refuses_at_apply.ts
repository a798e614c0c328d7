import { bytes, prefixRange } from '../../../core/client/index.ts';
import type { Scenario, WorkloadClient } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';
import type { BugScript } from '../bug_script.ts';
import { nothing, surelyPut } from '../steps.ts';
import { defragment, putNew } from './moments.ts';

const value = 'x'.repeat(4000);

/** Deletes the large values, and the history that has them. */
function* empty({ etcd }: WorkloadClient): Script {
  yield* etcd.call({ kind: 'delete_range', delete_range: prefixRange(bytes('big')) });
  const now = yield* etcd.get(bytes('a'));
  if (now.status === 'ok') yield* etcd.compact(now.response.header.revision, true);
}

function* disarm({ etcd }: WorkloadClient): Script {
  const listed = yield* etcd.call({ kind: 'alarm', alarm: { action: 'GET' } });
  if (listed.status !== 'ok' || listed.response.kind !== 'alarm') return;
  for (const { memberID, alarm } of listed.response.alarm.alarms) {
    yield* etcd.call({ kind: 'alarm', alarm: { action: 'DEACTIVATE', memberID, alarm } });
  }
}

const scenario: Scenario = {
  name: 'bug-quota-refuses-at-apply',
  sentence: 'One member of three is defragmented, and values are written that the others have no room for.',
  members: 3,
  clients: 1,
  durationMs: 5000,
  member: { quotaBytes: 165 * 1024 },
  *workload(client) {
    yield* client.sleep(2500);
    yield* surelyPut(client, 'a');
    yield* putNew(client, 'big', 30, value);
    yield* empty(client);
    yield* defragment(client, 1);
    yield* putNew(client, 'big', 30, value);
    yield* empty(client);
    for (const member of [1, 2, 3]) yield* defragment(client, member);
    yield* disarm(client);
  },
  nemesis: nothing,
  windDownMs: 10_000,
  sometimes: [],
};

export const quotaRefusesAtApply: BugScript = {
  bug: 'quota-refuses-at-apply',
  schedule: [
    'Large values are written, deleted and compacted: the databases have grown, and are mostly free pages.',
    'One member is defragmented, so that its database is small again.',
    'Through that member large values are written again, until there is one that the others refuse.',
  ],
  scenario,
  seed: '1',
  hunt: ['quota'],
};
