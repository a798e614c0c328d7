import { sectorBytes } from '../../core/limits.ts';

/**
 * Byte ranges in the order they were written, flat: [start, end, start, end, ...]. Appending to the last one extends it, so a
 * file that only grows has one range however many writes it got.
 */
export type Ranges = number[];

export function addRange(ranges: Ranges, start: number, end: number): void {
  if (start >= end) return;
  const last = ranges.length - 2;
  if (last >= 0 && start <= (ranges[last + 1] as number) && end >= (ranges[last] as number)) {
    if (start < (ranges[last] as number)) ranges[last] = start;
    if (end > (ranges[last + 1] as number)) ranges[last + 1] = end;
    return;
  }
  ranges.push(start, end);
}

export function rangesBytes(ranges: Ranges): number {
  let bytes = 0;
  for (let i = 0; i < ranges.length; i += 2) bytes += (ranges[i + 1] as number) - (ranges[i] as number);
  return bytes;
}

/** Numbers of the sectors that the ranges touch, ascending, each once. */
export function touchedSectors(ranges: Ranges): number[] {
  const spans: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    const start = ranges[i] as number;
    const end = ranges[i + 1] as number;
    spans.push([Math.floor(start / sectorBytes), Math.floor((end - 1) / sectorBytes)]);
  }
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const sectors: number[] = [];
  let next = 0;
  for (const [first, last] of spans) {
    for (let sector = Math.max(first, next); sector <= last; sector++) sectors.push(sector);
    next = Math.max(next, last + 1);
  }
  return sectors;
}

export function rangesTouch(ranges: Ranges, sector: number): boolean {
  const start = sector * sectorBytes;
  for (let i = 0; i < ranges.length; i += 2) {
    if ((ranges[i] as number) < start + sectorBytes && (ranges[i + 1] as number) > start) return true;
  }
  return false;
}
