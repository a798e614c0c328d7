import { sectorBytes } from '../../core/limits.ts';
import type { RandomStream } from '../random.ts';
import type { Namespace } from './namespace.ts';
import { touchedSectors } from './ranges.ts';
import type { PendingSync } from './pending_sync.ts';
import type { VirtualFile } from './virtual_file.ts';

/** The chances of a disk's faults: a stream per fault, made when the fault is first on, so that none shifts another. */
export class FaultStreams {
  private readonly random: RandomStream;
  private readonly streams = new Map<string, RandomStream>();

  constructor(random: RandomStream) {
    this.random = random;
  }

  of(fault: string): RandomStream {
    let stream = this.streams.get(fault);
    if (stream === undefined) {
      stream = this.random.fork(`fault/${fault}`);
      this.streams.set(fault, stream);
    }
    return stream;
  }

  /** A chance of 0 draws nothing. */
  hits(fault: string, per10k: number): boolean {
    return per10k > 0 && this.of(fault).chance(per10k, 10_000);
  }
}

/** A place on the platter. */
export interface Sector {
  readonly file: VirtualFile;
  readonly sector: number;
}

/** Picks a sector of the files' platters, each with the same chance; null if there are none. */
export function anySector(files: readonly VirtualFile[], random: RandomStream): Sector | null {
  const counts = files.map((file) => Math.ceil(file.platterSize / sectorBytes));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let place = random.below(total);
  for (const [i, file] of files.entries()) {
    const count = counts[i] as number;
    if (place < count) return { file, sector: place };
    place -= count;
  }
  return null;
}

/** Picks a bit of the files' platters; null if there is none. */
export function anyBit(
  files: readonly VirtualFile[],
  random: RandomStream,
): { readonly file: VirtualFile; readonly bit: number } | null {
  const place = anySector(files, random);
  if (place === null) return null;
  const start = place.sector * sectorBytes;
  const byte = start + random.below(Math.min(sectorBytes, place.file.platterSize - start));
  return { file: place.file, bit: byte * 8 + random.below(8) };
}

/** Files in a folder or below it, in path order. */
export function filesUnder(names: Namespace, folder: string): VirtualFile[] {
  const files = names.files();
  return folder === '' ? files : files.filter((file) => isUnder(names.pathOf(file), folder));
}

/** Files that have something durable and a path, in path order. */
export function durableFiles(names: Namespace): { readonly path: string; readonly bytes: number }[] {
  return names
    .files()
    .map((file) => ({ path: names.pathOf(file), bytes: file.platterSize }))
    .filter(({ path, bytes }) => path !== '' && bytes > 0);
}

/** Makes a sync durable but for one sector, which goes elsewhere. Returns where from and where to, null if all went right. */
export function hardenMisdirected(
  sync: PendingSync & { readonly file: VirtualFile },
  files: readonly VirtualFile[],
  random: RandomStream,
): { readonly from: Sector; readonly to: Sector } | null {
  const { file, ranges, size } = sync;
  const sectors = touchedSectors(ranges).filter((sector) => sector * sectorBytes < size);
  const victim = sectors[sectors.length === 0 ? 0 : random.below(sectors.length)];
  const before = victim === undefined ? null : file.platterSector(victim);
  file.harden(ranges, size);
  const to = anySector(files, random);
  if (victim === undefined || before === null || to === null) return null;
  if (to.file === file && to.sector === victim) return null;
  const bytes = file.platterSector(victim);
  file.setPlatterSector(victim, before);
  to.file.setPlatterSector(to.sector, bytes);
  return { from: { file, sector: victim }, to };
}

/** Flips one bit of the platter. False if it lies beyond the end. */
export function flipPlatterBit(file: VirtualFile, bit: number): boolean {
  const at = Math.floor(bit / 8);
  if (at >= file.platterSize) return false;
  const sector = Math.floor(at / sectorBytes);
  const bytes = file.platterSector(sector);
  bytes[at % sectorBytes] = (bytes[at % sectorBytes] as number) ^ (1 << (bit % 8));
  file.setPlatterSector(sector, bytes);
  return true;
}

/** Whether a path lies in a folder or below it; everything lies in ''. */
export function isUnder(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}
