import { bytes } from '../../../core/client/index.ts';
import type { Scenario, WorkloadClient } from '../../../sim/scenario.ts';
import type { Script } from '../../../sim/script.ts';
import type { BugScript } from '../bug_script.ts';
import { surelyPut, surelyPutAll, untilThere } from '../steps.ts';

/** What is on its way to a client that does not read, and then the stream's channel: 32 and 128. */
const answersToFill = 170;

function* listen(client: WorkloadClient): Script {
  yield* client.etcd.watch({ key: bytes('noise') });
  yield* untilThere(client, 'compacted');
  yield* client.etcd.watch({ key: bytes('quiet'), start_revision: 2 });
  yield* client.sleep(10_000);
}

function* write(client: WorkloadClient): Script {
  yield* surelyPutAll(client, ['quiet', 'quiet']);
  yield* client.sleep(500);
  let revision = 0;
  for (let i = 0; i < answersToFill; i++) revision = yield* surelyPut(client, 'noise');
  yield* client.etcd.compact(revision);
  yield* surelyPut(client, 'compacted');
  yield* client.sleep(1500);
  yield* surelyPut(client, 'quiet');
}

const scenario: Scenario = {
  name: 'bug-watch-skips-starved',
  sentence: 'A client that does not read its stream asks on it for what was compacted.',
  members: 1,
  clients: 2,
  durationMs: 6500,
  workload: (client) => (client.number === 1 ? listen(client) : write(client)),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(400);
    story.slowClient(1, true);
    yield* story.sleep(4000);
    story.slowClient(1, false);
  },
  sometimes: [],
};

export const watchSkipsStarved: BugScript = {
  bug: 'watch-skips-starved',
  schedule: [
    'A client watches a busy key and reads nothing of its stream, until all of the stream’s room is taken.',
    'The busy key’s history is compacted, and with it two changes of a quiet key.',
    'On the same stream, the client watches the quiet key from its first change on: that can’t be served, and there is no room to say so.',
    'The client reads again, and the quiet key changes.',
  ],
  scenario,
  seed: '1',
  hunt: ['slow-readers'],
};
