/** What is left after the first of several ways to leave something out that does: which way it was, and what then was left. */
export interface Kept<Item> {
  readonly position: number;
  readonly left: readonly Item[];
}

/** Tries these, in their order, until one does; null if none does. */
export type KeepFirst<Item> = (rests: Iterable<readonly Item[]>) => Kept<Item> | null;

/**
 * Delta debugging by removal (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input"): chunks of half the list
 * first, then smaller ones, down to single items, until no single item can go. From the end to the beginning, for what comes late depends
 * on what comes early.
 */
export function removeChunks<Item>(items: readonly Item[], keepFirst: KeepFirst<Item>): readonly Item[] {
  let left = items;
  if (left.length > 0 && keepFirst([[]]) !== null) return [];
  let size = left.length;
  while (size >= 1) {
    let removed = false;
    for (let end = left.length; end > 0;) {
      const ends = chunkEnds(left.length, end, size);
      const kept = keepFirst(ends.map((each) => withoutChunk(left, each, size)));
      if (kept === null) break;
      left = kept.left;
      removed = true;
      end = Math.min((ends[kept.position] as number) - size, left.length);
    }
    if (size === 1 && !removed) break;
    if (size > 1) size = Math.ceil(size / 2);
  }
  return left;
}

/** Where the chunks of a size end, from `from` to the beginning; not of one that is everything. */
function chunkEnds(length: number, from: number, size: number): number[] {
  const ends: number[] = [];
  for (let end = from; end > 0; end -= size) if (end - size > 0 || end < length) ends.push(end);
  return ends;
}

function withoutChunk<Item>(items: readonly Item[], end: number, size: number): readonly Item[] {
  return [...items.slice(0, Math.max(0, end - size)), ...items.slice(end)];
}

/** Tries to remove two items at once, which alone can't go: a crash with its restart, a cut with its heal. */
export function removePairs<Item>(items: readonly Item[], keepFirst: KeepFirst<Item>): readonly Item[] {
  let left = items;
  for (let first = left.length - 2; first >= 0; first--) {
    const seconds = Array.from(
      { length: Math.max(0, left.length - 1 - first) },
      (_, i) => left.length - 1 - i,
    );
    const kept = keepFirst(seconds.map((second) => left.filter((_, i) => i !== first && i !== second)));
    if (kept !== null) left = kept.left;
  }
  return left;
}

/** One after the other, only as far as they are asked for. */
export function* mapped<From, To>(
  items: Iterable<From>,
  map: (item: From) => To,
): Generator<To, void, undefined> {
  for (const item of items) yield map(item);
}

/** The smallest number from `low` to `high` that holds, by bisection as if all above it held; `high` is known to hold. */
export function bisect(low: number, high: number, holds: (value: number) => boolean): number {
  let good = high;
  let bad = low - 1;
  while (good - bad > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
