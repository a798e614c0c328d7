import type { ByteString } from '../../../core/base/bytes.ts';
import { type V2Event, type V2Watcher, V2Error, V2Store } from '../../../core/v2store/index.ts';
import type {
  V2Action,
  V2History,
  V2NodeView,
  V2Operation,
  V2Request,
  V2Watch,
  V2WatchEvent,
} from '../../../sim/checkers/v2/index.ts';
import { type Draw, drawFrom } from '../linearizability/histories.ts';
import { answer, requestOf, viewOf } from './real_v2.ts';

const watched = ['/', '/a', '/b', '/d', '/d/x', '/d/_z', '/d/x/below', '/q'];
const secondNs = 1_000_000_000;

interface Open {
  readonly watch: V2Watch;
  readonly events: V2WatchEvent[];
  readonly watcher: V2Watcher;
}

/** What clients and watchers saw of a real v2 store; some never heard the answer, some nodes live for a second. */
export function realV2Watches(
  seed: number,
  count: number,
  { unknownPer100 = 0, before = 0 } = {},
): V2History & { readonly settled: number } {
  const draw = drawFrom(seed);
  const store = new V2Store([]);
  const operations: V2Operation[] = [];
  const watches: V2Watch[] = [];
  const open: Open[] = [];
  let ns = 0;
  // Enough of them leave the history's window.
  for (let i = 0; i < before; i++) {
    const input: V2Request = { kind: 'set', key: '/long/ago', value: `w${i}` };
    operations.push(operationOf(operations.length + 1, input, (ns += 10), 5, store, draw, false));
  }
  for (let i = 0; i < count; i++) {
    ns += 10 + draw(1_000_000);
    if (draw(4) === 0) watches.push(begin(watches.length + 1, store, ns, draw, open));
    if (draw(20) === 0) {
      ns += 2 * secondNs;
      store.deleteExpiredKeys(BigInt(ns), BigInt(ns));
      take(open, (ns += 10));
      continue;
    }
    const isLost = draw(100) < unknownPer100;
    const id = operations.length + 1;
    operations.push(
      operationOf(id, requestOf(draw, id, true), (ns += 10), 5 + draw(500), store, draw, isLost),
    );
    if (draw(3) > 0) take(open, (ns += 1000));
  }
  take(open, (ns += 1000));
  const ended = new Map(open.map(({ watch, events }) => [watch.id, events]));
  const ends = watches.map((watch): V2Watch => {
    const events = ended.get(watch.id) ?? watch.events;
    return { ...watch, events, returnNs: !watch.stream && events.length > 0 ? ns : watch.returnNs };
  });
  return {
    operations,
    // What members keep for themselves lies where no client can watch.
    watches: ends.filter(({ events }) => !events.some(({ node }) => node.key.startsWith('/hidden'))),
    settled: store.currentIndex,
  };
}

function operationOf(
  id: number,
  input: V2Request,
  callNs: number,
  lasts: number,
  store: V2Store,
  draw: Draw,
  isLost: boolean,
): V2Operation {
  const output = answer(store, input, callNs, callNs, draw);
  const common = { id, process: id, client: `c${id}`, input, callNs, callSequence: 0 };
  if (isLost) return { ...common, returnNs: null, returnSequence: null, outcome: { status: 'unknown' } };
  return { ...common, returnNs: callNs + lasts, returnSequence: 1, outcome: { status: 'ok', output } };
}

function begin(id: number, store: V2Store, ns: number, draw: Draw, open: Open[]): V2Watch {
  const key = watched[draw(watched.length)] as string;
  const index = store.currentIndex;
  const waitIndex = [0, 0, Math.max(1, index - draw(10)), index + draw(5), 1][draw(5)] as number;
  const watch = {
    id,
    client: `w${id}`,
    key,
    recursive: draw(2) === 0,
    stream: draw(2) === 0,
    waitIndex,
    callNs: ns,
    returnNs: null,
    etcdIndex: index,
    events: [],
    refused: null,
  };
  try {
    const watcher = store.watch(key as ByteString, { ...watch, sinceIndex: waitIndex });
    open.push({ watch, events: [], watcher });
    return watch;
  } catch (error) {
    if (!(error instanceof V2Error)) throw error;
    return { ...watch, returnNs: ns + 5, refused: error.code };
  }
}

function take(open: readonly Open[], ns: number): void {
  for (const { watcher, events } of open) {
    for (let event = watcher.take(); event !== null; event = watcher.take()) events.push(eventOf(event, ns));
  }
}

function eventOf({ action, node, prevNode }: V2Event, atNs: number): V2WatchEvent {
  return {
    index: node.modifiedIndex,
    action: action as V2Action,
    node: viewOf(node, false) as V2NodeView & { readonly key: string },
    prevNode: prevNode === null ? null : viewOf(prevNode, false),
    atNs,
  };
}
