import { assertDefined } from '../base/assert.ts';
import { type ByteString, emptyByteString } from '../base/bytes.ts';
import { encodeNode } from './encode_node.ts';
import { seal, sealBytes } from './page_seal.ts';
import type { Rebalancing } from './rebalance.ts';
import { splitNode } from './split.ts';
import { TreeNode } from './tree_node.ts';

/** What writing a transaction's nodes needs of it. */
export interface Spilling extends Rebalancing {
  /** Number of the first of `count` adjacent pages. */
  allocate(count: number): number;
  write(pageId: number, bytes: Uint8Array): void;
  /** All of the node is on its page now. */
  keep(node: TreeNode): void;
}

interface Written {
  readonly firstKey: ByteString;
  readonly pageId: number;
  readonly page: Uint8Array;
}

/** Writes the node, and the nodes under it before it, to new pages: the old ones belong to states that may still be needed. */
function spillNode(node: TreeNode, fillPercent: number, context: Spilling): Written[] {
  if (!node.leaf) spillChildren(node, fillPercent, context);
  const { pageBytes } = context.pages;
  context.discard(node);
  const written = splitNode(node, pageBytes, fillPercent).map((part) => {
    const count = Math.ceil((part.bytes + sealBytes) / pageBytes);
    const pageId = context.allocate(count);
    const page = seal(encodeNode(node, part, pageId, count - 1, count * pageBytes), part.bytes);
    context.write(pageId, page);
    return { firstKey: part.start < node.count ? node.key(part.start) : emptyByteString, pageId, page };
  });
  const [first] = written;
  if (first !== undefined && written.length === 1) {
    node.settleAt(first.pageId, first.page);
    context.keep(node);
  }
  return written;
}

function spillChildren(node: TreeNode, fillPercent: number, context: Spilling): void {
  if (node.nodes.every((child) => child === null)) return;
  const { keys, childIds, nodes } = node;
  node.keys = [];
  node.childIds = [];
  for (let index = 0; index < keys.length; index++) {
    const child = nodes[index] ?? null;
    if (child === null) {
      node.keys.push(assertDefined(keys[index], 'the key of a child'));
      node.childIds.push(assertDefined(childIds[index], 'a child on a page'));
      continue;
    }
    for (const { firstKey, pageId } of spillNode(child, fillPercent, context)) {
      node.keys.push(firstKey);
      node.childIds.push(pageId);
    }
  }
  node.nodes = node.childIds.map(() => null);
}

/** Writes a tree and returns the page number of its root: a root that was split gets branches above it. */
export function spillTree(root: TreeNode, fillPercent: number, context: Spilling): number {
  let written = spillNode(root, fillPercent, context);
  while (written.length > 1) {
    const branch = new TreeNode(false, 0);
    branch.keys = written.map(({ firstKey }) => firstKey);
    branch.childIds = written.map(({ pageId }) => pageId);
    branch.nodes = written.map(() => null);
    written = spillNode(branch, fillPercent, context);
  }
  return assertDefined(written[0], 'a root page').pageId;
}
