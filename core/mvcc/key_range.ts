import type { ByteString } from '../base/bytes.ts';

/** One key, or all keys in [low, high); `high` null means no end. */
export type KeyRange =
  | { readonly kind: 'point'; readonly key: ByteString }
  | { readonly kind: 'span'; readonly low: ByteString; readonly high: ByteString | null };

/** The API's way to say it: no end is a single key, and the end "\0" leaves the range open. */
export function keyRange(key: ByteString, rangeEnd?: ByteString): KeyRange {
  if (rangeEnd === undefined || rangeEnd.length === 0) return { kind: 'point', key };
  return { kind: 'span', low: key, high: rangeEnd === '\0' ? null : rangeEnd };
}

export function rangeCovers(range: KeyRange, key: ByteString): boolean {
  if (range.kind === 'point') return key === range.key;
  return key >= range.low && (range.high === null || key < range.high);
}
