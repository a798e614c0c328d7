import { bytes } from '../../../core/client/index.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import type { BugScript } from '../bug_script.ts';
import { nothing, surelyPutAll } from '../steps.ts';

const scenario: Scenario = {
  name: 'bug-watch-progress-overtakes',
  sentence: 'A watch from the past is asked how far it is before its round has come.',
  members: 1,
  clients: 1,
  durationMs: 4000,
  *workload(client) {
    yield* surelyPutAll(client, ['a', 'b', 'a', 'b']);
    const watch = yield* client.etcd.watch({ key: bytes('a'), range_end: bytes('c'), start_revision: 2 });
    yield* watch.progress();
    yield* client.sleep(1000);
  },
  nemesis: nothing,
  sometimes: [],
};

export const watchProgressOvertakes: BugScript = {
  bug: 'watch-progress-overtakes',
  schedule: [
    'A client writes four revisions.',
    'It watches from the first of them, and asks for progress at once.',
    'The watcher waits up to 100 ms for its turn to read history; the answer must wait for that, too.',
  ],
  scenario,
  seed: '1',
  hunt: ['watch-behind-snapshots'],
};
