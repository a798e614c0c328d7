import { bytes } from '../../core/client/index.ts';
import type { Attempt } from '../../sim/checkers/recipes/auth_windows.ts';
import type { Scenario, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { authChurn, authWindDownMs, judgeAuth, userPassword } from '../workloads/auth_churn.ts';
import { judgeLeases, leaseHolders, leaseWindDownMs } from '../workloads/lease_holders.ts';

/** The last client; before it come root and the users. */
const leaseHolder = 6;

/** Root holds leases, too: the members revoke them in root's name. */
function* holdLeases(client: WorkloadClient): Script {
  while ((yield* client.etcd.authenticate(bytes('root'), userPassword)).status !== 'ok') {
    if (client.over) return;
    yield* client.sleep(200);
  }
  yield* leaseHolders()(client);
}

const churn = authChurn({ trespass: true, quietMs: leaseWindDownMs });

export const authTrespass: Scenario = {
  name: 'auth-trespass',
  sentence:
    'Users try every way to keys that are not theirs, by open ranges, watches, previous pairs and nested txns, while permissions come and go, members come back by snapshots, and leases end.',
  members: 3,
  clients: leaseHolder,
  durationMs: 20_000,
  member: { snapshotCount: 40, catchUpEntries: 3 },
  workload: (client) => (client.number === leaseHolder ? holdLeases(client) : churn(client)),
  *nemesis(story) {
    yield* story.untilLeader();
    for (;;) {
      yield* story.sleepBetween(500, 2500);
      const leader = yield* story.untilLeader();
      const away = story.random.pick(story.others(leader));
      story.isolate(away);
      yield* story.until(() => story.commitIndex(leader) > story.commitIndex(away) + 50, 4000);
      story.heal();
      yield* story.untilCaughtUp(away, 2000);
      const what = story.random.below(4);
      if (what < 2) yield* story.admin('moveLeader', away, story.leader());
      else if (what === 2) yield* story.bounce(story.random.pick(story.members), 300);
    }
  },
  windDownMs: authWindDownMs + leaseWindDownMs,
  judge: (observed) => [...judgeAuth(observed), ...judgeLeases(observed)],
  sometimes: [
    {
      goal: 'somebody did what he was allowed to',
      when: (_facts, { notes }) =>
        notes.some(({ topic, data }) => topic === 'attempt' && (data as Attempt).succeeded),
    },
    { goal: 'a lease ended', when: (_facts, { notes }) => notes.some(({ topic }) => topic === 'gone') },
    { goal: 'a member came back by a snapshot', when: (facts) => facts.snapshotsInstalled > 0 },
    { goal: 'the leader changed', when: (facts) => facts.leaderTerms > 1 },
  ],
};
