import type { ByteString } from '../base/bytes.ts';
import type { V2Event } from './event.ts';
import { EventHistory } from './history.ts';
import { isHiddenBelow, pathsDownTo } from './tree_path.ts';
import { V2Error } from './v2_error.ts';
import { V2Watcher } from './watcher.ts';

export interface WatchOptions {
  readonly recursive: boolean;
  readonly stream: boolean;
  /** The first index of interest. */
  readonly sinceIndex: number;
}

/** Who watches what, and the latest events. */
export class WatcherHub {
  readonly history = new EventHistory();
  /** By path, the oldest watcher first. */
  private readonly watchers = new Map<ByteString, V2Watcher[]>();
  private watching = 0;

  /** Watchers that wait. */
  get count(): number {
    return this.watching;
  }

  /**
   * If the history holds a matching event, the watcher gets that one and no other, even as a stream (etcd); clients then watch from
   * the index behind it. Throws V2Error 401.
   */
  watch(key: ByteString, options: WatchOptions, storeIndex: number): V2Watcher {
    const past = this.scan(key, options, storeIndex);
    const watcher = new V2Watcher({ ...options, startIndex: storeIndex }, (removed) => {
      if (past === null) this.forget(key, removed);
    });
    if (past !== null) {
      watcher.push({ ...past, etcdIndex: storeIndex });
      return watcher;
    }
    const list = this.watchers.get(key);
    if (list === undefined) this.watchers.set(key, [watcher]);
    else list.push(watcher);
    this.watching++;
    return watcher;
  }

  private scan(key: ByteString, options: WatchOptions, storeIndex: number): V2Event | null {
    try {
      return this.history.scan(key, options.recursive, options.sinceIndex);
    } catch (error) {
      if (error instanceof V2Error) throw new V2Error(error.code, error.reason, storeIndex);
      throw error;
    }
  }

  /** Puts the event into the history and tells the watchers of its path and of all directories above. */
  notify(event: V2Event): void {
    this.history.add(event);
    for (const path of pathsDownTo(event.node.key)) this.notifyAt(event, path, false);
  }

  /** Tells the watchers of this one path; `deleted`: the node there went with the event's. */
  notifyAt(event: V2Event, path: ByteString, deleted: boolean): void {
    const list = this.watchers.get(path);
    if (list === undefined) return;
    const ownPath = event.node.key === path;
    if (!ownPath && isHiddenBelow(path, event.node.key)) return;
    // A watcher that goes leaves this list as it is: `forget` makes a new one.
    for (const watcher of list) watcher.offer(event, ownPath, deleted);
  }

  private forget(key: ByteString, watcher: V2Watcher): void {
    const list = this.watchers.get(key) ?? [];
    const rest = list.filter((other) => other !== watcher);
    if (rest.length === 0) this.watchers.delete(key);
    else this.watchers.set(key, rest);
    this.watching -= list.length - rest.length;
  }
}
