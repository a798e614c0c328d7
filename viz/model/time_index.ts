/** Events of one sort in time order: counted and found per stretch of time by binary search, exactly, at any zoom. */
export interface TimeIndex {
  readonly timesNs: Float64Array;
  /** What each entry refers to: a trace event or a message row, in the same order. */
  readonly refs: Int32Array;
}

/** Position of the first entry at or after `atNs`. */
export function lowerBound(timesNs: ArrayLike<number>, atNs: number, from = 0): number {
  let low = from;
  let high = timesNs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesNs[middle] as number) < atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Like `lowerBound` for an answer that is likely near `from`, as when walking along a time axis. */
export function gallop(timesNs: ArrayLike<number>, atNs: number, from: number): number {
  let step = 1;
  let low = from;
  let high = from;
  while (high < timesNs.length && (timesNs[high] as number) < atNs) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = Math.min(high, timesNs.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesNs[middle] as number) < atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function countBetween(index: TimeIndex, startNs: number, endNs: number): number {
  return lowerBound(index.timesNs, endNs) - lowerBound(index.timesNs, startNs);
}

/**
 * Adds to `counts[column]` how many entries fall into each of `counts.length` equal columns of [startNs, endNs). Cost is by
 * columns, not by entries.
 */
export function addCounts(index: TimeIndex, startNs: number, endNs: number, counts: Uint32Array): void {
  const { timesNs } = index;
  const columns = counts.length;
  const widthNs = (endNs - startNs) / columns;
  let at = lowerBound(timesNs, startNs);
  for (let column = 0; column < columns && at < timesNs.length; column++) {
    const next = gallop(timesNs, startNs + (column + 1) * widthNs, at);
    counts[column] = (counts[column] as number) + (next - at);
    at = next;
  }
}

/**
 * Calls `visit(column, position)` once for each of `columns` equal columns of [startNs, endNs] that holds an entry, with the
 * first entry in it. No entry's column is ever left out, so a rare event can't vanish by zooming out.
 */
export function visitColumns(
  index: TimeIndex,
  startNs: number,
  endNs: number,
  columns: number,
  visit: (column: number, position: number, count: number) => void,
): void {
  const { timesNs } = index;
  const widthNs = (endNs - startNs) / columns;
  let at = lowerBound(timesNs, startNs);
  while (at < timesNs.length) {
    const timeNs = timesNs[at] as number;
    if (timeNs > endNs) return;
    const column = Math.min(columns - 1, Math.floor((timeNs - startNs) / widthNs));
    // Rounding may put the column's end at the entry itself; the entry belongs to this column in any case.
    const next = Math.max(at + 1, gallop(timesNs, startNs + (column + 1) * widthNs, at));
    visit(column, at, next - at);
    at = next;
  }
}

/** Collects entries that arrive in time order. */
export class TimeIndexBuilder {
  private readonly timesNs: number[] = [];
  private readonly refs: number[] = [];

  add(atNs: number, ref: number): void {
    this.timesNs.push(atNs);
    this.refs.push(ref);
  }

  finish(): TimeIndex {
    return { timesNs: Float64Array.from(this.timesNs), refs: Int32Array.from(this.refs) };
  }
}
