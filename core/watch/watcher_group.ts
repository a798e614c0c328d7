import type { ByteString } from '../base/bytes.ts';
import { RangeTree } from './range_tree.ts';
import type { Watcher } from './watcher.ts';

/** Watchers that can be found by a key they watch. Every order here is that of adding, or of the ranges. */
export class WatcherGroup {
  private readonly all = new Set<Watcher>();
  private readonly byKey = new Map<ByteString, Set<Watcher>>();
  private readonly byRange = new RangeTree<Set<Watcher>>();

  get size(): number {
    return this.all.size;
  }

  /** In the order in which they were added. */
  watchers(): IterableIterator<Watcher> {
    return this.all.values();
  }

  add(watcher: Watcher): void {
    this.all.add(watcher);
    const { range } = watcher;
    const same = range.kind === 'point' ? this.byKey.get(range.key) : this.byRange.get(range.low, range.high);
    if (same !== undefined) same.add(watcher);
    else if (range.kind === 'point') this.byKey.set(range.key, new Set([watcher]));
    else this.byRange.add(range.low, range.high, new Set([watcher]));
  }

  delete(watcher: Watcher): void {
    if (!this.all.delete(watcher)) return;
    const { range } = watcher;
    if (range.kind === 'point') {
      const same = this.byKey.get(range.key);
      same?.delete(watcher);
      if (same?.size === 0) this.byKey.delete(range.key);
      return;
    }
    const same = this.byRange.get(range.low, range.high);
    same?.delete(watcher);
    if (same?.size === 0) this.byRange.delete(range.low, range.high);
  }

  /** Makes the watcher the last in order. */
  moveToEnd(watcher: Watcher): void {
    if (this.all.delete(watcher)) this.all.add(watcher);
  }

  /** Visits all watchers of a key. The visitor must not change the group. */
  visit(key: ByteString, visitor: (watcher: Watcher) => void): void {
    const same = this.byKey.get(key);
    if (same !== undefined) for (const watcher of same) visitor(watcher);
    this.byRange.visit(key, (watchers) => {
      for (const watcher of watchers) visitor(watcher);
    });
  }
}
