import { AssertionError, assert } from '../../core/base/assert.ts';
import { nsPerSecond, sectorBytes } from '../../core/limits.ts';
import { DiskError, type Disk, type DiskErrorCode, type Random, type Token } from '../../core/ports.ts';
import type { RandomStream } from '../random.ts';
import type { CrashMode } from '../trace/kinds.ts';
import { noDiskFaults, type DiskHost, type DiskLatency } from './host.ts';
import {
  anyBit,
  durableFiles,
  FaultStreams,
  filesUnder,
  flipPlatterBit,
  hardenMisdirected,
  isUnder,
  type Sector,
} from './media.ts';
import { copyChange, Namespace, nodeCopier, VirtualDirectory } from './namespace.ts';
import type { CrashOutcome, PendingSync, SyncCompletion } from './pending_sync.ts';
import { crashFiles, drawMode } from './power_loss.ts';
import { rangesBytes, rangesTouch } from './ranges.ts';
import { VirtualFile } from './virtual_file.ts';

export type { CrashOutcome, SyncCompletion };

/**
 * One member's disk: directories and files behind a page cache. It outlives the member's crashes. Time and trace are the
 * host's; chance comes from the disk's own random stream (latencies) and from the caller of `crash`.
 */
export class VirtualDisk implements Disk {
  readonly faults = noDiskFaults();
  latency: DiskLatency;
  /** A sync failed and reads still show what it did not write: whoever starts on this page cache builds on sand. */
  hidesLoss = false;
  /** It has said of something that it is durable, and it was not, since the last power loss. */
  hasLied = false;
  private readonly host: DiskHost;
  private readonly random: RandomStream;
  private readonly chances: FaultStreams;
  private standsStill = false;
  private hits = 0;
  private names = new Namespace();
  private syncs: PendingSync[] = [];
  private nextSyncId = 1;
  private lastCompletionNs = 0;
  private usedBytes = 0;

  constructor(host: DiskHost, latency: DiskLatency, random: RandomStream) {
    this.host = host;
    this.latency = latency;
    this.random = random;
    this.chances = new FaultStreams(random);
  }

  write(path: string, offsetBytes: number, bytes: Uint8Array): void {
    if (offsetBytes < 0 || !Number.isSafeInteger(offsetBytes))
      throw new AssertionError(`write to ${path} at offset ${offsetBytes}`);
    const file = this.names.file(path) ?? this.names.add(path, new VirtualFile());
    if (this.chances.hits('write error', this.faults.writeErrorPer10k)) {
      file.writeError = 'EIO';
      this.fault('write error', path, offsetBytes, bytes.length);
      return;
    }
    const growth = bytes.length === 0 ? 0 : Math.max(0, offsetBytes + bytes.length - file.size);
    if (this.usedBytes + growth > this.faults.fullAtBytes) {
      file.writeError = 'ENOSPC';
      this.fault('disk full', path, offsetBytes, bytes.length);
      return;
    }
    this.usedBytes += growth;
    file.write(offsetBytes, bytes);
    this.host.onWrite(path, offsetBytes, bytes.length);
  }

  truncate(path: string, sizeBytes: number): void {
    const file = this.existing(path);
    // Bytes that a sync on its way has promised must not become zeros under it: they are durable early.
    for (const sync of this.syncs) {
      if (sync.file !== file || sync.hardened) continue;
      file.harden(sync.ranges, sync.size);
      sync.hardened = true;
    }
    this.usedBytes += sizeBytes - file.size;
    file.truncate(sizeBytes);
    this.host.onTruncate(path, sizeBytes);
  }

  rename(from: string, to: string): void {
    const replaced = this.names.file(to);
    if (replaced !== null) this.usedBytes -= replaced.size;
    this.names.rename(from, to);
    this.host.onRename(from, to);
  }

  remove(path: string): void {
    const removed = this.names.remove(path);
    if (removed === null) return;
    if (removed.kind === 'file') this.usedBytes -= removed.size;
    this.host.onRemove(path);
  }

  makeDirectory(path: string): void {
    if (this.names.directory(path) === null) this.names.add(path, new VirtualDirectory());
  }

  sync(path: string, token: Token): void {
    const file = this.existing(path);
    const { size, writeError } = file;
    file.writeError = null;
    const ranges = file.takeDirty();
    const id = this.nextSyncId++;
    this.submit({
      id,
      token,
      path,
      file,
      ranges,
      size,
      changes: [],
      writeError,
      hardened: false,
      moved: false,
      abandoned: false,
    });
  }

  syncDirectory(path: string, token: Token): void {
    const directory = this.names.directory(path);
    assert(directory !== null, `sync of ${path}, which is no directory`);
    const changes = this.names.takePending(directory);
    const id = this.nextSyncId++;
    const nothing = { file: null, ranges: [], size: 0, writeError: null };
    const untouched = { hardened: false, moved: false, abandoned: false };
    this.submit({ id, token, path, changes, ...nothing, ...untouched });
  }

  private submit(sync: PendingSync): void {
    const { syncMinNs, syncMeanNs } = this.latency;
    const bytes = rangesBytes(sync.ranges);
    const moveNs = bytes === 0 ? 0 : Math.ceil((bytes * nsPerSecond) / this.faults.bytesPerSecond);
    const doneNs = this.host.nowNs() + syncMinNs + this.random.exponential(syncMeanNs) + moveNs;
    if (doneNs > this.lastCompletionNs) this.lastCompletionNs = doneNs;
    this.syncs.push(sync);
    this.host.onSyncStart(sync.id, sync.path, bytes);
    if (!this.standsStill) this.host.scheduleCompletion(sync.id, this.lastCompletionNs);
  }

  /** The time of a sync has come. Null if nobody is to be told: a crash came first, or the disk stands still, or stood still. */
  completeSync(id: number): SyncCompletion | null {
    const sync = this.syncs[0];
    if (sync === undefined || id < sync.id || this.standsStill) return null;
    if (sync.id !== id && !sync.moved)
      throw new AssertionError(`sync ${id} completes before sync ${sync.id}`);
    if (sync.id !== id) return null;
    this.syncs.shift();
    const error = this.finish(sync);
    this.host.onSyncDone(id, sync.path, error);
    return sync.abandoned ? null : { token: sync.token, error };
  }

  private finish(sync: PendingSync): DiskErrorCode | null {
    const { file, ranges, changes } = sync;
    const { faults } = this;
    if (faults.syncError) {
      this.hidesLoss ||= ranges.length > 0 || changes.length > 0;
      this.fault('sync error', sync.path, 0, rangesBytes(ranges), sync.id);
      return 'EIO';
    }
    if (faults.lyingSync) {
      if (!sync.hardened) file?.returnDirty(ranges);
      this.names.returnPending(changes);
      this.hasLied ||= ranges.length > 0 || changes.length > 0;
      this.fault('lying sync', sync.path, 0, rangesBytes(ranges), sync.id);
      return sync.writeError;
    }
    if (file === null) this.hardenNames(sync);
    else if (!sync.hardened) this.hardenFile(sync, file);
    if (this.chances.hits('bit rot', faults.bitRotPer10k)) this.rot(sync.id);
    return sync.writeError;
  }

  private hardenNames({ id, path, changes }: PendingSync): void {
    const { lostDirectorySync, lostRename } = this.faults;
    const rename = changes.findIndex(({ removeFrom, addTo }) => removeFrom !== null && addTo !== null);
    const kept = lostDirectorySync ? 0 : lostRename && rename >= 0 ? rename : changes.length;
    this.names.harden(changes.slice(0, kept));
    if (kept === changes.length) return;
    this.names.returnPending(changes.slice(kept));
    this.fault(lostDirectorySync ? 'lost directory sync' : 'lost rename', path, 0, 0, id);
  }

  private hardenFile(sync: PendingSync, file: VirtualFile): void {
    const { ranges, size } = sync;
    const { staleReadPer10k, misdirectPer10k, mediaUnder } = this.faults;
    if (staleReadPer10k > 0) file.remember(ranges);
    const possible = ranges.length > 0 && isUnder(sync.path, mediaUnder);
    if (!possible || !this.chances.hits('misdirect', misdirectPer10k)) {
      file.harden(ranges, size);
      return;
    }
    const moved = hardenMisdirected(
      { ...sync, file },
      filesUnder(this.names, mediaUnder),
      this.chances.of('misdirect'),
    );
    if (moved === null) return;
    const { from, to } = moved;
    this.evict(from);
    this.evict(to);
    this.fault('misdirected write', sync.path, from.sector * sectorBytes, sectorBytes, sync.id);
    const victim = this.names.pathOf(to.file);
    this.fault('overwritten by it', victim, to.sector * sectorBytes, sectorBytes, sync.id);
  }

  /** The cache forgets a sector that the platter lost behind its back, unless it is yet to be written. */
  private evict({ file, sector }: Sector): void {
    const promised = this.syncs.some(
      (sync) => sync.file === file && !sync.hardened && rangesTouch(sync.ranges, sector),
    );
    if (!promised && !file.isDirty(sector)) file.evict(sector);
  }

  private rot(syncId: number): void {
    const place = anyBit(filesUnder(this.names, this.faults.mediaUnder), this.chances.of('bit rot'));
    if (place !== null) this.flip(place.file, place.bit, syncId);
  }

  private flip(file: VirtualFile, bit: number, syncId: number): boolean {
    if (!flipPlatterBit(file, bit)) return false;
    const byte = Math.floor(bit / 8);
    this.evict({ file, sector: Math.floor(byte / sectorBytes) });
    this.fault('bit rot', this.names.pathOf(file), byte, 1, syncId);
    return true;
  }

  private fault(text: string, path: string, offsetBytes: number, lengthBytes: number, syncId = -1): void {
    this.hits++;
    this.host.onFault(text, path, offsetBytes, lengthBytes, syncId);
  }

  /** How often a fault took effect; a stall is none, for it does no harm of its own. */
  get faultsHit(): number {
    return this.hits;
  }

  get usedSpaceBytes(): number {
    return this.usedBytes;
  }

  /** Whatever is on its way will be done, but nobody is left to be told: the process is gone, its machine runs. */
  abandonSyncs(): void {
    for (const sync of this.syncs) sync.abandoned = true;
  }

  /** Files with something durable, in path order. */
  durableFiles(): { readonly path: string; readonly bytes: number }[] {
    return durableFiles(this.names);
  }

  /** Flips a bit of what is durable of a file (bit 0 is the lowest of byte 0). False if it has no such bit. */
  flipBit(path: string, bit: number): boolean {
    const file = this.names.file(path);
    return file !== null && this.flip(file, bit, -1);
  }

  /** From now on no sync completes and no read succeeds, until `release`. */
  stall(): void {
    if (this.standsStill) return;
    this.standsStill = true;
    this.host.onFault('stall', '', 0, 0, -1);
  }

  /** Reads fail while this is so: a member that starts must wait. */
  get stalled(): boolean {
    return this.standsStill;
  }

  /** Ends a stall. What waited completes now, in order, or with what was to complete last before the stall. */
  release(): void {
    if (!this.standsStill) return;
    this.standsStill = false;
    this.lastCompletionNs = Math.max(this.lastCompletionNs, this.host.nowNs());
    for (const sync of this.syncs) {
      sync.moved = true;
      this.host.scheduleCompletion(sync.id, this.lastCompletionNs);
    }
    this.host.onFault('stall ended', '', 0, 0, -1);
  }

  /** Exchanges all files with another disk, as when two disks are put into each other's machines. Both members must be down. */
  swapWith(other: VirtualDisk): void {
    assert(this.syncs.length === 0 && other.syncs.length === 0, 'swap of disks with syncs under way');
    [this.names, other.names] = [other.names, this.names];
    [this.usedBytes, other.usedBytes] = [other.usedBytes, this.usedBytes];
    for (const disk of [this, other]) disk.fault('swapped', '', 0, disk.usedBytes);
  }

  /** Removes all, as a new disk in the old one's place. The member must be down. */
  wipe(): void {
    assert(this.syncs.length === 0, 'wipe of a disk with syncs under way');
    this.fault('wiped', '', 0, this.usedBytes);
    this.names = new Namespace();
    this.usedBytes = 0;
  }

  read(path: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    if (this.faults.readError || this.standsStill) {
      const fault = this.standsStill ? 'read of a stalled disk' : 'read error';
      this.fault(fault, path, offsetBytes, lengthBytes);
      throw new DiskError('EIO', path, 'read');
    }
    const file = this.names.file(path);
    if (file === null) throw new DiskError('ENOENT', path, 'read');
    const { staleReadPer10k, mediaUnder } = this.faults;
    if (!isUnder(path, mediaUnder) || !this.chances.hits('stale read', staleReadPer10k))
      return file.read(offsetBytes, lengthBytes);
    const sectors = file.rememberedSectors(offsetBytes, lengthBytes);
    if (sectors.length === 0) return file.read(offsetBytes, lengthBytes);
    const sector = this.chances.of('stale read').pick(sectors);
    this.fault('stale read', path, sector * sectorBytes, sectorBytes);
    return file.readStale(offsetBytes, lengthBytes, sector);
  }

  sizeBytes(path: string): number {
    return this.names.file(path)?.size ?? -1;
  }

  list(path: string): readonly string[] {
    return this.names.names(path);
  }

  private existing(path: string): VirtualFile {
    const file = this.names.file(path);
    if (file === null) throw new AssertionError(`no file ${path}`);
    return file;
  }

  /** Whether a crash now could lose anything. */
  hasUnsynced(): boolean {
    return (
      this.syncs.length > 0 ||
      this.names.hasUnsynced() ||
      this.names.files().some((file) => file.hasUnsynced())
    );
  }

  /**
   * Power loss. 'keep': all that was written survives; 'drop': nothing that was not synced; 'tear': every un-synced sector,
   * size and name on its own; 'random' draws one of them. Syncs on their way never complete. Afterwards the cache holds
   * what the platter holds.
   */
  crash(random: Random, mode: CrashMode): CrashOutcome {
    const outcome = mode === 'random' ? drawMode(random) : mode;
    for (const sync of this.syncs.reverse()) {
      if (!sync.hardened) sync.file?.returnDirty(sync.ranges);
      this.names.returnPending(sync.changes);
    }
    this.syncs = [];
    this.hidesLoss = false;
    this.hasLied = false;
    this.lastCompletionNs = 0;
    const files = crashFiles(this.names, outcome, random);
    const keepName = (chance: Random) => outcome === 'keep' || (outcome === 'tear' && chance.below(2) === 1);
    const nameCounts = this.names.crash(keepName, random);
    this.usedBytes = this.names.files().reduce((sum, file) => sum + file.size, 0);
    return {
      mode: outcome,
      keptSectors: files.reduce((sum, { keptSectors }) => sum + keptSectors, 0),
      droppedSectors: files.reduce((sum, { droppedSectors }) => sum + droppedSectors, 0),
      tornFiles: files.filter(({ keptSectors, droppedSectors }) => keptSectors > 0 && droppedSectors > 0)
        .length,
      keptNames: nameCounts.kept,
      droppedNames: nameCounts.dropped,
      files,
    };
  }

  /** A copy that shares no state, for another world. Syncs on their way are copied; the new host must schedule them. */
  clone(host: DiskHost, random: RandomStream): VirtualDisk {
    const copy = new VirtualDisk(host, this.latency, random);
    Object.assign(copy.faults, this.faults);
    const copyNode = nodeCopier();
    copy.names = this.names.clone(copyNode);
    copy.syncs = this.syncs.map((sync) => ({
      ...sync,
      file: sync.file === null ? null : (copyNode(sync.file) as VirtualFile),
      ranges: [...sync.ranges],
      changes: sync.changes.map((change) => copyChange(change, copyNode)),
    }));
    copy.nextSyncId = this.nextSyncId;
    copy.lastCompletionNs = this.lastCompletionNs;
    copy.usedBytes = this.usedBytes;
    copy.standsStill = this.standsStill;
    copy.hidesLoss = this.hidesLoss;
    copy.hasLied = this.hasLied;
    copy.hits = this.hits;
    return copy;
  }
}
