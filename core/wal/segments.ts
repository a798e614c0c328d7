import type { Disk } from '../ports.ts';
import { formatSegmentName, parseSegmentName, type SegmentName } from './segment_name.ts';
import { WalError } from './wal_error.ts';

/** The log's files, first to last. Throws WalError if there are none. */
export function listSegments(disk: Disk, directory: string): SegmentName[] {
  const segments: SegmentName[] = [];
  for (const name of disk.list(directory)) {
    const segment = parseSegmentName(name);
    if (segment !== null) segments.push(segment);
  }
  if (segments.length === 0) throw new WalError('notFound', directory, 0, 'files *.wal', 'none');
  return segments.sort((a, b) => a.sequence - b.sequence || a.firstIndex - b.firstIndex);
}

/**
 * The files to read for what follows an index: from the last one that was begun at or below it. Earlier ones may be there or not,
 * even with holes, because a crash may bring back any of the files that a purge removed.
 */
export function segmentsFrom(
  segments: readonly SegmentName[],
  directory: string,
  index: number,
): { readonly from: number; readonly wanted: readonly SegmentName[] } {
  const from = segments.findLastIndex(({ firstIndex }) => firstIndex <= index);
  if (from < 0) {
    const path = pathOf(directory, segments[0]);
    const found = `the first begins at ${segments[0]?.firstIndex}`;
    throw new WalError('missingSegment', path, 0, `a file that begins at index ${index} or below`, found);
  }
  const broken = lastHole(segments);
  if (broken > from) {
    const expected = `number ${(segments[broken - 1] as SegmentName).sequence + 1}`;
    const found = `number ${(segments[broken] as SegmentName).sequence}`;
    throw new WalError('missingSegment', pathOf(directory, segments[broken]), 0, expected, found);
  }
  return { from, wanted: segments.slice(from) };
}

/** The longest row of files without a hole that ends with the last one. */
export function lastRow(segments: readonly SegmentName[]): readonly SegmentName[] {
  return segments.slice(lastHole(segments));
}

/** Position of the last file that does not follow the one before it; 0 if all do. */
function lastHole(segments: readonly SegmentName[]): number {
  for (let i = segments.length - 1; i > 0; i--) {
    if (segments[i]?.sequence !== (segments[i - 1] as SegmentName).sequence + 1) return i;
  }
  return 0;
}

function pathOf(directory: string, segment: SegmentName | undefined): string {
  return segment === undefined ? directory : `${directory}/${formatSegmentName(segment)}`;
}
