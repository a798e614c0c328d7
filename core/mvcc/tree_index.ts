import type { ByteString } from '../base/bytes.ts';
import { SortedMap } from '../base/sorted_map.ts';
import type { KeyIndex } from './key_index.ts';
import { findRevision, newKeyIndex } from './key_index.ts';
import type { KeyRange } from './key_range.ts';
import type { Revision } from './revision.ts';

/** All keys with a stored revision, deleted ones included, in byte order. */
export class TreeIndex {
  private readonly keys = new SortedMap<ByteString, KeyIndex>();

  /** The key's history, or undefined if it has none. */
  find(key: ByteString): KeyIndex | undefined {
    return this.keys.get(key);
  }

  /** Adds a key that has no history yet. */
  insert(key: ByteString, created: Revision): KeyIndex {
    const index = newKeyIndex(created);
    this.keys.set(key, index);
    return index;
  }

  /**
   * Visits the keys of the range that existed at the revision, ascending, with where their pair is stored. The visitor
   * returns false to stop; it must not change the index.
   */
  visit(
    range: KeyRange,
    atRevision: number,
    visitor: (key: ByteString, revision: Revision) => boolean,
  ): void {
    if (range.kind === 'point') {
      const index = this.keys.get(range.key);
      const revision = index === undefined ? undefined : findRevision(index, atRevision);
      if (revision !== undefined) visitor(range.key, revision);
      return;
    }
    this.keys.visit(range.low, range.high ?? undefined, (index, key) => {
      const revision = findRevision(index, atRevision);
      return revision === undefined || visitor(key, revision);
    });
  }
}
