/**
 * Delta debugging by removal (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input"): chunks of half the list
 * first, then smaller ones, down to single items, until no single item can go. `keep(rest)` tries it with `rest` only, and returns
 * what of it is left then, or null if that does not do. From the end to the beginning, for what comes late depends on what comes early.
 */
export function removeChunks<Item>(
  items: readonly Item[],
  keep: (rest: readonly Item[]) => readonly Item[] | null,
): readonly Item[] {
  let left = items;
  if (left.length > 0 && keep([]) !== null) return [];
  let size = left.length;
  while (size >= 1) {
    let removed = false;
    for (let end = left.length; end > 0; end = Math.min(end - size, left.length)) {
      const start = Math.max(0, end - size);
      if (start === 0 && end === left.length) continue;
      const kept = keep([...left.slice(0, start), ...left.slice(end)]);
      if (kept === null) continue;
      left = kept;
      removed = true;
    }
    if (size === 1 && !removed) break;
    if (size > 1) size = Math.ceil(size / 2);
  }
  return left;
}

/** Tries to remove two items at once, which alone can't go: a crash with its restart, a cut with its heal. */
export function removePairs<Item>(
  items: readonly Item[],
  keep: (rest: readonly Item[]) => readonly Item[] | null,
): readonly Item[] {
  let left = items;
  for (let first = left.length - 2; first >= 0; first--) {
    for (let second = left.length - 1; second > first; second--) {
      const kept = keep(left.filter((_, i) => i !== first && i !== second));
      if (kept === null) continue;
      left = kept;
      break;
    }
  }
  return left;
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
