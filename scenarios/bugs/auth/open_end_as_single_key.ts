import { bytes, endOfKeys, text } from '../../../core/client/index.ts';
import type { Scenario, WorkloadClient } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';
import type { BugScript } from '../bug_script.ts';
import { judgeAuth } from '../../workloads/auth_churn.ts';
import { nothing, surelyPutAll } from '../steps.ts';
import { noteSuccess, rule, signIn } from './users.ts';

function* fillAndRule(client: WorkloadClient): Script {
  yield* surelyPutAll(client, ['ann', 'bob']);
  yield* rule(client, ['ann']);
}

const scenario: Scenario = {
  name: 'bug-open-end-as-single-key',
  sentence: 'A user watches everything from his own key on.',
  members: 1,
  clients: 2,
  durationMs: 4000,
  *workload(client) {
    if (client.number === 1) return yield* fillAndRule(client);
    yield* signIn(client, 'ann');
    const callNs = yield* client.etcd.now();
    const watch = yield* client.etcd.watch({ key: bytes('ann'), range_end: endOfKeys, start_revision: 1 });
    const heard = yield* watch.next(1000);
    if (heard?.kind !== 'events') return;
    const returnNs = yield* client.etcd.now();
    for (const { kv } of heard.events) {
      noteSuccess(client, { user: 'ann', key: text(kv.key), access: 'read', callNs, returnNs });
    }
  },
  nemesis: nothing,
  judge: judgeAuth,
  sometimes: [],
};

export const openEndAsSingleKey: BugScript = {
  bug: 'open-end-as-single-key',
  schedule: [
    'Auth is on, and a user may read the key of his own name and no other.',
    'He watches the range from this key on, without an end.',
    'He must be refused.',
  ],
  scenario,
  seed: '1',
  hunt: ['auth-trespass'],
};
