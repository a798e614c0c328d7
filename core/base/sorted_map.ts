import * as sortedBTree from 'sorted-btree';
import type BTreeType from 'sorted-btree';
import { compareStrings } from './bytes.ts';

// The package is CommonJS: Node puts its class one `default` deeper than bundlers do.
type Constructor = new <K, V>(entries: undefined, compare: (a: K, b: K) => number) => BTreeType.default<K, V>;
const namespace = sortedBTree as unknown as { default: Constructor | { default: Constructor } };
const BTree = typeof namespace.default === 'function' ? namespace.default : namespace.default.default;

/** A map whose iteration order is its keys' byte order, whatever the order of insertion: safe for state and digests. */
export class SortedMap<Key extends string, Value> {
  private readonly tree = new BTree<Key, Value>(undefined, compareStrings);

  get size(): number {
    return this.tree.size;
  }

  get(key: Key): Value | undefined {
    return this.tree.get(key);
  }

  set(key: Key, value: Value): void {
    this.tree.set(key, value);
  }

  delete(key: Key): boolean {
    return this.tree.delete(key);
  }

  /**
   * Visits keys in [low, high), ascending; `high` undefined means no end. The visitor returns false to stop, and must not
   * change the map.
   */
  visit(low: Key, high: Key | undefined, visitor: (value: Value, key: Key) => boolean): void {
    const end = high ?? this.tree.maxKey();
    if (end === undefined) return;
    this.tree.forRange(low, end, high === undefined, (key, value) =>
      visitor(value as Value, key) ? undefined : stop,
    );
  }
}

const stop = { break: 0 };
