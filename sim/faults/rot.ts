import { sectorBytes } from '../../core/limits.ts';
import { isUnder } from '../disk/media.ts';
import type { RandomStream } from '../random.ts';

/** Where the write-ahead log lies; its records have checksums. */
export const logFolder = 'member/wal';

export interface DurableFile {
  readonly path: string;
  readonly bytes: number;
}

/** Where bits are to flip, and how many. */
export interface RotPlace {
  /** A file, or else `under` a folder: the log's unless told, '' for anywhere. */
  readonly file?: string;
  readonly under?: string;
  /** All in one sector; 1 unless told. */
  readonly bits?: number;
}

/** Draws a sector, each with the same chance, and different bits in it; null if there is none. */
export function drawBits(
  files: readonly DurableFile[],
  { file, under = logFolder, bits = 1 }: RotPlace,
  random: RandomStream,
): { readonly file: string; readonly bits: readonly number[] } | null {
  const possible = files.filter(({ path }) => (file === undefined ? isUnder(path, under) : path === file));
  const sectorsOf = ({ bytes }: DurableFile): number => Math.ceil(bytes / sectorBytes);
  const total = possible.reduce((sum, each) => sum + sectorsOf(each), 0);
  if (total === 0) return null;
  let place = random.below(total);
  for (const each of possible) {
    if (place >= sectorsOf(each)) {
      place -= sectorsOf(each);
      continue;
    }
    const start = place * sectorBytes;
    const bitsThere = Math.min(sectorBytes, each.bytes - start) * 8;
    const drawn = new Set<number>();
    while (drawn.size < Math.min(bits, bitsThere)) drawn.add(start * 8 + random.below(bitsThere));
    return { file: each.path, bits: [...drawn].sort((a, b) => a - b) };
  }
  return null;
}
