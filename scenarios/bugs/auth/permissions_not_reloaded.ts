import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { restartFollower, restartedMs } from './restarted_follower.ts';
import { rule, signIn, untilMs } from './users.ts';

const scenario: Scenario = {
  name: 'bug-permissions-not-reloaded',
  sentence: 'A member starts again, and a user writes what he may.',
  members: 3,
  clients: 2,
  durationMs: 7000,
  *workload(client) {
    if (client.number === 1) return yield* rule(client, ['ann']);
    yield* signIn(client, 'ann');
    yield* untilMs(client, restartedMs);
    yield* client.etcd.put(bytes('ann'), bytes('x'));
    yield* client.sleep(200);
  },
  nemesis: restartFollower,
  sometimes: [],
};

export const permissionsNotReloaded: BugScript = {
  bug: 'permissions-not-reloaded',
  schedule: [
    'Auth is on, and a user has a key of his own.',
    'A follower loses power and starts again.',
    'The user writes his key: every member must do the same with it.',
  ],
  scenario,
  seed: '1',
  hunt: ['auth-churn'],
};
