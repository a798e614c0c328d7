/** The v2 store as a value: what each operation does to it, by etcd's documentation of the v2 API. */
import { V2Error, type V2Request } from './operation.ts';

/** Of a change whose answer nobody heard. */
export const unknownIndex = -1;
const nobody = -1;

export interface V2Node {
  /** Null for a directory. */
  readonly value: string | null;
  readonly created: number;
  readonly modified: number;
  /** Which operation gave it its expiry; -1: it never expires. */
  readonly owner: number;
}

export interface V2State {
  /** Of the last change whose index is known. Others than the clients may change the store in between. */
  readonly index: number;
  readonly nodes: ReadonlyMap<string, V2Node>;
}

export const emptyV2: V2State = { index: 0, nodes: new Map() };

export interface Done {
  readonly error: 0;
  readonly nodes: ReadonlyMap<string, V2Node>;
  readonly path: string;
  readonly node: V2Node | null;
  readonly before: V2Node | null;
  /** A compare looked at an index that nobody knows: it may have failed as well. */
  readonly maybeRefused?: boolean;
}

export type Effect = Done | { readonly error: number };

export function cleanPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return `/${parts.join('/')}`;
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/** The node, or why there is none. */
export function find(nodes: ReadonlyMap<string, V2Node>, path: string): V2Node | number {
  if (path === '/') return { value: null, created: 0, modified: 0, owner: nobody };
  const node = nodes.get(path);
  if (node !== undefined) return node;
  return hasFileAbove(nodes, path) ? V2Error.notDirectory : V2Error.keyNotFound;
}

function hasFileAbove(nodes: ReadonlyMap<string, V2Node>, path: string): boolean {
  for (let above = parentOf(path); above !== '/'; above = parentOf(above)) {
    const node = nodes.get(above);
    if (node !== undefined) return node.value !== null;
  }
  return false;
}

/** What the request does at this index. A get changes nothing. */
export function effectOf({ nodes }: V2State, request: V2Request, index: number, name: string | null): Effect {
  const path = cleanPath(request.key);
  switch (request.kind) {
    case 'get': {
      const node = find(nodes, path);
      return typeof node === 'number' ? { error: node } : { error: 0, nodes, path, node, before: null };
    }
    case 'set':
      return make(nodes, path, request, index, true);
    case 'create':
      return make(nodes, path, request, index, false);
    case 'createInOrder':
      return make(nodes, cleanPath(`${path}/${name}`), request, index, false);
    case 'update':
    case 'refresh':
    case 'compareAndSwap':
      return change(nodes, path, request, index);
    case 'delete':
    case 'compareAndDelete':
    case 'expire':
      return remove(nodes, path, request);
  }
}

function make(
  nodes: ReadonlyMap<string, V2Node>,
  path: string,
  { value = '', dir = false, ttl, owner = nobody }: V2Request,
  index: number,
  replaces: boolean,
): Effect {
  if (path === '/') return { error: V2Error.readOnly };
  if (hasFileAbove(nodes, path)) return { error: V2Error.notDirectory };
  const before = nodes.get(path) ?? null;
  if (before !== null && !replaces) return { error: V2Error.nodeExists };
  if (before?.value === null) return { error: V2Error.notFile };
  const made = new Map(nodes);
  for (let above = parentOf(path); above !== '/' && !made.has(above); above = parentOf(above)) {
    made.set(above, { value: null, created: index, modified: index, owner: nobody });
  }
  const lasts = ttl === undefined ? nobody : owner;
  const node: V2Node = { value: dir ? null : value, created: index, modified: index, owner: lasts };
  made.set(path, node);
  return { error: 0, nodes: made, path, node, before };
}

function change(nodes: ReadonlyMap<string, V2Node>, path: string, request: V2Request, index: number): Effect {
  const { kind, value = '', ttl, owner = nobody } = request;
  if (path === '/') return { error: V2Error.readOnly };
  const before = find(nodes, path);
  if (typeof before === 'number') return { error: before };
  const isDirectory = before.value === null;
  if (isDirectory && (kind === 'compareAndSwap' || value !== '')) return { error: V2Error.notFile };
  if (kind === 'compareAndSwap' && !compares(before, request)) return { error: V2Error.testFailed };
  const lasts = ttl === undefined ? nobody : owner;
  // A directory keeps its own index; only the answer shows the new one.
  const changed: V2Node = isDirectory
    ? { ...before, owner: lasts }
    : { ...before, value: kind === 'refresh' ? before.value : value, modified: index, owner: lasts };
  const node = { ...changed, modified: index };
  const maybeRefused = isUnsure(before, request);
  return { error: 0, nodes: new Map(nodes).set(path, changed), path, node, before, maybeRefused };
}

function compares({ value, modified }: V2Node, { prevValue, prevIndex }: V2Request): boolean {
  const sameIndex = prevIndex === undefined || modified === unknownIndex || prevIndex === modified;
  return sameIndex && (prevValue === undefined || prevValue === value);
}

function isUnsure({ modified }: V2Node, { kind, prevIndex }: V2Request): boolean {
  const compared = kind === 'compareAndSwap' || kind === 'compareAndDelete';
  return compared && prevIndex !== undefined && modified === unknownIndex;
}

function remove(nodes: ReadonlyMap<string, V2Node>, path: string, request: V2Request): Effect {
  const { kind, recursive = false, dir = false, owner } = request;
  if (path === '/' && kind === 'delete') return { error: V2Error.readOnly };
  const before = find(nodes, path);
  if (typeof before === 'number') return { error: before };
  if (kind === 'expire' && before.owner !== owner) return { error: V2Error.keyNotFound };
  const below = [...nodes.keys()].filter((each) => each.startsWith(`${path}/`));
  if (before.value === null && kind !== 'expire') {
    if (kind === 'compareAndDelete' || (!dir && !recursive)) return { error: V2Error.notFile };
    if (below.length > 0 && !recursive) return { error: V2Error.directoryNotEmpty };
  }
  if (kind === 'compareAndDelete' && !compares(before, request)) return { error: V2Error.testFailed };
  const left = new Map(nodes);
  for (const each of [path, ...below]) left.delete(each);
  return { error: 0, nodes: left, path, node: null, before, maybeRefused: isUnsure(before, request) };
}
