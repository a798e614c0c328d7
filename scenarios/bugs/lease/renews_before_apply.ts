import type { Scenario, WorkloadClient } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';
import type { BugScript } from '../bug_script.ts';
import { keepPutting } from '../steps.ts';

const members = 3;
const beginMs = 3000;
function* grantAndRenew(client: WorkloadClient): Script {
  for (;;) {
    const granted = yield* client.etcd.leaseGrant(60);
    if (granted.status === 'ok') yield* client.etcd.leaseKeepAlive(granted.response.ID);
    yield* client.sleep(10);
  }
}

const scenario: Scenario = {
  name: 'bug-renews-before-apply',
  sentence: 'A leader applies more slowly than it commits, and clients renew what they were just granted.',
  members,
  clients: 2 * members,
  durationMs: 4500,
  // One entry at a time.
  member: { messageBytesMax: 1 },
  *workload(client) {
    yield* client.sleep(beginMs);
    if (client.number <= members) yield* keepPutting(client, `busy${client.number}`, 1);
    else yield* grantAndRenew(client);
  },
  *nemesis(story) {
    yield* story.sleep(beginMs - 200);
    story.slowDisk(story.leader(), { syncMinMs: 300, syncMeanMs: 10 });
  },
  sometimes: [],
};

export const renewsBeforeApply: BugScript = {
  bug: 'renews-before-apply',
  schedule: [
    'The leader’s disk becomes slow, a third of a second for each sync; and it applies one entry between two of them.',
    'At each member a client writes, and another one is granted leases and renews each at once.',
    'The others have applied the grant; the leader, who answers for the renewal, must wait until it has, too.',
  ],
  scenario,
  seed: '1',
  hunt: ['slow-apply'],
};
