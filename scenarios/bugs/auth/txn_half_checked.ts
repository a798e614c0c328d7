import { bytes } from '../../../core/client/index.ts';
import type { TxnRequest } from '../../../core/server/api/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { judgeAuth } from '../../workloads/auth_churn.ts';
import { nothing } from '../steps.ts';
import { noteSuccess, rule, signIn } from './users.ts';

function alone(success: TxnRequest['success']): TxnRequest {
  return { compare: [], success, failure: [] };
}

const scenario: Scenario = {
  name: 'bug-txn-half-checked',
  sentence: 'A user writes another one’s key in a txn within a txn.',
  members: 1,
  clients: 2,
  durationMs: 4000,
  *workload(client) {
    if (client.number === 1) return yield* rule(client, ['ann']);
    yield* signIn(client, 'ann');
    const callNs = yield* client.etcd.now();
    const inner = alone([{ kind: 'put', put: { key: bytes('bob'), value: bytes('x') } }]);
    const done = yield* client.etcd.txn(alone([{ kind: 'txn', txn: inner }]));
    if (done.status !== 'ok') return;
    const returnNs = yield* client.etcd.now();
    noteSuccess(client, { user: 'ann', key: 'bob', access: 'write', callNs, returnNs });
  },
  nemesis: nothing,
  judge: judgeAuth,
  sometimes: [],
};

export const txnHalfChecked: BugScript = {
  bug: 'txn-half-checked',
  schedule: [
    'Auth is on, and a user may write the key of his own name and no other.',
    'He sends a txn whose only operation is another txn, which puts somebody else’s key.',
    'He must be refused.',
  ],
  scenario,
  seed: '1',
  hunt: ['auth-trespass'],
};
