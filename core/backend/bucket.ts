import type { ByteString } from '../base/bytes.ts';
import { bucketHeaderBytes, decodeBucketHeader } from './bucket_header.ts';
import { Cursor } from './cursor.ts';
import { childIndex, type NodeView, type PageSource } from './node_view.ts';
import { PageView } from './page_view.ts';

/** What can be read of a bucket, in a read transaction or in a write transaction that sees its own changes. */
export interface BucketReader {
  readonly sequence: number;
  /** Undefined if the key is missing or names a bucket. The bytes must not be changed. */
  get(key: ByteString): Uint8Array | undefined;
  cursor(): Cursor;
  /** A bucket within this one. */
  bucket(name: ByteString): BucketReader | undefined;
}

/** Finds a key's leaf and its place there. */
export interface Found {
  readonly leaf: NodeView;
  readonly index: number;
}

export function find(root: NodeView, pages: PageSource, key: ByteString): Found | undefined {
  let node = root;
  while (!node.leaf) node = node.child(childIndex(node, key), pages);
  const index = node.lowerBound(key);
  return index < node.count && node.key(index) === key ? { leaf: node, index } : undefined;
}

/** The root node that a bucket's value in its parent leads to. */
export function bucketRoot(value: Uint8Array, pages: PageSource): NodeView {
  const { root } = decodeBucketHeader(value, 0);
  return root === 0 ? new PageView(value.subarray(bucketHeaderBytes)) : pages.view(root);
}

/** A bucket as a finished transaction left it. */
export class CommittedBucket implements BucketReader {
  readonly sequence: number;
  private readonly pages: PageSource;
  private readonly root: NodeView;

  constructor(pages: PageSource, root: NodeView, sequence: number) {
    this.pages = pages;
    this.root = root;
    this.sequence = sequence;
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

  bucket(name: ByteString): CommittedBucket | undefined {
    const found = find(this.root, this.pages, name);
    if (found === undefined || !found.leaf.isBucket(found.index)) return undefined;
    const value = found.leaf.value(found.index);
    return new CommittedBucket(
      this.pages,
      bucketRoot(value, this.pages),
      decodeBucketHeader(value, 0).sequence,
    );
  }
}
