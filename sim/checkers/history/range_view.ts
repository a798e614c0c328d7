import type { RangeRequest, SortTarget } from './etcd_operation.ts';

type Bounds = Pick<
  RangeRequest,
  'minModRevision' | 'maxModRevision' | 'minCreateRevision' | 'maxCreateRevision'
>;

/** Whether a range leaves out pairs by their revisions. */
export function isFiltered(request: Bounds): boolean {
  const { minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0 } = request;
  return minModRevision !== 0 || maxModRevision !== 0 || minCreateRevision !== 0 || maxCreateRevision !== 0;
}

/** Whether a range shows a pair with these revisions. */
export function passes(request: Bounds, mod: number, create: number): boolean {
  return (
    isWithin(mod, request.minModRevision, request.maxModRevision) &&
    isWithin(create, request.minCreateRevision, request.maxCreateRevision)
  );
}

function isWithin(revision: number, min = 0, max = 0): boolean {
  return (min === 0 || revision >= min) && (max === 0 || revision <= max);
}

/** What a range sorts by; null: key order, ascending. */
export function sortingOf({ sortOrder, sortTarget = 'key' }: RangeRequest): {
  readonly target: SortTarget;
  readonly sign: 1 | -1;
} | null {
  if (sortTarget === 'key' && sortOrder !== 'descend') return null;
  return { target: sortTarget, sign: sortOrder === 'descend' ? -1 : 1 };
}

/**
 * How many pairs, in key order, a range looks at before it sorts them: one more than its limit where it neither filters nor was
 * asked for an order, for then etcd cuts to the limit first.
 */
export function lookedAtMax(request: RangeRequest): number {
  const { limit = 0, sortOrder } = request;
  return limit <= 0 || sortOrder !== undefined || isFiltered(request) ? Infinity : limit + 1;
}

/** Whether nothing but a range's bounds, limit and revision says what it shows, and in which order. */
export function isInKeyOrder(request: RangeRequest): boolean {
  return sortingOf(request) === null && !isFiltered(request);
}
