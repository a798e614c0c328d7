import type { Trace } from './trace.ts';

/**
 * Index of the first event in which two traces differ, found by binary search over their prefix digests; the shorter one's
 * length if it is a prefix of the other.
 */
export function firstDifference(a: Trace, b: Trace): number {
  let same = 0;
  let end = Math.min(a.length, b.length);
  if (a.digestBefore(end) === b.digestBefore(end)) return end;
  // Invariant: the prefixes of length `same` are equal, those of length `end` are not.
  while (end - same > 1) {
    const middle = (same + end) >> 1;
    if (a.digestBefore(middle) === b.digestBefore(middle)) same = middle;
    else end = middle;
  }
  return same;
}
