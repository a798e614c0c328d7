import type {
  EtcdHistory,
  WatchEvent,
  WatchRecord,
  WatchResponse,
} from '../../../sim/checkers/history/etcd_history.ts';
import type { EtcdOperation } from '../../../sim/checkers/history/etcd_operation.ts';
import { inRange } from '../../../sim/checkers/history/key_order.ts';
import { type Draw, drawFrom } from '../linearizability/histories.ts';
import { realStoreHistory } from '../store/real_store.ts';
import { TinyEtcd } from '../store/tiny_etcd.ts';

/** A history of the store with watches that hear what they should: responses of whole revisions, progress in between. */
export function watchedHistory(seed: number, operations = 300, watches = 4): EtcdHistory {
  const draw = drawFrom(seed);
  const store = new TinyEtcd();
  store.events = [];
  const shape = {
    operations,
    clients: 4,
    keys: 5,
    unknownPer1000: 0,
    values: 0,
    puts: 40,
    gets: 15,
    swaps: 10,
    deletes: 10,
    rich: true,
  };
  const history = realStoreHistory(shape, draw, store);
  // Sub-revisions: etcd deletes the keys of a range in their order, which the store does, too.
  const { events } = store;
  const records = Array.from({ length: watches }, (_, i) => record(i + 1, events, store.revision, draw));
  return { operations: history.filter(isKept), watches: records };
}

/** Without compactions and what they refused, so that watches are owed their previous pairs. */
function isKept({ input, outcome }: EtcdOperation): boolean {
  const refused =
    outcome.status === 'ok' && outcome.output.kind === 'error' && outcome.output.error === 'compacted';
  return input.kind !== 'compact' && !refused;
}

function record(id: number, events: readonly WatchEvent[], last: number, draw: Draw): WatchRecord {
  const startRevision = draw(3) === 0 ? 0 : 1 + draw(Math.max(1, last - 20));
  const created = startRevision === 0 ? draw(Math.max(1, last - 20)) + 1 : last;
  const kind = draw(3);
  const request = {
    key: kind === 0 ? `k${draw(5)}` : 'k',
    ...(kind === 0 ? {} : { rangeEnd: kind === 1 ? 'l' : 'k3' }),
    startRevision,
    prevKv: true,
    progressNotify: true,
    ...(draw(4) === 0 ? { noDelete: true } : {}),
  };
  const start = startRevision === 0 ? created + 1 : startRevision;
  const heard = events.filter(
    ({ key, modRevision, type }) =>
      modRevision >= start &&
      inRange(key, request.key, request.rangeEnd) &&
      !(request.noDelete === true && type === 'delete'),
  );
  let ns = 1_000_000_000;
  const responses: WatchResponse[] = [{ kind: 'created', revision: created, ns, sequence: 0 }];
  const push = (response: Pick<WatchResponse, 'kind' | 'revision' | 'events'>): void => {
    responses.push({ ...response, ns: (ns += 1_000_000), sequence: responses.length });
  };
  for (let at = 0; at < heard.length;) {
    let end = Math.min(heard.length, at + 1 + draw(4));
    while (end < heard.length && heard[end]?.modRevision === heard[end - 1]?.modRevision) end++;
    const batch = heard.slice(at, end);
    const revision = (batch.at(-1) as WatchEvent).modRevision;
    push({ kind: 'events', revision, events: batch });
    at = end;
    if (draw(3) === 0) push({ kind: 'progress', revision: (heard[at]?.modRevision ?? last + 1) - 1 });
  }
  push({ kind: 'progress', revision: Math.max(last, start - 1) });
  return { id, client: `w${id}`, request, callNs: 0, callSequence: 0, responses };
}
