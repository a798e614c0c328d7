import type { ByteString } from '../base/bytes.ts';
import { childIndex, type NodeView, type PageSource } from './node_view.ts';

interface Step {
  readonly node: NodeView;
  index: number;
}

/**
 * Walks the keys of one bucket in byte order. Valid until the bucket is changed. Each move returns whether it found an element;
 * `key`, `value` and `isBucket` then speak of it.
 */
export class Cursor {
  private readonly pages: PageSource;
  private readonly root: NodeView;
  /** From the root to a leaf. */
  private path: Step[] = [];

  constructor(root: NodeView, pages: PageSource) {
    this.root = root;
    this.pages = pages;
  }

  private get leaf(): Step {
    return this.path[this.path.length - 1] as Step;
  }

  get key(): ByteString {
    return this.leaf.node.key(this.leaf.index);
  }

  /** Not to be changed. */
  get value(): Uint8Array {
    return this.leaf.node.value(this.leaf.index);
  }

  get isBucket(): boolean {
    return this.leaf.node.isBucket(this.leaf.index);
  }

  first(): boolean {
    this.path = [];
    this.descend(this.root, () => 0);
    return this.leaf.node.count > 0 || this.nextLeaf();
  }

  last(): boolean {
    this.path = [];
    this.descend(this.root, lastIndex);
    return this.leaf.node.count > 0 || this.previousLeaf();
  }

  /** Goes to the first key that is not below `key`. */
  seek(key: ByteString): boolean {
    this.path = [];
    this.descend(this.root, (node) => (node.leaf ? node.lowerBound(key) : childIndex(node, key)));
    return this.leaf.index < this.leaf.node.count || this.nextLeaf();
  }

  next(): boolean {
    const step = this.leaf;
    step.index++;
    return step.index < step.node.count || this.nextLeaf();
  }

  previous(): boolean {
    const step = this.leaf;
    step.index--;
    return step.index >= 0 || this.previousLeaf();
  }

  private descend(from: NodeView, choose: (node: NodeView) => number): void {
    let node = from;
    for (;;) {
      const index = choose(node);
      this.path.push({ node, index });
      if (node.leaf) return;
      node = node.child(index, this.pages);
    }
  }

  // A leaf can be empty within a transaction that deletes: the walk goes on behind it.
  private nextLeaf(): boolean {
    for (let depth = this.path.length - 2; depth >= 0; depth--) {
      const step = this.path[depth] as Step;
      if (step.index + 1 >= step.node.count) continue;
      step.index++;
      this.path.length = depth + 1;
      this.descend(step.node.child(step.index, this.pages), () => 0);
      if (this.leaf.node.count > 0) return true;
      depth = this.path.length - 1;
    }
    return false;
  }

  private previousLeaf(): boolean {
    for (let depth = this.path.length - 2; depth >= 0; depth--) {
      const step = this.path[depth] as Step;
      if (step.index === 0) continue;
      step.index--;
      this.path.length = depth + 1;
      this.descend(step.node.child(step.index, this.pages), lastIndex);
      if (this.leaf.node.count > 0) return true;
      depth = this.path.length - 1;
    }
    return false;
  }
}

function lastIndex(node: NodeView): number {
  return node.count - 1;
}
