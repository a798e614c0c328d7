import { assertDefined } from '../base/assert.ts';
import { branchKeysMin, leafKeysMin, type NodeSource, TreeNode } from './tree_node.ts';

/** What rebalancing needs of its transaction. */
export interface Rebalancing {
  readonly pages: NodeSource;
  /** The node's page, if it has one, is no longer needed. */
  discard(node: TreeNode): void;
}

/** Merges nodes that became too small with a neighbour, bottom up. Nodes that are then too large are split when written. */
function rebalanceChildren(node: TreeNode, context: Rebalancing): void {
  if (node.leaf) return;
  for (const child of node.nodes) if (child !== null) rebalanceChildren(child, context);
  for (let index = 0; index < node.count;) {
    const child = node.nodes[index];
    const settled =
      child === null || child === undefined || !child.shrunk || !isTooSmall(child, context.pages.pageBytes);
    // A merge moves the elements after it one to the left.
    if (settled || !mergeAt(node, index, context)) index++;
  }
}

/** bbolt's rule: a quarter of a page, or fewer keys than a page must have. */
function isTooSmall(node: TreeNode, pageBytes: number): boolean {
  return node.count <= (node.leaf ? leafKeysMin : branchKeysMin) || node.size() <= Math.floor(pageBytes / 4);
}

/** Whether an element of the parent went away. */
function mergeAt(parent: TreeNode, index: number, context: Rebalancing): boolean {
  const child = assertDefined(parent.nodes[index], 'a child to merge');
  child.shrunk = false;
  if (child.count === 0) {
    parent.removeAt(index);
    context.discard(child);
    return true;
  }
  if (parent.count < 2) return false;
  const leftIndex = index === 0 ? 0 : index - 1;
  const left = parent.writableChild(leftIndex, context.pages);
  const right = parent.writableChild(leftIndex + 1, context.pages);
  left.absorb(right);
  parent.removeAt(leftIndex + 1);
  context.discard(right);
  return true;
}

/** Rebalances a whole tree and returns its root: a root with a single child gives way to it, one without any is an empty leaf. */
export function rebalance(root: TreeNode, context: Rebalancing): TreeNode {
  rebalanceChildren(root, context);
  let top = root;
  while (!top.leaf && top.count < 2) {
    const next = top.count === 0 ? new TreeNode(true, 0) : top.writableChild(0, context.pages);
    context.discard(top);
    top = next;
  }
  return top;
}
