import type { Story } from '../../../sim/faults/story.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';
import type { BugScript } from '../bug_script.ts';
import { judgeLeases } from '../../workloads/lease_holders.ts';
import { holdAndLetGo } from '../lease/let_go.ts';
import { surelyPut } from '../steps.ts';
import { readyMs, rule, untilMs } from './users.ts';

const awayMs = 1500;
const ledMs = readyMs + awayMs + 2500;

/** A follower comes back by a snapshot and is made leader. */
function* leadAfterSnapshot(story: Story): Script {
  yield* story.sleep(readyMs);
  const [away = 0] = story.followers().filter((member) => member !== 1);
  story.isolate(away);
  yield* story.sleep(awayMs);
  story.heal();
  yield* story.sleep(1500);
  yield* story.admin('moveLeader', away, story.leader());
}

const scenario: Scenario = {
  name: 'bug-tokens-off-after-snapshot',
  sentence: 'A member that came back by a snapshot leads when a lease expires.',
  members: 3,
  clients: 1,
  durationMs: 22_000,
  member: { snapshotCount: 20, catchUpEntries: 3 },
  *workload(client) {
    yield* rule(client);
    yield* untilMs(client, readyMs + 200);
    for (let i = 0; i < 60; i++) yield* surelyPut(client, 'a', String(i));
    yield* untilMs(client, ledMs);
    yield* holdAndLetGo(client, 'held', 2);
  },
  nemesis: leadAfterSnapshot,
  judge: judgeLeases,
  sometimes: [
    { goal: 'a member came back by a snapshot', when: (facts) => facts.snapshotsInstalled > 0 },
    { goal: 'the leader changed', when: (facts) => facts.leaderTerms > 1 },
  ],
};

export const tokensOffAfterSnapshot: BugScript = {
  bug: 'tokens-off-after-snapshot',
  schedule: [
    'Auth is on. A follower is cut off until the others have thrown away the log that it lacks, and comes back by a snapshot.',
    'The leader hands over to it.',
    'Root holds a key by a lease of two seconds and does not renew it: the key must go.',
  ],
  scenario,
  seed: '1',
  hunt: ['auth-trespass'],
};
