import { assert } from '../base/assert.ts';
import type { ByteString } from '../base/bytes.ts';
import { type DirectoryNode, isDirectory, makeDirectory, type Owner, type TreeNode } from './node.ts';
import { childPath, pathParts, rootPath } from './tree_path.ts';

/** Why a path leads nowhere: a name is missing, or a file stands where a directory is needed. */
export interface DeadEnd {
  readonly kind: 'missing' | 'notDirectory';
  readonly at: ByteString;
}

export function isDeadEnd(found: TreeNode | DeadEnd): found is DeadEnd {
  return 'kind' in found;
}

/** The nodes by their paths. All paths are clean. */
export class Tree {
  private owner: Owner = {};
  private top: DirectoryNode;

  constructor(namespaces: readonly ByteString[]) {
    this.top = makeDirectory(this.owner, rootPath, 0, null);
    for (const path of namespaces) {
      const name = pathParts(path)[0];
      assert(name !== undefined && pathParts(path).length === 1, 'a namespace is a child of the root');
      this.top.children.set(name, makeDirectory(this.owner, path, 0, null));
    }
  }

  get root(): DirectoryNode {
    return this.top;
  }

  /** Puts another tree in this one's place; its nodes are shared, never changed. */
  reset(root: DirectoryNode): void {
    this.owner = {};
    this.top = root;
  }

  /** The root, for another tree as well: from now on neither changes a node of it without a copy. */
  share(): DirectoryNode {
    this.owner = {};
    return this.top;
  }

  find(path: ByteString): TreeNode | DeadEnd {
    let node: TreeNode = this.top;
    for (const name of pathParts(path)) {
      if (!isDirectory(node)) return { kind: 'notDirectory', at: node.path };
      const child: TreeNode | undefined = node.children.get(name);
      if (child === undefined) return { kind: 'missing', at: childPath(node.path, name) };
      node = child;
    }
    return node;
  }

  /**
   * The directory, to be changed; it and those above it are made with `index` where they are missing. A file on the way is a dead
   * end, and nothing was made then.
   */
  makeDirectories(path: ByteString, index: number): DirectoryNode | DeadEnd {
    let node = this.ownTop();
    for (const name of pathParts(path)) {
      const child = node.children.get(name);
      if (child !== undefined && !isDirectory(child)) return { kind: 'notDirectory', at: child.path };
      const next =
        child === undefined
          ? makeDirectory(this.owner, childPath(node.path, name), index, null)
          : this.owned(child);
      if (next !== child) node.children.set(name, next);
      node = next;
    }
    return node;
  }

  /** Puts a new node under its path; its directory must exist. */
  put(make: (owner: Owner) => TreeNode): TreeNode {
    const node = make(this.owner);
    this.parentOf(node.path).children.set(lastName(node.path), node);
    return node;
  }

  /** The node that stands at this path, as one that may be changed. */
  change(path: ByteString): TreeNode {
    if (path === rootPath) return this.ownTop();
    const parent = this.parentOf(path);
    const name = lastName(path);
    const node = parent.children.get(name);
    assert(node !== undefined, 'a node that is changed exists');
    const own = this.owned(node);
    if (own !== node) parent.children.set(name, own);
    return own;
  }

  remove(path: ByteString): void {
    const removed = this.parentOf(path).children.delete(lastName(path));
    assert(removed, 'a node that is removed exists');
  }

  private parentOf(path: ByteString): DirectoryNode {
    let node = this.ownTop();
    for (const name of pathParts(path).slice(0, -1)) {
      const child = node.children.get(name);
      assert(child !== undefined && isDirectory(child), 'the directory of a node exists');
      const own = this.owned(child);
      if (own !== child) node.children.set(name, own);
      node = own;
    }
    return node;
  }

  private ownTop(): DirectoryNode {
    this.top = this.owned(this.top);
    return this.top;
  }

  private owned<Node extends TreeNode>(node: Node): Node {
    if (node.owner === this.owner) return node;
    return { ...node, owner: this.owner, children: node.children === null ? null : new Map(node.children) };
  }
}

function lastName(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1) as ByteString;
}
