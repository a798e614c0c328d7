import { assert } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { Expiries } from './expiries.ts';
import {
  type DirectoryNode,
  isDirectory,
  makeDirectory,
  makeFile,
  nodesUpTo,
  type TreeNode,
} from './node.ts';
import { type DeadEnd, isDeadEnd, Tree } from './tree.ts';
import { cleanPath } from './tree_path.ts';

/** 2000-01-01: what etcd makes with an earlier expiry never expires; such times come out of overflown TTLs. */
const expireNsMin = 946_684_800_000_000_000n;

export interface NewNode {
  readonly path: ByteString;
  readonly dir: boolean;
  readonly value: ByteString;
  readonly expireNs: bigint | null;
  /** A file that stands there is replaced. */
  readonly replace: boolean;
}

/** Why a node can't be made: a file stands above it, the path is taken, or taken by a directory, which is never replaced. */
export type Obstacle =
  | { readonly kind: 'notDirectory'; readonly at: ByteString }
  | { readonly kind: 'taken' }
  | { readonly kind: 'isDirectory' };

/** The tree, the index that counts its changes, and what is to expire when. All paths are clean. */
export class Keyspace {
  private readonly tree: Tree;
  private index = 0;
  /** Null: to be made from the tree when it is needed. */
  private known: Expiries | null = null;

  constructor(namespaces: readonly ByteString[]) {
    this.tree = new Tree(namespaces);
  }

  get currentIndex(): number {
    return this.index;
  }

  get root(): DirectoryNode {
    return this.tree.root;
  }

  get hasExpiring(): boolean {
    return this.expiries().size > 0;
  }

  find(path: ByteString): TreeNode | DeadEnd {
    return this.tree.find(path);
  }

  /** Takes on a tree whose nodes are never changed. */
  reset(root: DirectoryNode, index: number): void {
    this.tree.reset(root);
    this.index = index;
    this.known = null;
  }

  /** Makes this one a copy of the other; nodes are shared until one side changes them. */
  copyFrom(other: Keyspace): void {
    this.reset(other.tree.share(), other.index);
  }

  /** Puts a new node, and the directories above it, into the tree under the next index. */
  make({ path, dir, value, expireNs, replace }: NewNode): TreeNode | Obstacle {
    const next = this.index + 1;
    const slash = path.lastIndexOf('/');
    const directory = this.tree.makeDirectories(cleanPath(path.slice(0, slash) as ByteString), next);
    if (isDeadEnd(directory)) return { kind: 'notDirectory', at: directory.at };
    const standing = directory.children.get(path.slice(slash + 1) as ByteString);
    if (standing !== undefined) {
      if (!replace) return { kind: 'taken' };
      if (isDirectory(standing)) return { kind: 'isDirectory' };
      this.expiries().remove(standing);
    }
    const until = expireNs !== null && expireNs < expireNsMin ? null : expireNs;
    const node = this.tree.put((owner) =>
      dir ? makeDirectory(owner, path, next, until) : makeFile(owner, path, value, next, until),
    );
    this.expiries().add(node);
    this.index = next;
    return node;
  }

  /** Changes an existing node under the next index. A directory keeps its own index: only its expiry changes. */
  change(path: ByteString, value: ByteString, expireNs: bigint | null): TreeNode {
    this.index++;
    const node = this.tree.change(path);
    this.expiries().remove(node);
    node.expireNs = expireNs;
    this.expiries().add(node);
    if (!isDirectory(node)) {
      node.value = value;
      node.modifiedIndex = this.index;
    }
    return node;
  }

  /** Takes a node out of the tree, with all below it, under the next index. */
  remove(node: TreeNode): void {
    this.index++;
    this.tree.remove(node.path);
    for (const gone of nodesUpTo(node)) this.expiries().remove(gone);
  }

  /** The first node to expire, if it does so at `cutoffNs` or before; else null. */
  expired(cutoffNs: bigint): TreeNode | null {
    const path = this.expiries().first();
    if (path === null) return null;
    const node = this.tree.find(path);
    assert(!isDeadEnd(node) && node.expireNs !== null, 'what is to expire is in the tree');
    return node.expireNs > cutoffNs ? null : node;
  }

  private expiries(): Expiries {
    if (this.known !== null) return this.known;
    const found = new Expiries();
    for (const node of nodesUpTo(this.tree.root)) found.add(node);
    this.known = found;
    return found;
  }
}
