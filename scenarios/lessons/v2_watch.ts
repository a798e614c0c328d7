import { bytes, prefixRange } from '../../core/client/index.ts';
import { V2Error, V2Store } from '../../core/v2store/index.ts';
import type { Scenario, WorkloadClient } from '../../sim/scenario.ts';
import type { Story } from '../../sim/faults/story.ts';
import type { Script } from '../../sim/script.ts';
import { visibleLinks } from './steps.ts';

/** More than the v2 store remembers (`historyCapacity`). */
const changes = 1200;
const changesPerTxn = 20;
const stepMs = 70;
/** Between two sentences of the story. */
const pauseMs = 200;

/** Each txn is one revision with as many events as it has puts. */
function* write(client: WorkloadClient): Script {
  const { etcd } = client;
  for (let first = 0; first < changes;) {
    const puts = Array.from({ length: changesPerTxn }, (_, i) => ({
      kind: 'put' as const,
      put: { key: bytes(`job/${i}`), value: bytes(`change ${first + i}`) },
    }));
    const done = yield* etcd.txn({ compare: [], success: puts, failure: [] });
    if (done.status === 'ok') first += changesPerTxn;
    yield* client.sleep(5);
  }
}

function* watch({ etcd }: WorkloadClient): Script {
  const handle = yield* etcd.watch({ ...prefixRange(bytes('job/')), start_revision: 1 });
  for (;;) yield* handle.next(1000);
}

const neverExpires = { expireNs: null, refresh: false } as const;

/** The same changes, made in the store of etcd's v2 API; a watcher that was away asks it for what it missed. */
function* besideV2(story: Story): Script {
  const store = new V2Store();
  const change = (number: number): void => {
    const path = bytes(`/1/job/${number % changesPerTxn}`);
    store.set(path, { ...neverExpires, dir: false, value: bytes(`change ${number}`) }, 0n);
  };
  for (let number = 0; number < changesPerTxn; number++) change(number);
  const heard = store.currentIndex;
  story.note(`v2: a watcher has heard everything up to index ${heard}, and is cut off`);
  for (let number = changesPerTxn; number < changes; number += changesPerTxn) {
    for (let i = 0; i < changesPerTxn; i++) change(number + i);
    yield* story.sleep(stepMs);
  }
  story.note(`v2: the index is ${store.currentIndex} now`);
  yield* story.sleep(pauseMs);
  story.note(`v2: the watcher is back and asks for index ${heard + 1}`);
  yield* story.sleep(pauseMs);
  try {
    store.watch(bytes('/1/job'), { recursive: true, stream: true, sinceIndex: heard + 1 });
    story.note('v2: it gets what it missed');
  } catch (error) {
    if (!(error instanceof V2Error)) throw error;
    story.note(`v2: error ${error.code}, ${error.message}`);
  }
}

export const lessonV2Watch: Scenario = {
  name: 'lesson-v2-watch',
  sentence:
    'A watcher is cut off while 1,200 changes are made: through the v3 API in the cluster, and the same ones in the store of the v2 API.',
  members: 3,
  clients: 2,
  durationMs: 12_000,
  links: visibleLinks,
  workload: (client) => (client.number === 1 ? write(client) : watch(client)),
  *nemesis(story) {
    yield* story.untilLeader();
    yield* story.sleep(500);
    story.cutOffClient(2);
    yield* besideV2(story);
    story.heal();
  },
  sometimes: [],
};
