import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';

const heldMs = 2500;

const scenario: Scenario = {
  name: 'bug-revokes-in-map-order',
  sentence: 'A lease with two keys is revoked after one member was restarted.',
  members: 3,
  clients: 1,
  durationMs: 5000,
  *workload(client) {
    const { etcd } = client;
    yield* client.sleep(heldMs);
    const granted = yield* etcd.leaseGrant(60);
    if (granted.status !== 'ok') return;
    const { ID: lease } = granted.response;
    for (const key of ['b', 'a']) yield* etcd.put(bytes(key), bytes('x'), { lease });
    yield* client.sleep(1500);
    yield* etcd.leaseRevoke(lease);
  },
  *nemesis(story) {
    yield* story.sleep(heldMs + 500);
    const [follower = 0] = story.followers().filter((member) => member !== 1);
    yield* story.bounce(follower, 200);
  },
  sometimes: [],
};

export const revokesInMapOrder: BugScript = {
  bug: 'revokes-in-map-order',
  schedule: [
    'A client attaches the keys b and a, in this order, to a lease.',
    'A follower is restarted: it learns of the keys again, in the order in which they are stored.',
    'The client revokes the lease: every member must store the same deletes under the same numbers.',
  ],
  scenario,
  seed: '1',
  hunt: ['lease-handovers'],
};
