import { assert, assertDefined } from '../base/assert.ts';
import { emptyBytes, type ByteString } from '../base/bytes.ts';
import type { NodeView, PageSource } from './node_view.ts';
import { pageHeaderBytes } from './page_header.ts';
import { elementBytes } from './page_view.ts';

/** bbolt keeps at least this many keys in a page when it splits or merges one. */
export const leafKeysMin = 1;
export const branchKeysMin = 2;

/** Pages for a transaction that changes them. */
export interface NodeSource extends PageSource {
  /** The branch or leaf page with this number, as a node that may be changed. */
  take(pageId: number): TreeNode;
}

/** A node that a transaction has taken into memory to change it. The arrays run in parallel, one entry per element. */
export class TreeNode implements NodeView {
  readonly leaf: boolean;
  /** The page that holds it as it was found; 0: it is new. */
  pageId: number;
  /** It has lost an element, so it may be too small. */
  shrunk = false;
  /** Its page as the last transaction wrote it, and how many of a leaf's first elements are as they are there still. */
  page: Uint8Array = emptyBytes;
  unchanged = 0;
  keys: ByteString[] = [];
  /** Leaf: values and whether they are bucket headers. */
  values: Uint8Array[] = [];
  buckets: boolean[] = [];
  /** Branch: page numbers, and the nodes of those children that are in memory. */
  childIds: number[] = [];
  nodes: (TreeNode | null)[] = [];

  constructor(leaf: boolean, pageId: number) {
    this.leaf = leaf;
    this.pageId = pageId;
  }

  static from(view: NodeView, pageId: number): TreeNode {
    const node = new TreeNode(view.leaf, pageId);
    for (let index = 0; index < view.count; index++) {
      node.keys.push(view.key(index));
      if (view.leaf) {
        node.values.push(view.value(index));
        node.buckets.push(view.isBucket(index));
      } else {
        node.childIds.push(view.childId(index));
        node.nodes.push(null);
      }
    }
    return node;
  }

  get count(): number {
    return this.keys.length;
  }

  key(index: number): ByteString {
    return this.keys[index] as ByteString;
  }

  lowerBound(key: ByteString): number {
    const { keys } = this;
    let high = keys.length;
    // Revisions ascend, so most puts go to the end.
    if (high > 0 && (keys[high - 1] as ByteString) < key) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] as ByteString) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  value(index: number): Uint8Array {
    return this.values[index] ?? emptyBytes;
  }

  isBucket(index: number): boolean {
    return this.buckets[index] === true;
  }

  childId(index: number): number {
    return this.childIds[index] ?? 0;
  }

  child(index: number, pages: PageSource): NodeView {
    return this.nodes[index] ?? pages.view(this.childId(index));
  }

  /** The child as a node in memory, taken from its page if need be. */
  writableChild(index: number, pages: NodeSource): TreeNode {
    const known = this.nodes[index];
    if (known !== null && known !== undefined) return known;
    const node = pages.take(this.childId(index));
    this.nodes[index] = node;
    return node;
  }

  put(key: ByteString, value: Uint8Array, bucket: boolean): void {
    assert(this.leaf, 'values are in leaves');
    const index = this.lowerBound(key);
    if (index < this.unchanged) this.unchanged = index;
    if (this.keys[index] === key) {
      this.values[index] = value;
      this.buckets[index] = bucket;
    } else if (index === this.keys.length) {
      this.keys.push(key);
      this.values.push(value);
      this.buckets.push(bucket);
    } else {
      this.keys.splice(index, 0, key);
      this.values.splice(index, 0, value);
      this.buckets.splice(index, 0, bucket);
    }
  }

  removeAt(index: number): void {
    if (index < this.unchanged) this.unchanged = index;
    this.keys.splice(index, 1);
    if (this.leaf) {
      this.values.splice(index, 1);
      this.buckets.splice(index, 1);
    } else {
      this.childIds.splice(index, 1);
      this.nodes.splice(index, 1);
    }
    this.shrunk = true;
  }

  /** All of it was written to this page, and no child is in memory any more: what the next transaction would find there. */
  settleAt(pageId: number, page: Uint8Array): void {
    this.pageId = pageId;
    this.shrunk = false;
    this.page = page;
    this.unchanged = this.leaf ? this.count : 0;
  }

  /** Takes over the elements of the node on its right. */
  absorb(right: TreeNode): void {
    assert(this.leaf === right.leaf, 'siblings are of one kind');
    this.keys = this.keys.concat(right.keys);
    this.values = this.values.concat(right.values);
    this.buckets = this.buckets.concat(right.buckets);
    this.childIds = this.childIds.concat(right.childIds);
    this.nodes = this.nodes.concat(right.nodes);
  }

  /** Bytes that one element takes on a page. */
  elementSize(index: number): number {
    return elementBytes + this.key(index).length + (this.leaf ? this.value(index).length : 0);
  }

  /** Bytes on a page, were it one page. */
  size(): number {
    let bytes = pageHeaderBytes;
    for (let index = 0; index < this.count; index++) bytes += this.elementSize(index);
    return bytes;
  }

  /** A branch's smallest key is its first child's, which may have changed. */
  get firstKey(): ByteString {
    return assertDefined(this.keys[0], 'the first key of a node');
  }
}
