import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { nothing, surelyPut, surelyPutAll } from '../steps.ts';

/** The member’s rounds through history are 100 ms apart: both watches are served by the same one. */
const bothWatchMs = 3000;

const scenario: Scenario = {
  name: 'bug-watch-negative-start',
  sentence: 'One client watches from revision -1, another from revision 2, at the same time.',
  members: 1,
  clients: 2,
  durationMs: 5000,
  *workload(client) {
    if (client.number === 2) yield* surelyPutAll(client, ['a', 'a', 'a']);
    const nowMs = Math.floor((yield* client.etcd.now()) / 1_000_000);
    yield* client.sleep(bothWatchMs - nowMs);
    yield* client.etcd.watch({ key: bytes('a'), start_revision: client.number === 1 ? -1 : 2 });
    yield* client.sleep(500);
    if (client.number === 2) yield* surelyPut(client, 'a');
    yield* client.sleep(500);
  },
  nemesis: nothing,
  sometimes: [],
};

export const watchNegativeStart: BugScript = {
  bug: 'watch-negative-start',
  schedule: [
    'A client writes a key three times.',
    'It watches it from the first of these revisions on, while another client watches from revision -1.',
    'The key changes once more.',
  ],
  scenario,
  seed: '1',
  hunt: ['slow-readers'],
};
