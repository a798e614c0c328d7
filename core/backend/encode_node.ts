import { writeUint32, writeUint64 } from './little_endian.ts';
import { PageFlag, pageHeaderBytes, readPageHeader, writePageHeader } from './page_header.ts';
import { bucketFlag, elementBytes } from './page_view.ts';
import type { TreeNode } from './tree_node.ts';

/** Elements [start, end) of a node. */
export interface NodePart {
  readonly start: number;
  readonly end: number;
  /** Bytes they take with a page header. */
  readonly bytes: number;
}

/**
 * Writes a part of a node as a page into `length` bytes: whole pages, or exactly its size for an inline bucket. Keys and values that
 * the node's last page has at its front, too, are copied from there all at once.
 */
export function encodeNode(
  node: TreeNode,
  part: NodePart,
  pageId: number,
  overflow: number,
  length: number,
): Uint8Array {
  const bytes = new Uint8Array(length);
  const count = part.end - part.start;
  writePageHeader(bytes, { id: pageId, flags: node.leaf ? PageFlag.leaf : PageFlag.branch, count, overflow });
  const dataStart = pageHeaderBytes + count * elementBytes;
  const copied = part.start === 0 ? Math.min(node.unchanged, part.end) : 0;
  let at = dataStart;
  for (let index = part.start; index < part.end; index++) {
    const element = pageHeaderBytes + (index - part.start) * elementBytes;
    const key = node.key(index);
    if (node.leaf) {
      const value = node.value(index);
      writeUint32(bytes, element, node.isBucket(index) ? bucketFlag : 0);
      writeUint32(bytes, element + 4, at - element);
      writeUint32(bytes, element + 8, key.length);
      writeUint32(bytes, element + 12, value.length);
      if (index >= copied) {
        bytes.set(value, at + key.length);
        for (let i = 0; i < key.length; i++) bytes[at + i] = key.charCodeAt(i);
      }
      at += key.length + value.length;
      if (index === copied - 1) copyData(node.page, at - dataStart, bytes, dataStart);
    } else {
      writeUint32(bytes, element, at - element);
      writeUint32(bytes, element + 4, key.length);
      writeUint64(bytes, element + 8, node.childId(index));
      for (let i = 0; i < key.length; i++) bytes[at + i] = key.charCodeAt(i);
      at += key.length;
    }
  }
  return bytes;
}

/** Copies the first `length` bytes of keys and values, which follow a page's elements without gaps. */
function copyData(from: Uint8Array, length: number, into: Uint8Array, at: number): void {
  const start = pageHeaderBytes + readPageHeader(from).count * elementBytes;
  into.set(from.subarray(start, start + length), at);
}
