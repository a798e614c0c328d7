import type { ByteString } from '../../../core/base/bytes.ts';
import { type NodeView, type V2Event, V2Error, V2Store } from '../../../core/v2store/index.ts';
import type { V2NodeView, V2Operation, V2Request, V2Response } from '../../../sim/checkers/v2/index.ts';
import { type Draw, drawFrom } from '../linearizability/histories.ts';

const kinds = [
  'get',
  'get',
  'set',
  'set',
  'create',
  'createInOrder',
  'update',
  'compareAndSwap',
  'compareAndSwap',
  'compareAndDelete',
  'delete',
  'refresh',
] as const;
const keys = ['/a', '/b', '/d', '/d/x', '/d/y', '/d/_z', '/a/below'];
const never = 10n ** 18n;

/** What clients saw of a real v2 store: operations overlap, some answers are lost, and some nodes live for a second. */
export function realV2History(
  seed: number,
  count: number,
  { unknownPer100 = 0, living = false, spread = 1 } = {},
): V2Operation[] {
  const draw = drawFrom(seed);
  const store = new V2Store([]);
  const operations: V2Operation[] = [];
  let ns = 0;
  for (let id = 1; id <= count; id++) {
    ns += 10 + draw(1_000_000);
    const request = requestOf(draw, id, living);
    // Who is slow has called before others, and hears after them.
    const [callNs, returnNs] = [Math.max(0, ns - draw(1_000_000) * spread), ns + draw(1_000_000) * spread];
    if (draw(20) === 0) {
      ns += 2_000_000_000;
      store.deleteExpiredKeys(BigInt(ns), BigInt(ns));
      ns += 1;
      operations.push(operationOf(id, request, ns, ns + 5, answer(store, request, ns, ns, draw)));
      continue;
    }
    const output = answer(store, request, ns, callNs, draw);
    const isLost = draw(100) < unknownPer100 && request.kind !== 'createInOrder';
    operations.push(operationOf(id, request, callNs, isLost ? null : returnNs, output));
  }
  return operations;
}

function operationOf(
  id: number,
  input: V2Request,
  callNs: number,
  returnNs: number | null,
  output: V2Response,
): V2Operation {
  const common = { id, process: id, input, callNs, callSequence: 0 };
  if (returnNs === null) return { ...common, returnNs, returnSequence: null, outcome: { status: 'unknown' } };
  return { ...common, returnNs, returnSequence: 1, outcome: { status: 'ok', output } };
}

export function requestOf(draw: Draw, id: number, living: boolean): V2Request {
  const kind = kinds[draw(kinds.length)] as V2Request['kind'];
  const key = keys[draw(keys.length)] as string;
  const ttl = living && draw(6) === 0 ? { ttl: 1 } : {};
  const value = { value: `v${id}` };
  switch (kind) {
    case 'get':
      return { kind, key: draw(4) === 0 ? '/' : key, recursive: draw(2) === 0 };
    case 'set':
    case 'create':
      return draw(6) === 0 ? { kind, key, dir: true, ...ttl } : { kind, key, ...value, ...ttl };
    case 'createInOrder':
      return { kind, key: '/d', ...value, ...ttl };
    case 'update':
      return draw(5) === 0 ? { kind, key, value: '', ...ttl } : { kind, key, ...value, ...ttl };
    case 'refresh':
      return { kind, key, ...(living ? { ttl: 1 } : {}) };
    case 'compareAndSwap':
      return { kind, key, ...value, ...comparison(draw, id), ...ttl };
    case 'compareAndDelete':
      return { kind, key, ...comparison(draw, id) };
    default:
      return { kind, key, dir: draw(2) === 0, recursive: draw(3) === 0 };
  }
}

function comparison(draw: Draw, id: number): Pick<V2Request, 'prevValue' | 'prevIndex'> {
  if (draw(2) === 0) return { prevValue: `v${Math.max(1, id - 1 - draw(12))}` };
  return { prevIndex: Math.max(1, id - 1 - draw(12)) };
}

export function answer(
  store: V2Store,
  request: V2Request,
  ns: number,
  callNs: number,
  draw: Draw,
): V2Response {
  // Others than these clients change the store, too.
  if (draw(10) === 0)
    store.set(
      '/hidden/_own' as ByteString,
      { dir: false, value: 'x' as ByteString, expireNs: null, refresh: false },
      0n,
    );
  try {
    const { node, prevNode, action } = run(store, request, BigInt(ns), callNs);
    const view = viewOf(node, action === 'get');
    return {
      error: null,
      node: request.key === '/' ? withoutHidden(view) : view,
      prevNode: prevNode === null ? null : viewOf(prevNode, false),
    };
  } catch (error) {
    if (!(error instanceof V2Error)) throw error;
    return { error: error.code };
  }
}

function run(store: V2Store, request: V2Request, now: bigint, callNs: number): V2Event {
  const { kind, ttl, dir = false, recursive = false } = request;
  const key = request.key as ByteString;
  const value = (request.value ?? '') as ByteString;
  const expireNs = ttl === undefined ? null : BigInt(callNs) + BigInt(ttl) * 1_000_000_000n;
  const expiry = { expireNs, refresh: kind === 'refresh' };
  const compared = {
    prevValue: (request.prevValue ?? '') as ByteString,
    prevIndex: BigInt(request.prevIndex ?? 0),
  };
  switch (kind) {
    case 'get':
      return store.get(key, recursive, now);
    case 'set':
      return store.set(key, { dir, value, ...expiry }, now);
    case 'create':
      return store.create(key, { dir, value, unique: false, expireNs }, now);
    case 'createInOrder':
      return store.create(key, { dir, value, unique: true, expireNs }, now);
    case 'update':
    case 'refresh':
      return store.update(key, { value, ...expiry }, now);
    case 'compareAndSwap':
      return store.compareAndSwap(key, compared, { value, ...expiry }, now);
    case 'compareAndDelete':
      return store.compareAndDelete(key, compared, now);
    case 'delete':
      return store.delete(key, { dir, recursive }, now);
    default:
      store.deleteExpiredKeys(never, now);
      return store.get(key, false, now);
  }
}

export function viewOf(node: NodeView, listed: boolean): V2NodeView {
  return {
    key: node.key,
    ...(node.value === null ? {} : { value: node.value }),
    dir: node.dir,
    createdIndex: node.createdIndex,
    modifiedIndex: node.modifiedIndex,
    ...(listed && node.dir ? { nodes: node.nodes.map((each) => viewOf(each, true)) } : {}),
  };
}

function withoutHidden(view: V2NodeView): V2NodeView {
  return view.nodes === undefined
    ? view
    : { ...view, nodes: view.nodes.filter(({ key }) => key !== '/hidden') };
}
