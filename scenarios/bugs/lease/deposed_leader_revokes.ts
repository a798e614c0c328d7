import type { Scenario } from '../../../sim/scenario.ts';
import { judgeLeases } from '../../workloads/lease_holders.ts';
import type { BugScript } from '../bug_script.ts';
import { keepPutting } from '../steps.ts';
import { hold } from './let_go.ts';

const heldMs = 2500;
const ttlSeconds = 4;

const scenario: Scenario = {
  name: 'bug-deposed-leader-revokes',
  sentence: 'A leader’s disk hangs until another one leads and its own view of the leases is outdated.',
  members: 3,
  clients: 2,
  durationMs: 11_000,
  *workload(client) {
    yield* client.sleep(heldMs);
    if (client.number === 2) return yield* keepPutting(client, 'a', 500);
    const lease = yield* hold(client, 'held', ttlSeconds);
    if (lease !== null) yield* client.etcd.keepAlive(lease, ttlSeconds);
    yield* client.sleep(20_000);
  },
  *nemesis(story) {
    yield* story.sleep(heldMs + 500);
    const leader = story.leader();
    story.stallDisk(leader);
    yield* story.sleep(6000);
    story.releaseDisk(leader);
  },
  judge: judgeLeases,
  sometimes: [{ goal: 'another member led', when: (facts) => facts.leaderTerms > 1 }],
};

export const deposedLeaderRevokes: BugScript = {
  bug: 'deposed-leader-revokes',
  schedule: [
    'A client holds a lease of four seconds and keeps it alive; another one writes.',
    'The leader’s disk completes no sync any more. The others elect another leader, and the lease is renewed there.',
    'Six seconds later the disk completes what it owes.',
    'The lease must not end: it was renewed all the time.',
  ],
  scenario,
  seed: '1',
  hunt: ['hung-leader'],
};
