import type { ByteString } from '../base/bytes.ts';
import { bareNode, type NodeView, type V2Action, type V2Event } from './event.ts';
import { type WatchOptions, WatcherHub } from './hub.ts';
import { Keyspace, type NewNode } from './keyspace.ts';
import { isDirectory, listNode, nodesUpTo, type TreeNode, viewNode } from './node.ts';
import { recoverStore } from './recovery.ts';
import { saveStore } from './save.ts';
import { type StatName, V2Stats } from './stats.ts';
import { isDeadEnd } from './tree.ts';
import { cleanPath, rootPath } from './tree_path.ts';
import { V2Code, V2Error } from './v2_error.ts';
import type { V2Watcher } from './watcher.ts';

/** Where etcd keeps the members and where the clients' keys are. */
export const clusterNamespace = '/0' as ByteString;
export const keysNamespace = '/1' as ByteString;

export interface Expiry {
  /** Nanoseconds since 1970; null: never. */
  readonly expireNs: bigint | null;
  /** Keeps the value and tells no watcher. */
  readonly refresh: boolean;
}

export interface Comparison {
  /** Empty: any value will do. */
  readonly prevValue: ByteString;
  /** 0: any index will do. */
  readonly prevIndex: bigint;
}

/**
 * The store of etcd's v2 API. Operations throw V2Error and leave the tree as it was; `nowNs` (nanoseconds since 1970) only
 * serves for what views say of the seconds left. Nothing expires but by `deleteExpiredKeys`.
 */
export class V2Store {
  private readonly keys: Keyspace;
  private readonly hub = new WatcherHub();
  private readonly readOnly: ReadonlySet<ByteString>;
  private readonly namespaces: readonly ByteString[];
  private stats = new V2Stats();
  private formatVersion = 2;

  /** The root and the namespaces, its children, can't be written. */
  constructor(namespaces: readonly ByteString[] = [clusterNamespace, keysNamespace]) {
    this.namespaces = namespaces;
    this.readOnly = new Set([rootPath, ...namespaces]);
    this.keys = new Keyspace(namespaces);
  }

  /** Counts the changes; the next one gets the next number. */
  get currentIndex(): number {
    return this.keys.currentIndex;
  }

  get version(): number {
    return this.formatVersion;
  }

  get watcherCount(): number {
    return this.hub.count;
  }

  /** Whether a SYNC could have anything to do. */
  hasExpiringKeys(): boolean {
    return this.keys.hasExpiring;
  }

  /** `/v2/stats/store`. UTF-8 JSON. */
  statsJson(): ByteString {
    return this.stats.json(this.hub.count);
  }

  /** A directory comes with its children (all below if `recursive`), sorted. */
  get(path: ByteString, recursive: boolean, nowNs: bigint): V2Event {
    const node = this.find(cleanPath(path), 'getsFail');
    this.stats.add('getsSuccess');
    const shown = { ...listNode(node, recursive, nowNs), key: cleanPath(path) };
    return this.event('get', shown, null);
  }

  /**
   * Makes a file or directory, and the directories above it. `unique`: `path` is a directory, in which the new node is named after
   * its index, so that names sort as they were made.
   */
  create(
    path: ByteString,
    options: {
      readonly dir: boolean;
      readonly value: ByteString;
      readonly unique: boolean;
      readonly expireNs: bigint | null;
    },
    nowNs: bigint,
  ): V2Event {
    const { dir, value, unique, expireNs } = options;
    const name = `${path}/${`${this.currentIndex + 1}`.padStart(20, '0')}` as ByteString;
    const wanted: NewNode = { path: cleanPath(unique ? name : path), dir, value, expireNs, replace: false };
    const made = this.make(wanted, 'createFail');
    this.stats.add('createSuccess');
    return this.publish(this.event('create', viewNode(made, nowNs), null));
  }

  /** Makes a file or directory, in place of a file that may stand there. */
  set(
    path: ByteString,
    options: Expiry & { readonly dir: boolean; readonly value: ByteString },
    nowNs: bigint,
  ): V2Event {
    const clean = cleanPath(path);
    const { dir, expireNs, refresh } = options;
    const before = this.keys.find(clean);
    const missing = isDeadEnd(before) && before.kind === 'missing';
    const node = missing && !refresh ? null : this.find(clean, 'setsFail');
    const value = refresh && node !== null ? node.value : options.value;
    const prevNode = node === null ? null : viewNode(node, nowNs);
    const made = this.make({ path: clean, dir, value, expireNs, replace: true }, 'setsFail');
    this.stats.add('setsSuccess');
    return this.publish(this.event('set', viewNode(made, nowNs), prevNode, refresh));
  }

  /** Gives a file another value and expiry; of a directory only the expiry, for which `value` must be empty. */
  update(path: ByteString, options: Expiry & { readonly value: ByteString }, nowNs: bigint): V2Event {
    const clean = cleanPath(path);
    // etcd 3.4 counts what it refuses here, and below for directories, as done; the counters are in its snapshots.
    this.refuseReadOnly(clean, 'updateSuccess');
    const node = this.find(clean, 'updateFail');
    if (isDirectory(node) && options.value !== '') throw this.refused('updateSuccess', V2Code.notFile, clean);
    this.stats.add('updateSuccess');
    return this.change('update', node, options, nowNs);
  }

  /** An update of a file that must be as compared. */
  compareAndSwap(
    path: ByteString,
    comparison: Comparison,
    options: Expiry & { readonly value: ByteString },
    nowNs: bigint,
  ): V2Event {
    const clean = cleanPath(path);
    this.refuseReadOnly(clean, 'compareAndSwapSuccess');
    const node = this.find(clean, 'compareAndSwapFail');
    if (isDirectory(node)) throw this.refused('compareAndSwapFail', V2Code.notFile, clean);
    this.compare(node, comparison, 'compareAndSwapFail');
    this.stats.add('compareAndSwapSuccess');
    return this.change('compareAndSwap', node, options, nowNs);
  }

  /** Removes a file, or a directory if `dir` is set, which must be empty, or `recursive`. */
  delete(
    path: ByteString,
    options: { readonly dir: boolean; readonly recursive: boolean },
    nowNs: bigint,
  ): V2Event {
    const clean = cleanPath(path);
    this.refuseReadOnly(clean, 'deleteSuccess');
    const node = this.find(clean, 'deleteFail');
    if (isDirectory(node)) {
      if (!options.dir && !options.recursive) throw this.refused('deleteFail', V2Code.notFile, clean);
      if (node.children.size > 0 && !options.recursive) {
        throw this.refused('deleteFail', V2Code.dirNotEmpty, clean);
      }
    }
    this.stats.add('deleteSuccess');
    return this.remove('delete', node, nowNs);
  }

  /** Removes a file that must be as compared. */
  compareAndDelete(path: ByteString, comparison: Comparison, nowNs: bigint): V2Event {
    const clean = cleanPath(path);
    const node = this.find(clean, 'compareAndDeleteFail');
    if (isDirectory(node)) throw this.refused('compareAndDeleteSuccess', V2Code.notFile, clean);
    this.compare(node, comparison, 'compareAndDeleteSuccess');
    this.stats.add('compareAndDeleteSuccess');
    return this.remove('compareAndDelete', node, nowNs);
  }

  /** Removes what expires at `cutoffNs` or before, the earliest first, each with an event and an index of its own. Returns how many. */
  deleteExpiredKeys(cutoffNs: bigint, nowNs: bigint): number {
    let count = 0;
    for (let node = this.keys.expired(cutoffNs); node !== null; node = this.keys.expired(cutoffNs)) {
      this.stats.add('expireCount');
      this.remove('expire', node, nowNs);
      count++;
    }
    return count;
  }

  /**
   * Waits for events at this path, or, if `recursive`, below it, too. `sinceIndex` 0: from the next change on. Throws V2Error 401 if
   * the history does not reach back so far.
   */
  watch(path: ByteString, options: WatchOptions): V2Watcher {
    const sinceIndex = options.sinceIndex === 0 ? this.currentIndex + 1 : options.sinceIndex;
    return this.hub.watch(cleanPath(path), { ...options, sinceIndex }, this.currentIndex);
  }

  /** What etcd puts into a snapshot's data: the whole store as JSON. Watchers are no part of it. */
  save(): Uint8Array {
    return saveStore({
      root: this.keys.root,
      history: this.hub.history.state(),
      currentIndex: this.currentIndex,
      stats: this.stats,
      version: this.formatVersion,
    });
  }

  /** Takes on what `save` wrote; watchers stay. Throws V2SnapshotError, and the store is as before. */
  recovery(bytes: Uint8Array): void {
    const saved = recoverStore(bytes, this.namespaces);
    this.keys.reset(saved.root, saved.currentIndex);
    this.hub.history.restore(saved.history);
    this.stats = saved.stats;
    this.formatVersion = saved.version;
  }

  /** A store with the same contents and no watchers. Nodes are shared until one side changes them. */
  clone(): V2Store {
    const copy = new V2Store(this.namespaces);
    copy.keys.copyFrom(this.keys);
    copy.hub.history.restore(this.hub.history.state());
    copy.stats = this.stats.clone();
    copy.formatVersion = this.formatVersion;
    return copy;
  }

  private refused(counter: StatName, code: V2Code, reason: ByteString): V2Error {
    this.stats.add(counter);
    return new V2Error(code, reason, this.currentIndex);
  }

  private refuseReadOnly(path: ByteString, counter: StatName): void {
    if (this.readOnly.has(path)) throw this.refused(counter, V2Code.rootReadOnly, rootPath);
  }

  private find(path: ByteString, counter: StatName): TreeNode {
    const found = this.keys.find(path);
    if (!isDeadEnd(found)) return found;
    throw this.refused(counter, found.kind === 'missing' ? V2Code.keyNotFound : V2Code.notDir, found.at);
  }

  private compare(node: TreeNode, { prevValue, prevIndex }: Comparison, counter: StatName): void {
    const failures: string[] = [];
    if (prevValue !== '' && prevValue !== node.value) failures.push(`[${prevValue} != ${node.value}]`);
    if (prevIndex !== 0n && prevIndex !== BigInt(node.modifiedIndex)) {
      failures.push(`[${prevIndex} != ${node.modifiedIndex}]`);
    }
    if (failures.length > 0) throw this.refused(counter, V2Code.testFailed, failures.join(' ') as ByteString);
  }

  private make(wanted: NewNode, counter: StatName): TreeNode {
    this.refuseReadOnly(wanted.path, counter);
    const made = this.keys.make(wanted);
    if (!('kind' in made)) return made;
    if (made.kind === 'taken') throw this.refused(counter, V2Code.nodeExist, wanted.path);
    if (made.kind === 'isDirectory') throw this.refused(counter, V2Code.notFile, wanted.path);
    // A create: what is to be set was looked up before. etcd counts it with the sets, too.
    this.stats.add('setsFail');
    throw this.refused(counter, V2Code.notDir, made.at);
  }

  private change(
    action: V2Action,
    node: TreeNode,
    { value, expireNs, refresh }: Expiry & { readonly value: ByteString },
    nowNs: bigint,
  ): V2Event {
    const prevNode = viewNode(node, nowNs);
    const changed = this.keys.change(node.path, refresh ? node.value : value, expireNs);
    // The event has the new index even where a directory keeps its own.
    const view = { ...viewNode(changed, nowNs), modifiedIndex: this.currentIndex };
    return this.publish(this.event(action, view, prevNode, refresh));
  }

  /**
   * Those who watch a node that goes with its directory get the directory's event. Who watches the removed node itself gets it as one
   * of these and once more as a change of that path if the watch is a stream, as with etcd.
   */
  private remove(action: V2Action, node: TreeNode, nowNs: bigint): V2Event {
    this.keys.remove(node);
    const bare = bareNode(node.path, this.currentIndex, node.createdIndex);
    const event = this.event(action, { ...bare, dir: isDirectory(node) }, viewNode(node, nowNs));
    for (const gone of nodesUpTo(node)) this.hub.notifyAt(event, gone.path, true);
    return this.publish(event);
  }

  private event(action: V2Action, node: NodeView, prevNode: NodeView | null, refresh = false): V2Event {
    return { action, node, prevNode, etcdIndex: this.currentIndex, refresh };
  }

  private publish(event: V2Event): V2Event {
    if (event.refresh) this.hub.history.add(event);
    else this.hub.notify(event);
    return event;
  }
}
