import { bytes, prefixRange } from '../../core/client/index.ts';
import type { Workload, WorkloadClient } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';

const prefix = 'log/';
const all = prefixRange(bytes(prefix));

/** A client that writes a few keys, deletes some of them, and gives up the history behind the last delete. */
export function cleaner(): Workload {
  return function* clean(client): Script {
    const { etcd, random } = client;
    for (let round = 1; ; round++) {
      const keys = Array.from({ length: random.between(2, 8) }, (_, i) =>
        bytes(`${prefix}${round % 3}.${i}`),
      );
      for (const key of keys) yield* etcd.put(key, bytes(String(round)));
      let deleted = 0;
      for (const key of keys.slice(random.below(keys.length))) {
        const gone = yield* etcd.delete(key);
        if (gone.status === 'ok') deleted = gone.response.header.revision;
      }
      if (deleted > 0) yield* etcd.compact(deleted);
      yield* client.sleep(random.between(200, 1500));
    }
  };
}

/** Clients that want to hear everything that can still be heard: they begin where the history begins now. */
export function lateReaders(): Workload {
  return function* read(client): Script {
    for (;;) yield* readFromTheEdge(client);
  };
}

function* readFromTheEdge(client: WorkloadClient): Script {
  const { etcd, random } = client;
  const probe = yield* etcd.watch({ ...all, start_revision: 1 });
  const first = yield* probe.next(300);
  yield* probe.cancel();
  if (first?.kind !== 'compacted') return;
  const watch = yield* etcd.watch({ ...all, start_revision: first.compactRevision });
  client.note('edge', { revision: first.compactRevision });
  yield* etcd.sleep(random.between(150, 600));
  yield* watch.cancel();
}

/** A client that writes now and then, so that there is something behind the cleaner's deletes. */
export function diarist(): Workload {
  return function* write(client): Script {
    for (let count = 1; ; count++) {
      yield* client.sleep(client.random.between(100, 800));
      yield* client.etcd.put(bytes(`${prefix}diary`), bytes(String(count)));
    }
  };
}
