import { assert } from '../../core/base/assert.ts';
import { compareStrings } from '../../core/base/bytes.ts';
import type { Random } from '../../core/ports.ts';
import type { VirtualFile } from './virtual_file.ts';

export type Node = VirtualFile | VirtualDirectory;

/** Names twice, as files have bytes twice: `live` is what lookups see, `durable` what a crash leaves. */
export class VirtualDirectory {
  readonly kind = 'directory';
  live = new Map<string, Node>();
  durable = new Map<string, Node>();
}

/** A change of names that no crash may split: a journal keeps all of a rename or nothing. */
export interface NameChange {
  readonly removeFrom: VirtualDirectory | null;
  readonly removeName: string;
  readonly addTo: VirtualDirectory | null;
  readonly addName: string;
  readonly node: Node;
}

/** The tree of directories and the name changes that no directory sync has covered yet, oldest first. */
export class Namespace {
  root = new VirtualDirectory();
  private pending: NameChange[] = [];
  // Paths of files found before; emptied when a name goes away.
  private readonly found = new Map<string, VirtualFile>();

  file(path: string): VirtualFile | null {
    const known = this.found.get(path);
    if (known !== undefined) return known;
    const node = this.lookup(path);
    if (node?.kind !== 'file') return null;
    this.found.set(path, node);
    return node;
  }

  directory(path: string): VirtualDirectory | null {
    const node = this.lookup(path);
    return node?.kind === 'directory' ? node : null;
  }

  private lookup(path: string): Node | null {
    if (path === '' || path === '.') return this.root;
    let node: Node | undefined = this.root;
    for (const part of path.split('/')) {
      if (node?.kind !== 'directory') return null;
      node = node.live.get(part);
    }
    return node ?? null;
  }

  private parent(path: string): VirtualDirectory {
    const slash = path.lastIndexOf('/');
    const directory = this.directory(slash < 0 ? '' : path.slice(0, slash));
    assert(directory !== null, `no directory for ${path}`);
    return directory;
  }

  add<Made extends Node>(path: string, node: Made): Made {
    const directory = this.parent(path);
    directory.live.set(lastPart(path), node);
    this.pending.push({
      removeFrom: null,
      removeName: '',
      addTo: directory,
      addName: lastPart(path),
      node,
    });
    return node;
  }

  rename(from: string, to: string): void {
    const source = this.parent(from);
    const target = this.parent(to);
    const node = source.live.get(lastPart(from));
    assert(node !== undefined, `rename of ${from}, which does not exist`);
    source.live.delete(lastPart(from));
    target.live.set(lastPart(to), node);
    this.pending.push({
      removeFrom: source,
      removeName: lastPart(from),
      addTo: target,
      addName: lastPart(to),
      node,
    });
    this.found.clear();
  }

  /** Returns what was removed, null if there was nothing. */
  remove(path: string): Node | null {
    const directory = this.parent(path);
    const node = directory.live.get(lastPart(path));
    if (node === undefined) return null;
    assert(node.kind === 'file' || node.live.size === 0, `remove of ${path}, a directory that is not empty`);
    directory.live.delete(lastPart(path));
    this.pending.push({
      removeFrom: directory,
      removeName: lastPart(path),
      addTo: null,
      addName: '',
      node,
    });
    this.found.clear();
    return node;
  }

  names(path: string): string[] {
    const directory = this.directory(path);
    return directory === null ? [] : [...directory.live.keys()].sort(compareStrings);
  }

  /** Hands the changes that touch a directory over to its sync. */
  takePending(directory: VirtualDirectory): NameChange[] {
    const touches = (change: NameChange) => change.removeFrom === directory || change.addTo === directory;
    const taken = this.pending.filter(touches);
    this.pending = this.pending.filter((change) => !touches(change));
    return taken;
  }

  /** A sync that covered these changes did not happen: they are un-synced again. */
  returnPending(changes: readonly NameChange[]): void {
    this.pending = [...changes, ...this.pending];
  }

  harden(changes: readonly NameChange[]): void {
    for (const { removeFrom, removeName, addTo, addName, node } of changes) {
      if (removeFrom?.durable.get(removeName) === node) removeFrom.durable.delete(removeName);
      addTo?.durable.set(addName, node);
    }
  }

  hasUnsynced(): boolean {
    return this.pending.length > 0;
  }

  /** Every file that a name leads to, before or after a crash, in path order; each once. */
  files(): VirtualFile[] {
    const seen = new Set<Node>();
    const files: VirtualFile[] = [];
    const visit = (directory: VirtualDirectory): void => {
      for (const names of [directory.live, directory.durable]) {
        for (const name of [...names.keys()].sort(compareStrings)) {
          const node = names.get(name) as Node;
          if (seen.has(node)) continue;
          seen.add(node);
          if (node.kind === 'file') files.push(node);
          else visit(node);
        }
      }
    };
    visit(this.root);
    for (const { node } of this.pending) {
      if (node.kind === 'file' && !seen.has(node)) files.push(node);
      seen.add(node);
    }
    return files;
  }

  /** The path that leads to a file now, else the one that a crash would bring back; '' if there is none. */
  pathOf(file: VirtualFile): string {
    const find = (directory: VirtualDirectory, names: 'live' | 'durable', above: string): string => {
      for (const [name, node] of directory[names]) {
        if (node === file) return above + name;
        const below = node.kind === 'directory' ? find(node, names, `${above}${name}/`) : '';
        if (below !== '') return below;
      }
      return '';
    };
    const live = find(this.root, 'live', '');
    return live === '' ? find(this.root, 'durable', '') : live;
  }

  /** Keeps each un-synced change for which `keep` says so; then names are what is durable. */
  crash(keep: (random: Random) => boolean, random: Random): { kept: number; dropped: number } {
    const kept = this.pending.filter(() => keep(random));
    const dropped = this.pending.length - kept.length;
    this.harden(kept);
    this.pending = [];
    this.found.clear();
    const reload = (directory: VirtualDirectory): void => {
      directory.live = new Map(directory.durable);
      for (const node of directory.live.values()) if (node.kind === 'directory') reload(node);
    };
    reload(this.root);
    return { kept: kept.length, dropped };
  }

  /** A copy of the tree, made with one `nodeCopier`. */
  clone(copyNode: CopyNode): Namespace {
    const made = new Namespace();
    made.root = copyNode(this.root) as VirtualDirectory;
    made.pending = this.pending.map((change) => copyChange(change, copyNode));
    return made;
  }
}

type CopyNode = (node: Node) => Node;

/** Copies nodes with all below them, each node once however many names lead to it. */
export function nodeCopier(): CopyNode {
  const copies = new Map<Node, Node>();
  const copyNode = (node: Node): Node => {
    const known = copies.get(node);
    if (known !== undefined) return known;
    const copy = node.kind === 'file' ? node.clone() : new VirtualDirectory();
    copies.set(node, copy);
    if (node.kind === 'directory' && copy.kind === 'directory') {
      for (const [name, child] of node.live) copy.live.set(name, copyNode(child));
      for (const [name, child] of node.durable) copy.durable.set(name, copyNode(child));
    }
    return copy;
  };
  return copyNode;
}

export function copyChange(change: NameChange, copyNode: CopyNode): NameChange {
  const { removeFrom, addTo } = change;
  return {
    ...change,
    removeFrom: removeFrom === null ? null : (copyNode(removeFrom) as VirtualDirectory),
    addTo: addTo === null ? null : (copyNode(addTo) as VirtualDirectory),
    node: copyNode(change.node),
  };
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
