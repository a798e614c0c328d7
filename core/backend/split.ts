import type { NodePart } from './encode_node.ts';
import { pageHeaderBytes } from './page_header.ts';
import { sealBytes } from './page_seal.ts';
import type { TreeNode } from './tree_node.ts';

/** How full bbolt makes the pages it splits, unless told otherwise: half, so that keys in any order find room. */
export const defaultFillPercent = 0.5;
/** What etcd asks for where keys only ascend: no key will come in between. */
export const sequentialFillPercent = 0.9;

/** A page that is split off keeps at least this many keys, whatever their size; so does the rest. */
const keysPerPageMin = 2;

/**
 * Cuts a node that is too large for a page into parts of about `fillPercent` of one (bbolt's rule, so that our files are as large
 * as its own). A part with few large elements may still take several pages.
 */
export function splitNode(node: TreeNode, pageBytes: number, fillPercent: number): NodePart[] {
  const fullBytes = Math.floor(pageBytes * fillPercent);
  const parts: NodePart[] = [];
  let start = 0;
  let rest = node.size();
  while (node.count - start > 2 * keysPerPageMin && rest + sealBytes >= pageBytes) {
    let bytes = pageHeaderBytes;
    let end = start;
    for (; end < node.count - keysPerPageMin; end++) {
      const next = node.elementSize(end);
      if (end - start >= keysPerPageMin && bytes + next > fullBytes) break;
      bytes += next;
    }
    parts.push({ start, end, bytes });
    start = end;
    rest -= bytes - pageHeaderBytes;
  }
  parts.push({ start, end: node.count, bytes: rest });
  return parts;
}
