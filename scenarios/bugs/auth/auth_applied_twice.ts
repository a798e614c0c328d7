import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { restartFollower, restartedMs } from './restarted_follower.ts';
import { permit, readyMs, rule, surelyDone, untilMs } from './users.ts';

const scenario: Scenario = {
  name: 'bug-auth-applied-twice',
  sentence: 'A member starts again after the last thing it applied gave a permission.',
  members: 3,
  clients: 1,
  durationMs: 7000,
  *workload(client) {
    yield* rule(client, ['ann']);
    yield* untilMs(client, readyMs);
    yield* surelyDone(client, permit('ann', 'another'));
    yield* untilMs(client, restartedMs);
    yield* client.etcd.put(bytes('ann'), bytes('x'));
    yield* client.sleep(200);
  },
  nemesis: restartFollower,
  sometimes: [],
};

export const authAppliedTwice: BugScript = {
  bug: 'auth-applied-twice',
  schedule: [
    'Auth is on. Root gives a role a permission, and then nothing is written for a while.',
    'A follower, whose database has the permission by then, loses power and starts again.',
    'Root writes a key: every member must do the same with it.',
  ],
  scenario,
  seed: '1',
  hunt: ['auth-churn'],
};
