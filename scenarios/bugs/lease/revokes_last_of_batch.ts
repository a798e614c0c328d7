import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import { judgeLeases } from '../../workloads/lease_holders.ts';
import type { BugScript } from '../bug_script.ts';
import { nothing, surelyPut } from '../steps.ts';
import { letGo } from './let_go.ts';

const leases = 6;
const ttlSeconds = 2;

const scenario: Scenario = {
  name: 'bug-revokes-last-of-batch',
  sentence: 'Some leases expire together.',
  members: 1,
  clients: 1,
  durationMs: 15_000,
  *workload(client) {
    const { etcd } = client;
    yield* surelyPut(client, 'ready');
    for (let i = 1; i <= leases; i++) {
      const granted = yield* etcd.leaseGrant(ttlSeconds);
      if (granted.status === 'ok')
        yield* etcd.put(bytes(`held${i}`), bytes('x'), { lease: granted.response.ID });
    }
    yield* letGo(client, 'held1', ttlSeconds);
  },
  nemesis: nothing,
  judge: judgeLeases,
  sometimes: [],
};

export const revokesLastOfBatch: BugScript = {
  bug: 'revokes-last-of-batch',
  schedule: [
    'A client holds six keys by leases of two seconds, granted within a tenth of a second, and renews none.',
    'They are noticed to have expired all at once.',
    'The first of them must go as soon as the last.',
  ],
  scenario,
  seed: '1',
  hunt: ['lease-handovers'],
};
