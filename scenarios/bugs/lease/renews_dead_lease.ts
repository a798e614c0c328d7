import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { hold } from './let_go.ts';

const grantedMs = 2500;
const ttlSeconds = 4;
const endsMs = grantedMs + ttlSeconds * 1000;

const scenario: Scenario = {
  name: 'bug-renews-dead-lease',
  sentence: 'A lease expires while a renewal of it waits for the log.',
  members: 3,
  clients: 1,
  durationMs: 8000,
  member: { leaseCheckpoints: true, leaseCheckpointMs: 1000 },
  *workload(client) {
    yield* client.sleep(grantedMs);
    const lease = yield* hold(client, 'held', ttlSeconds);
    const nowMs = Math.floor((yield* client.etcd.now()) / 1_000_000);
    yield* client.sleep(endsMs - 150 - nowMs);
    if (lease === null) return;
    yield* client.etcd.leaseKeepAlive(lease);
    yield* client.sleep(200);
    yield* client.etcd.leaseKeepAlive(lease);
  },
  *nemesis(story) {
    yield* story.sleep(endsMs - 200);
    const leader = story.leader();
    const followers = story.others(leader);
    story.hold(followers, [leader], ['MsgAppResp']);
    yield* story.sleep(800);
    story.release(followers, [leader]);
  },
  sometimes: [],
};

export const renewsDeadLease: BugScript = {
  bug: 'renews-dead-lease',
  schedule: [
    'A client holds a lease of four seconds; leaders write what is left of it into the log every second.',
    'Nothing is committed for a while around its end: what the followers acknowledge is held back.',
    'Just before the end the client renews the lease; just after it the leader proposes the revoke.',
    'Both are committed, one after the other. The renewal must not succeed.',
  ],
  scenario,
  seed: '1',
  hunt: ['lease-handovers'],
};
