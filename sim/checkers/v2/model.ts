import { type Model, impossible } from '../linearizability/model.ts';
import { V2Error, type V2NodeView, type V2Request, type V2Response } from './operation.ts';
import {
  type Done,
  type V2Node,
  type V2State,
  cleanPath,
  effectOf,
  emptyV2,
  parentOf,
  unknownIndex,
} from './tree.ts';

/** Digits of the names that a createInOrder makes. */
const nameDigits = 20;

/**
 * The whole v2 store. Indexes are witnesses: each change has one of its own, larger than all before; there may be gaps, for the members
 * keep their own affairs in the same store. Of a change without an answer the index is not known, and fits everything.
 */
export const v2Model: Model<V2State, V2Request, V2Response> = {
  name: 'the v2 store',
  init: emptyV2,
  step: (state, request, response) => {
    const isWrite = request.kind !== 'get';
    const answered = response?.error === null ? response : null;
    const index = isWrite ? (answered?.node?.modifiedIndex ?? unknownIndex) : state.index;
    const name = request.kind === 'createInOrder' ? nameOf(request, answered?.node ?? null, index) : null;
    const effect = effectOf(state, request, index, name);
    if (effect.error !== 0) {
      if (response === null) return impossible;
      return response.error === effect.error ? state : impossible;
    }
    const done = effect as Done;
    if (response?.error === V2Error.testFailed && done.maybeRefused === true) return state;
    if (response !== null && (answered === null || !fits(done, answered, request))) return impossible;
    if (!isWrite) return state;
    if (index !== unknownIndex && index <= state.index) return impossible;
    return { index: Math.max(index, state.index), nodes: done.nodes };
  },
  key: ({ index, nodes }) => {
    const parts = [...nodes].sort(([a], [b]) => (a < b ? -1 : 1));
    return `${index}${parts.map(([path, { value, created, modified, owner }]) => JSON.stringify([path, value, created, modified, owner])).join('')}`;
  },
  writes: ({ kind }, response) => kind !== 'get' && (response === null || response.error === null),
  describeInput,
  describeOutput,
  describeState: ({ index, nodes }) =>
    nodes.size === 0
      ? 'the store is empty'
      : `the store at index ${index} holds ${[...nodes].map(([path, { value }]) => (value === null ? path : `${path} = ${JSON.stringify(value)}`)).join(', ')}`,
};

function nameOf({ key, owner }: V2Request, node: V2NodeView | null, index: number): string {
  if (index !== unknownIndex) return `${index}`.padStart(nameDigits, '0');
  const told = node?.key === undefined ? null : cleanPath(node.key);
  // Without an answer nobody knows its name; a listing may show it by any.
  return told === null ? `${unknownName}${owner}` : told.slice(cleanPath(key).length + 1);
}

const unknownName = '?';

/** Where a createInOrder puts its node if nobody knows its name. */
export function namelessPath(directory: string, owner: number): string {
  return cleanPath(`${directory}/${unknownName}${owner}`);
}

type Answered = Extract<V2Response, { readonly error: null }>;

function fits(
  { path, node, before, nodes }: Done,
  answer: Answered,
  { kind, recursive }: V2Request,
): boolean {
  const isRemoval = node === null;
  const shown = answer.node;
  if (shown !== null) {
    if (shown.key !== undefined && cleanPath(shown.key) !== path) return false;
    // What was removed is shown without its value, with the index of its removal.
    if (isRemoval && before !== null && !sameIndex(shown.createdIndex, before.created)) return false;
    if (!isRemoval && !looksLike(shown, node)) return false;
    if (kind === 'get' && !listsRightly(shown, path, nodes, recursive === true)) return false;
  }
  if (answer.prevNode === null) return true;
  return before !== null && looksLike(answer.prevNode, before);
}

function looksLike({ value, dir, createdIndex, modifiedIndex }: V2NodeView, node: V2Node): boolean {
  return (
    (dir === undefined || dir === (node.value === null)) &&
    (value === undefined || value === (node.value ?? '')) &&
    sameIndex(createdIndex, node.created) &&
    sameIndex(modifiedIndex, node.modified)
  );
}

function sameIndex(told: number | undefined, is: number): boolean {
  return told === undefined || is === unknownIndex || is === 0 || told === is;
}

/** A directory shows its children, but not those whose name begins with `_`. */
function listsRightly(
  shown: V2NodeView,
  path: string,
  nodes: ReadonlyMap<string, V2Node>,
  deep: boolean,
): boolean {
  if (shown.nodes === undefined) return true;
  const left = new Map<string, V2Node>();
  for (const [each, node] of nodes) {
    if (parentOf(each) === path && !each.startsWith('_', each.lastIndexOf('/') + 1)) left.set(each, node);
  }
  for (const child of shown.nodes) {
    const named = child.key === undefined ? '' : cleanPath(child.key);
    const key = left.has(named) ? named : namelessLike(child, path, left);
    const node = left.get(key);
    if (node === undefined || !looksLike(child, node)) return false;
    if (deep && node.value === null && !listsRightly({ nodes: [], ...child }, key, nodes, true)) return false;
    left.delete(key);
  }
  return left.size === 0;
}

/** One of those whose name nobody knows, that looks like this child; empty if there is none. */
function namelessLike(child: V2NodeView, path: string, left: ReadonlyMap<string, V2Node>): string {
  const prefix = cleanPath(`${path}/${unknownName}`);
  for (const [key, node] of left) if (key.startsWith(prefix) && looksLike(child, node)) return key;
  return '';
}

// --- words

function describeInput({ kind, key, value, prevValue, prevIndex, recursive, stale }: V2Request): string {
  const parts = [
    key,
    ...(value === undefined ? [] : [JSON.stringify(value)]),
    ...(prevValue === undefined ? [] : [`if ${JSON.stringify(prevValue)}`]),
    ...(prevIndex === undefined ? [] : [`if index ${prevIndex}`]),
    ...(recursive === true ? ['recursive'] : []),
    ...(stale === true ? ['stale'] : []),
  ];
  return `${kind}(${parts.join(', ')})`;
}

function describeOutput({ kind }: V2Request, response: V2Response): string {
  if (response.error !== null) return `: error ${response.error}`;
  const { node } = response;
  const index = node?.modifiedIndex === undefined ? '' : ` of index ${node.modifiedIndex}`;
  if (kind !== 'get') return index;
  if (node?.nodes !== undefined) return ` = [${node.nodes.map(({ key }) => key ?? '').join(', ')}]`;
  return ` = ${JSON.stringify(node?.value ?? '')}${index}`;
}
