import { type ByteString, compareStrings, emptyByteString } from '../base/bytes.ts';
import type { NodeView } from './event.ts';
import { isHiddenName } from './tree_path.ts';

/** Whoever made a node may change it; all others copy it first, so that a clone of the tree costs nothing. */
export type Owner = object;

export interface TreeNode {
  readonly owner: Owner;
  readonly path: ByteString;
  readonly createdIndex: number;
  modifiedIndex: number;
  /** Nanoseconds since 1970; null: never. */
  expireNs: bigint | null;
  /** Empty for a directory. */
  value: ByteString;
  /** Null for a file. Their order means nothing: see `sortedChildren`. */
  readonly children: Map<ByteString, TreeNode> | null;
}

export type DirectoryNode = TreeNode & { readonly children: Map<ByteString, TreeNode> };

export function isDirectory(node: TreeNode): node is DirectoryNode {
  return node.children !== null;
}

export function makeFile(
  owner: Owner,
  path: ByteString,
  value: ByteString,
  index: number,
  expireNs: bigint | null,
): TreeNode {
  return { owner, path, createdIndex: index, modifiedIndex: index, expireNs, value, children: null };
}

export function makeDirectory(
  owner: Owner,
  path: ByteString,
  index: number,
  expireNs: bigint | null,
): DirectoryNode {
  const children = new Map<ByteString, TreeNode>();
  return {
    owner,
    path,
    createdIndex: index,
    modifiedIndex: index,
    expireNs,
    value: emptyByteString,
    children,
  };
}

/** etcd walks a Go map, in no order; here the order of the names is the one that shows. */
export function sortedChildren(node: DirectoryNode): readonly (readonly [ByteString, TreeNode])[] {
  return [...node.children].sort((a, b) => compareStrings(a[0], b[0]));
}

const nsPerSecond = 1_000_000_000n;
const durationMax = (1n << 63n) - 1n;
const durationMin = -(1n << 63n);

/** Seconds left, a begun second counts whole; past due it goes below 0, cut towards 0. Go's durations end at 2^63 ns. */
function ttlSeconds(expireNs: bigint, nowNs: bigint): number {
  const left = expireNs - nowNs;
  const duration = left > durationMax ? durationMax : left < durationMin ? durationMin : left;
  const begun = duration % nsPerSecond > 0n ? 1n : 0n;
  return Number(duration / nsPerSecond + begun);
}

/** The node as of now; of a directory no more than that it is one. */
export function viewNode(node: TreeNode, nowNs: bigint): NodeView {
  const dir = isDirectory(node);
  return {
    key: node.path,
    value: dir ? null : node.value,
    dir,
    expirationNs: node.expireNs,
    ttlSeconds: node.expireNs === null ? 0 : ttlSeconds(node.expireNs, nowNs),
    nodes: [],
    modifiedIndex: node.modifiedIndex,
    createdIndex: node.createdIndex,
  };
}

/** The node with what it holds, hidden nodes left out: its children, or, if `recursive`, all below. */
export function listNode(node: TreeNode, recursive: boolean, nowNs: bigint): NodeView {
  if (!isDirectory(node)) return viewNode(node, nowNs);
  const shown = sortedChildren(node).filter(([name]) => !isHiddenName(name));
  const nodes = shown.map(([, child]) => (recursive ? listNode(child, true, nowNs) : viewNode(child, nowNs)));
  return { ...viewNode(node, nowNs), nodes };
}

/** All nodes below a node, names in order, each directory behind what it holds; the node itself comes last. */
export function nodesUpTo(node: TreeNode): readonly TreeNode[] {
  const found: TreeNode[] = [];
  collect(node, found);
  return found;
}

function collect(node: TreeNode, found: TreeNode[]): void {
  if (isDirectory(node)) for (const [, child] of sortedChildren(node)) collect(child, found);
  found.push(node);
}
