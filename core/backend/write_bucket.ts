import { AssertionError, assert } from '../base/assert.ts';
import { compareStrings, type ByteString } from '../base/bytes.ts';
import { bucketRoot, find, type BucketReader } from './bucket.ts';
import { decodeBucketHeader, encodeBucketHeader } from './bucket_header.ts';
import { Cursor } from './cursor.ts';
import { encodeNode } from './encode_node.ts';
import { childIndex, type NodeView } from './node_view.ts';
import { rebalance } from './rebalance.ts';
import { spillTree, type Spilling } from './spill.ts';
import { defaultFillPercent } from './split.ts';
import { type NodeSource, TreeNode } from './tree_node.ts';

/** bbolt keeps a bucket in its parent's leaf while it takes up to this part of a page. */
const inlinePart = 4;

/** A bucket within a write transaction: pages are taken into memory where they are changed, and the transaction reads them there. */
export class WriteBucket implements BucketReader {
  /** How full pages get that are split, 0.1 to 1. It is not stored: each transaction sets it anew. */
  fillPercent = defaultFillPercent;
  private readonly pages: NodeSource;
  /** The root as it was found. */
  private readonly base: NodeView;
  /** Page of `base`; 0: it is inline or new. */
  private readonly basePage: number;
  private sequenceNumber: number;
  private node: TreeNode | null = null;
  private readonly opened = new Map<ByteString, WriteBucket>();

  constructor(pages: NodeSource, base: NodeView, basePage: number, sequence: number) {
    this.pages = pages;
    this.base = base;
    this.basePage = basePage;
    this.sequenceNumber = sequence;
  }

  static empty(pages: NodeSource): WriteBucket {
    const bucket = new WriteBucket(pages, new TreeNode(true, 0), 0, 0);
    bucket.writableRoot();
    return bucket;
  }

  get sequence(): number {
    return this.sequenceNumber;
  }

  setSequence(sequence: number): void {
    this.writableRoot();
    this.sequenceNumber = sequence;
  }

  private get root(): NodeView {
    return this.node ?? this.base;
  }

  private writableRoot(): TreeNode {
    this.node ??= this.basePage === 0 ? TreeNode.from(this.base, 0) : this.pages.take(this.basePage);
    return this.node;
  }

  private writableLeaf(key: ByteString): TreeNode {
    let node = this.writableRoot();
    while (!node.leaf) node = node.writableChild(childIndex(node, key), this.pages);
    return node;
  }

  get(key: ByteString): Uint8Array | undefined {
    const found = find(this.root, this.pages, key);
    return found === undefined || found.leaf.isBucket(found.index)
      ? undefined
      : found.leaf.value(found.index);
  }

  cursor(): Cursor {
    return new Cursor(this.root, this.pages);
  }

  /** Neither the key nor the value may be changed afterwards. */
  put(key: ByteString, value: Uint8Array): void {
    assert(key.length > 0, 'a key has at least one byte');
    const leaf = this.writableLeaf(key);
    const at = leaf.lowerBound(key);
    if (at < leaf.count && leaf.isBucket(at) && leaf.key(at) === key)
      throw new AssertionError(`${key} is a bucket`);
    leaf.put(key, value, false);
  }

  /** Returns whether the key was there. */
  delete(key: ByteString): boolean {
    const found = find(this.root, this.pages, key);
    if (found === undefined) return false;
    if (found.leaf.isBucket(found.index)) throw new AssertionError(`${key} is a bucket`);
    this.writableLeaf(key).removeAt(found.index);
    return true;
  }

  bucket(name: ByteString): WriteBucket | undefined {
    const known = this.opened.get(name);
    if (known !== undefined) return known;
    const found = find(this.root, this.pages, name);
    if (found === undefined || !found.leaf.isBucket(found.index)) return undefined;
    const value = found.leaf.value(found.index);
    const { root, sequence } = decodeBucketHeader(value, 0);
    const bucket = new WriteBucket(this.pages, bucketRoot(value, this.pages), root, sequence);
    this.opened.set(name, bucket);
    return bucket;
  }

  /** The name must not be taken. */
  createBucket(name: ByteString): WriteBucket {
    assert(find(this.root, this.pages, name) === undefined, `${name} exists`);
    const bucket = WriteBucket.empty(this.pages);
    this.opened.set(name, bucket);
    // A bucket that nothing is put into must be there all the same.
    this.writableLeaf(name).put(name, bucket.inlineValue(), true);
    return bucket;
  }

  /** Writes what has changed; returns the bucket's value in its parent, or null if nothing has. */
  settle(context: Spilling): Uint8Array | null {
    this.settleOpened(context);
    if (this.node === null) return null;
    this.node = rebalance(this.node, context);
    if (this.fitsInline()) {
      context.discard(this.node);
      return this.inlineValue();
    }
    const root = spillTree(this.node, this.fillPercent, context);
    return encodeBucketHeader({ root, sequence: this.sequenceNumber }, null);
  }

  /** The same for the bucket of buckets, which is never inline: returns its root page. */
  settleRoot(context: Spilling): number {
    this.settleOpened(context);
    this.node = rebalance(this.writableRoot(), context);
    return spillTree(this.node, this.fillPercent, context);
  }

  private settleOpened(context: Spilling): void {
    const byName = [...this.opened].sort(([a], [b]) => compareStrings(a, b));
    for (const [name, bucket] of byName) {
      const value = bucket.settle(context);
      if (value !== null) this.writableLeaf(name).put(name, value, true);
    }
  }

  private fitsInline(): boolean {
    const node = this.writableRoot();
    if (!node.leaf || node.size() > this.pages.pageBytes / inlinePart) return false;
    return !node.buckets.includes(true);
  }

  private inlineValue(): Uint8Array {
    const node = this.writableRoot();
    const bytes = node.size();
    const page = encodeNode(node, { start: 0, end: node.count, bytes }, 0, 0, bytes);
    return encodeBucketHeader({ root: 0, sequence: this.sequenceNumber }, page);
  }
}
