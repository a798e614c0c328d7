import { compareStrings, type ByteString } from '../base/bytes.ts';
import type { KeyRange } from '../mvcc/key_range.ts';

/** Keys in [low, high); `high` null means no end. */
export interface Interval {
  readonly low: ByteString;
  readonly high: ByteString | null;
}

/** A single key is the interval up to its successor in byte order: the key with a zero byte behind it. */
export function intervalOf(range: KeyRange): Interval {
  if (range.kind === 'span') return range;
  return { low: range.key, high: `${range.key}\0` as ByteString };
}

/** Holds no key. */
export function isEmptyInterval({ low, high }: Interval): boolean {
  return high !== null && high <= low;
}

/** `a` ends before `b` does. Null, no end, is behind every key. */
function endsBefore(a: ByteString | null, b: ByteString | null): boolean {
  return a !== null && (b === null || a < b);
}

/**
 * The keys of several intervals together, kept as ascending intervals with gaps between them. What touches is one interval, so
 * that a range is covered exactly if one of them holds it whole.
 */
export class IntervalUnion {
  private readonly parts: readonly Interval[];

  /** Intervals without keys count for nothing. */
  constructor(intervals: readonly Interval[]) {
    const ascending = intervals.toSorted((a, b) => compareStrings(a.low, b.low));
    const parts: Interval[] = [];
    for (const next of ascending) {
      const last = parts.at(-1);
      if (last === undefined || endsBefore(last.high, next.low)) parts.push(next);
      else if (endsBefore(last.high, next.high)) parts[parts.length - 1] = { low: last.low, high: next.high };
    }
    this.parts = parts;
  }

  /**
   * Whether every key of the interval is in the union. One without keys (its end lies at or before its start) is where it starts;
   * etcd's answer about such a range depends on the shape of its tree.
   */
  contains({ low, high }: Interval): boolean {
    const part = this.partFrom(low);
    return part !== undefined && endsBefore(low, part.high) && !endsBefore(part.high, high);
  }

  /** The last part that starts at or before the key. */
  private partFrom(key: ByteString): Interval | undefined {
    let from = 0;
    let to = this.parts.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.parts[middle] as Interval).low <= key) from = middle + 1;
      else to = middle;
    }
    return this.parts[from - 1];
  }
}
