import { bytes } from '../../core/client/index.ts';
import type { Scenario, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { visibleLinks } from './steps.ts';

const ttlSeconds = 2;
const lock = bytes('lock');

/** Holds the key as long as its lease lives. */
function* hold(client: WorkloadClient): Script {
  const { etcd } = client;
  for (;;) {
    const granted = yield* etcd.leaseGrant(ttlSeconds);
    if (granted.status === 'ok') {
      const lease = granted.response.ID;
      yield* etcd.put(lock, bytes('held by c1'), { lease });
      const keeper = yield* etcd.keepAlive(lease, ttlSeconds);
      yield* keeper.lost(60_000);
      return;
    }
    yield* client.sleep(100);
  }
}

/** Waits until the key is gone, and takes it. */
function* wait(client: WorkloadClient): Script {
  const { etcd } = client;
  const watch = yield* etcd.watch({ key: lock, start_revision: 1 });
  for (;;) {
    const answer = yield* watch.next(1000);
    if (answer?.kind === 'events' && answer.events.some(({ type }) => type === 'DELETE')) break;
  }
  yield* client.put('lock', 'held by c2');
}

export const lessonLeaseExpiry: Scenario = {
  name: 'lesson-lease-expiry',
  sentence:
    'A client holds a key by a lease of two seconds and is cut off; the lease ends, and the key goes with it.',
  members: 3,
  clients: 2,
  durationMs: 12_000,
  links: visibleLinks,
  workload: (client) => (client.number === 1 ? hold(client) : wait(client)),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(4000);
    story.cutOffClient(1);
  },
  sometimes: [],
};
