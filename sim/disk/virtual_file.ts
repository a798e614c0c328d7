import { sectorBytes } from '../../core/limits.ts';
import type { DiskErrorCode, Random } from '../../core/ports.ts';
import { addRange, rangesTouch, touchedSectors, type Ranges } from './ranges.ts';

const initialCapacity = 1024;

export interface SectorCounts {
  kept: number;
  dropped: number;
}

/**
 * One file, twice: `cache` is what reads see, `platter` what a crash leaves. Both are zero beyond their sizes. What differs
 * between them is covered by the dirty ranges, unless a failed sync gave those up.
 */
export class VirtualFile {
  readonly kind = 'file';
  size = 0;
  platterSize = 0;
  /** An error of an earlier write, reported by the next sync. */
  writeError: DiskErrorCode | null = null;
  private cache = new Uint8Array(initialCapacity);
  private platter = new Uint8Array(initialCapacity);
  private dirty: Ranges = [];
  /** Sectors as they were before the last sync that covered them; filled only while stale reads are wanted. */
  private older = new Map<number, Uint8Array>();

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const end = offset + bytes.length;
    if (end > this.cache.length) this.cache = grown(this.cache, end);
    this.cache.set(bytes, offset);
    // A gap is written as zeros: the platter may hold older bytes there that an un-synced truncate has not reached.
    addRange(this.dirty, offset > this.size ? this.size : offset, end);
    if (end > this.size) this.size = end;
  }

  truncate(size: number): void {
    if (size < this.size) {
      this.cache.fill(0, size, this.size);
    } else {
      if (size > this.cache.length) this.cache = grown(this.cache, size);
      addRange(this.dirty, this.size, size);
    }
    this.size = size;
  }

  read(offset: number, length: number): Uint8Array {
    return this.cache.slice(Math.min(offset, this.size), Math.min(offset + length, this.size));
  }

  hasUnsynced(): boolean {
    return this.dirty.length > 0 || this.size !== this.platterSize;
  }

  /** Hands the dirty ranges over to a sync. */
  takeDirty(): Ranges {
    const taken = this.dirty;
    this.dirty = [];
    return taken;
  }

  /** A sync that covered these ranges did not happen: they are un-synced again. */
  returnDirty(ranges: Ranges): void {
    this.dirty = [...ranges, ...this.dirty];
  }

  /** Makes the ranges durable, and the size the file had when their sync was submitted. */
  harden(ranges: Ranges, size: number): void {
    if (size > this.platter.length) this.platter = grown(this.platter, size);
    for (let i = 0; i < ranges.length; i += 2) {
      const start = ranges[i] as number;
      const end = Math.min(ranges[i + 1] as number, size);
      if (start < end) this.platter.set(this.cache.subarray(start, end), start);
    }
    this.setPlatterSize(size);
  }

  private setPlatterSize(size: number): void {
    if (size < this.platterSize) this.platter.fill(0, size, this.platterSize);
    this.platterSize = size;
  }

  /** Keeps what the platter holds where these ranges are about to go. */
  remember(ranges: Ranges): void {
    for (const sector of touchedSectors(ranges)) this.older.set(sector, this.platterSector(sector));
  }

  /** Sectors of this part of the file that can be read as they were before, ascending. */
  rememberedSectors(offset: number, length: number): number[] {
    const end = Math.min(offset + length, this.size);
    const inside = [...this.older.keys()].filter(
      (at) => at * sectorBytes < end && (at + 1) * sectorBytes > offset,
    );
    return inside.sort((a, b) => a - b);
  }

  /** As `read`, but with an older sector in it. */
  readStale(offset: number, length: number, sector: number): Uint8Array {
    const bytes = this.read(offset, length);
    const older = this.older.get(sector) as Uint8Array;
    const start = sector * sectorBytes;
    for (let i = Math.max(start, offset); i < Math.min(start + sectorBytes, offset + bytes.length); i++) {
      bytes[i - offset] = older[i - start] as number;
    }
    return bytes;
  }

  /** A copy of one sector of the platter, zero beyond its end. */
  platterSector(sector: number): Uint8Array {
    const bytes = new Uint8Array(sectorBytes);
    const start = sector * sectorBytes;
    bytes.set(this.platter.subarray(start, Math.max(start, Math.min(start + sectorBytes, this.platterSize))));
    return bytes;
  }

  /** Writes one sector of the platter behind the cache's back, as far as the platter's size goes. */
  setPlatterSector(sector: number, bytes: Uint8Array): void {
    const start = sector * sectorBytes;
    const end = Math.min(start + sectorBytes, this.platterSize);
    if (start < end) this.platter.set(bytes.subarray(0, end - start), start);
  }

  isDirty(sector: number): boolean {
    return rangesTouch(this.dirty, sector);
  }

  /** Reads will see what the platter holds. Not for sectors that are yet to be synced. */
  evict(sector: number): void {
    const start = sector * sectorBytes;
    const end = Math.min(start + sectorBytes, this.size);
    if (start < end) this.cache.set(this.platterSector(sector).subarray(0, end - start), start);
  }

  /** Power loss that keeps every un-synced byte. */
  crashKeeping(counts: SectorCounts): void {
    counts.kept += touchedSectors(this.dirty).length;
    this.harden(this.dirty, this.size);
    this.reload();
  }

  /** Power loss that drops every un-synced byte. */
  crashDropping(counts: SectorCounts): void {
    counts.dropped += touchedSectors(this.dirty).length;
    this.reload();
  }

  /** Power loss that keeps or loses each un-synced sector on its own, and the size. Returns whether it kept and lost. */
  crashTearing(random: Random, counts: SectorCounts): boolean {
    const sectors = touchedSectors(this.dirty);
    const size = this.tornSize(random, sectors);
    if (size > this.platter.length) this.platter = grown(this.platter, size);
    let kept = 0;
    for (const sector of sectors) {
      if (random.below(2) === 0) continue;
      kept++;
      const start = sector * sectorBytes;
      const end = Math.min(start + sectorBytes, size, this.cache.length);
      if (start < end) this.platter.set(this.cache.subarray(start, end), start);
    }
    counts.kept += kept;
    counts.dropped += sectors.length - kept;
    this.setPlatterSize(size);
    this.reload();
    return kept > 0 && kept < sectors.length;
  }

  /** A size change is lost, kept, or (growing) got as far as some un-synced sector: file systems write it with the pages. */
  private tornSize(random: Random, sectors: readonly number[]): number {
    if (this.size === this.platterSize) return this.size;
    const grew = this.size > this.platterSize && sectors.length > 0;
    const choice = random.below(grew ? 3 : 2);
    if (choice === 0) return this.platterSize;
    if (choice === 1) return this.size;
    const sector = sectors[random.below(sectors.length)] as number;
    return Math.max(this.platterSize, Math.min(this.size, (sector + 1) * sectorBytes));
  }

  private reload(): void {
    this.dirty = [];
    this.writeError = null;
    this.size = this.platterSize;
    if (this.cache.length < this.size) this.cache = new Uint8Array(this.platter.length);
    this.cache.fill(0);
    this.cache.set(this.platter.subarray(0, this.size));
  }

  clone(): VirtualFile {
    const copy = new VirtualFile();
    copy.size = this.size;
    copy.platterSize = this.platterSize;
    copy.writeError = this.writeError;
    copy.cache = this.cache.slice();
    copy.platter = this.platter.slice();
    copy.dirty = [...this.dirty];
    copy.older = new Map(this.older);
    return copy;
  }
}

function grown(bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2));
  larger.set(bytes);
  return larger;
}
