const initialWords = 1 << 12;
const initialBuckets = 1 << 10;

/**
 * The configurations a search has been in: (set of linearized operations, state). A set is stored as the length of its full
 * prefix and the words behind it, so its size follows the number of concurrent operations and not the history's length.
 */
export class SearchMemo {
  private arena = new Int32Array(initialWords);
  private used = 1;
  private buckets = new Int32Array(initialBuckets);
  private entries = 0;

  /** Adds (state, set[from, to) with `from` full words before it); false if it was there. */
  add(state: number, set: Int32Array, from: number, to: number): boolean {
    let hash = Math.imul(state ^ Math.imul(from, 0x9e3779b1), 0x85ebca6b);
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (hash >>> 15) ^ (set[i] as number), 0xc2b2ae35);
    hash ^= hash >>> 16;
    const bucket = hash & (this.buckets.length - 1);
    for (let at = this.buckets[bucket] as number; at !== 0; at = this.arena[at] as number) {
      if (this.same(at, hash, state, set, from, to)) return false;
    }
    this.append(bucket, hash, state, set, from, to);
    return true;
  }

  private same(at: number, hash: number, state: number, set: Int32Array, from: number, to: number): boolean {
    const { arena } = this;
    if (arena[at + 1] !== hash || arena[at + 2] !== state) return false;
    if (arena[at + 3] !== from || arena[at + 4] !== to) return false;
    for (let i = from; i < to; i++) if (arena[at + 5 + i - from] !== set[i]) return false;
    return true;
  }

  private append(
    bucket: number,
    hash: number,
    state: number,
    set: Int32Array,
    from: number,
    to: number,
  ): void {
    const size = 5 + to - from;
    if (this.used + size > this.arena.length) {
      const grown = new Int32Array(Math.max(this.arena.length * 2, this.used + size));
      grown.set(this.arena);
      this.arena = grown;
    }
    const { arena, used } = this;
    arena[used] = this.buckets[bucket] as number;
    arena[used + 1] = hash;
    arena[used + 2] = state;
    arena[used + 3] = from;
    arena[used + 4] = to;
    for (let i = from; i < to; i++) arena[used + 5 + i - from] = set[i] as number;
    this.buckets[bucket] = used;
    this.used += size;
    if (++this.entries > this.buckets.length) this.rehash();
  }

  private rehash(): void {
    const { arena } = this;
    const buckets = new Int32Array(this.buckets.length * 4);
    for (let at = 1; at < this.used;) {
      const bucket = (arena[at + 1] as number) & (buckets.length - 1);
      arena[at] = buckets[bucket] as number;
      buckets[bucket] = at;
      at += 5 + (arena[at + 4] as number) - (arena[at + 3] as number);
    }
    this.buckets = buckets;
  }
}
