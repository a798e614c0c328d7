import { BackendError } from './backend_error.ts';
import { readUint32 } from './little_endian.ts';
import { PageView } from './page_view.ts';
import { type NodeSource, TreeNode } from './tree_node.ts';

/**
 * A database file's pages in memory, as bbolt has them by mapping the file. A page is replaced only when its number is used
 * again, which the freelist allows when no reader can reach the old one.
 */
export class Pages implements NodeSource {
  readonly pageBytes: number;
  /** Bytes of the file as it was opened; empty for a new one. */
  private readonly file: Uint8Array;
  private readonly views: (PageView | undefined)[] = [];
  /** What the last transaction wrote, as the nodes it wrote it from: the next one mostly goes on there, and need not decode it. */
  private nodes = new Map<number, TreeNode>();

  constructor(pageBytes: number, file: Uint8Array) {
    this.pageBytes = pageBytes;
    this.file = file;
  }

  view(pageId: number): PageView {
    const known = this.views[pageId];
    if (known !== undefined) return known;
    const view = new PageView(this.fromFile(pageId));
    this.views[pageId] = view;
    return view;
  }

  /** The page as the file has it, with its overflow. Throws BackendError if it lies outside. */
  fromFile(pageId: number): Uint8Array {
    const start = pageId * this.pageBytes;
    if (start + this.pageBytes > this.file.length) {
      throw new BackendError('corruptPage', pageId, `a file of ${this.file.length} bytes`, 'a page beyond');
    }
    const overflow = readUint32(this.file, start + 12);
    const end = start + (overflow + 1) * this.pageBytes;
    if (end > this.file.length) {
      throw new BackendError('corruptPage', pageId, 'its overflow within the file', `${overflow} pages`);
    }
    return this.file.subarray(start, end);
  }

  take(pageId: number): TreeNode {
    const node = this.nodes.get(pageId);
    if (node === undefined) return TreeNode.from(this.view(pageId), pageId);
    this.nodes.delete(pageId);
    return node;
  }

  /** Replaces a page by what was just written. */
  set(pageId: number, bytes: Uint8Array): void {
    this.views[pageId] = new PageView(bytes);
    this.nodes.delete(pageId);
  }

  /** A transaction has written all its pages. `nodes`: those that are on one page as they are; the last transaction's are given up. */
  keep(nodes: readonly TreeNode[]): void {
    this.nodes = new Map(nodes.map((node) => [node.pageId, node] as const));
  }

  /** Pages that belong to the one with this number, itself included. */
  span(pageId: number): number {
    return readUint32(this.view(pageId).bytes, 12) + 1;
  }
}
