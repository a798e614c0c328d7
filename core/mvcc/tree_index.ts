import { assert } from '../base/assert.ts';
import { compareStrings, type ByteString } from '../base/bytes.ts';
import { SortedMap } from '../base/sorted_map.ts';
import type { KeyIndex } from './key_index.ts';
import { compactKeyIndex, findRevision, isLive, newKeyIndex } from './key_index.ts';
import type { KeyRange } from './key_range.ts';
import type { Revision } from './revision.ts';

const lowest = '' as ByteString;

/** All keys with a stored revision, deleted ones included, in byte order. */
export class TreeIndex {
  private readonly keys = new SortedMap<ByteString, KeyIndex>();
  /** The same by hash, for single keys: comparing strings from the root of a large tree down costs microseconds. */
  private readonly byKey = new Map<ByteString, KeyIndex>();

  /** Number of keys, deleted ones included. */
  get size(): number {
    return this.keys.size;
  }

  /** The key's history, or undefined if it has none. */
  find(key: ByteString): KeyIndex | undefined {
    return this.byKey.get(key);
  }

  /** Adds a key that has no history yet; the caller adds its first change. */
  insert(key: ByteString): KeyIndex {
    const index = newKeyIndex();
    this.keys.set(key, index);
    this.byKey.set(key, index);
    return index;
  }

  /**
   * The same for many keys in any order, which can be found at once but visited only after `sortKeys`: a million keys take a third
   * of the time.
   */
  insertUnsorted(key: ByteString): KeyIndex {
    const index = newKeyIndex();
    this.byKey.set(key, index);
    return index;
  }

  sortKeys(): void {
    assert(this.keys.size === 0, 'keys are sorted once, before others are inserted');
    const entries = [...this.byKey].sort(([a], [b]) => compareStrings(a, b));
    for (const [key, index] of entries) this.keys.set(key, index);
  }

  /**
   * Visits the keys of the range that existed at the revision, ascending, with where their pair is stored. The visitor
   * returns false to stop; it must not change the index.
   */
  visit(
    range: KeyRange,
    atRevision: number,
    visitor: (key: ByteString, revision: Revision, index: KeyIndex) => boolean,
  ): void {
    if (range.kind === 'point') {
      const index = this.byKey.get(range.key);
      const revision = index === undefined ? undefined : findRevision(index, atRevision);
      if (index !== undefined && revision !== undefined) visitor(range.key, revision, index);
      return;
    }
    this.keys.visit(range.low, range.high ?? undefined, (index, key) => {
      const revision = findRevision(index, atRevision);
      return revision === undefined || visitor(key, revision, index);
    });
  }

  /** Visits every key with a stored revision, ascending. The visitor returns false to stop; it must not change the index. */
  visitAll(visitor: (key: ByteString, index: KeyIndex) => boolean): void {
    this.keys.visit(lowest, undefined, (index, key) => visitor(key, index));
  }

  /** Visits the keys that exist now, ascending. */
  visitLive(visitor: (key: ByteString, index: KeyIndex) => void): void {
    this.keys.visit(lowest, undefined, (index, key) => {
      if (isLive(index)) visitor(key, index);
      return true;
    });
  }

  /** Whether any key existed at the revision. */
  hasKeysAt(revision: number): boolean {
    let found = false;
    this.keys.visit(lowest, undefined, (index) => {
      found = findRevision(index, revision) !== undefined;
      return !found;
    });
    return found;
  }

  /** Forgets what a compaction drops (see `keeps`), and keys of which nothing is left. */
  compact(compactRevision: number, tombstonesFrom = compactRevision): void {
    const emptied: ByteString[] = [];
    this.keys.visit(lowest, undefined, (index, key) => {
      if (compactKeyIndex(index, compactRevision, tombstonesFrom)) emptied.push(key);
      return true;
    });
    for (const key of emptied) {
      this.keys.delete(key);
      this.byKey.delete(key);
    }
  }
}
