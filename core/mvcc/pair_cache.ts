import { pairCacheBytesMax } from '../limits.ts';
import type { KeyIndex } from './key_index.ts';
import type { KeyValue } from './key_value.ts';
import type { Revision } from './revision.ts';

/** What a pair takes besides its key and value, roughly. */
const pairOverheadBytes = 100;

function bytesOf(kv: KeyValue): number {
  return pairOverheadBytes + kv.key.length + kv.value.length;
}

/**
 * Keeps decoded pairs, one per key, the newest that was read or written; the pair hangs on the key's index, so that a range
 * finds it without a search. Above the bound the pairs go in the order in which their keys came: first in, first out.
 */
export class PairCache {
  private readonly bytesMax: number;
  private bytes = 0;
  /** Keys with a cached pair, oldest first from `head` on. */
  private queue: KeyIndex[] = [];
  private head = 0;

  constructor(bytesMax: number = pairCacheBytesMax) {
    this.bytesMax = bytesMax;
  }

  /** The pair that the key's change at this revision stored, which the index still has. */
  get(index: KeyIndex, revision: Revision): KeyValue | undefined {
    const { cached } = index;
    // Of several changes in one transaction only the last can be asked for.
    return cached !== null && cached.mod_revision === revision.main ? cached : undefined;
  }

  set(index: KeyIndex, kv: KeyValue): void {
    const { cached } = index;
    if (cached === null) this.queue.push(index);
    else if (cached.mod_revision > kv.mod_revision) return;
    else this.bytes -= bytesOf(cached);
    index.cached = kv;
    this.bytes += bytesOf(kv);
    while (this.bytes > this.bytesMax) this.dropOldest();
  }

  private dropOldest(): void {
    const oldest = this.queue[this.head++] as KeyIndex;
    if (oldest.cached !== null) this.bytes -= bytesOf(oldest.cached);
    oldest.cached = null;
    if (2 * this.head < this.queue.length) return;
    this.queue = this.queue.slice(this.head);
    this.head = 0;
  }
}
