import { assert } from '../../core/base/assert.ts';
import { DiskError, type Disk, type DiskErrorCode, type Random, type Token } from '../../core/ports.ts';
import type { RandomStream } from '../random.ts';
import type { CrashMode } from '../trace/kinds.ts';
import { noDiskFaults, type DiskHost, type DiskLatency } from './host.ts';
import { copyChange, Namespace, nodeCopier, VirtualDirectory, type NameChange } from './namespace.ts';
import { rangesBytes, type Ranges } from './ranges.ts';
import { VirtualFile } from './virtual_file.ts';

/** A sync between its submission and its completion, with what it promised to make durable. */
interface PendingSync {
  readonly id: number;
  readonly token: Token;
  readonly path: string;
  /** Null for a directory. */
  readonly file: VirtualFile | null;
  readonly ranges: Ranges;
  readonly size: number;
  readonly changes: readonly NameChange[];
  readonly writeError: DiskErrorCode | null;
  /** It had to be made durable before its time. */
  hardened: boolean;
}

export interface SyncCompletion {
  readonly token: Token;
  readonly error: DiskErrorCode | null;
}

/** What a crash did to what had not been synced. */
export interface CrashOutcome {
  /** 'random' is replaced by what was drawn. */
  readonly mode: CrashMode;
  readonly keptSectors: number;
  readonly droppedSectors: number;
  /** Files of which some un-synced sectors were kept and others lost. */
  readonly tornFiles: number;
  readonly keptNames: number;
  readonly droppedNames: number;
}

/**
 * One member's disk: directories and files behind a page cache. It outlives the member's crashes. Time and trace are the
 * host's; chance comes from the disk's own random stream (latencies) and from the caller of `crash`.
 */
export class VirtualDisk implements Disk {
  readonly faults = noDiskFaults();
  latency: DiskLatency;
  private readonly host: DiskHost;
  private readonly random: RandomStream;
  private names = new Namespace();
  private syncs: PendingSync[] = [];
  private nextSyncId = 1;
  private lastCompletionNs = 0;
  private usedBytes = 0;

  constructor(host: DiskHost, latency: DiskLatency, random: RandomStream) {
    this.host = host;
    this.latency = latency;
    this.random = random;
  }

  write(path: string, offsetBytes: number, bytes: Uint8Array): void {
    assert(
      offsetBytes >= 0 && Number.isSafeInteger(offsetBytes),
      `write to ${path} at offset ${offsetBytes}`,
    );
    const file = this.names.file(path) ?? this.names.add(path, new VirtualFile());
    const growth = bytes.length === 0 ? 0 : Math.max(0, offsetBytes + bytes.length - file.size);
    if (this.usedBytes + growth > this.faults.fullAtBytes) {
      file.writeError = 'ENOSPC';
      this.host.onFault('disk full', path, offsetBytes, bytes.length);
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
    this.submit({ id, token, path, file, ranges, size, changes: [], writeError, hardened: false });
  }

  syncDirectory(path: string, token: Token): void {
    const directory = this.names.directory(path);
    assert(directory !== null, `sync of ${path}, which is no directory`);
    const changes = this.names.takePending(directory);
    const id = this.nextSyncId++;
    const nothing = { file: null, ranges: [], size: 0, writeError: null, hardened: false };
    this.submit({ id, token, path, changes, ...nothing });
  }

  private submit(sync: PendingSync): void {
    const { syncMinNs, syncMeanNs } = this.latency;
    const doneNs = this.host.nowNs() + syncMinNs + this.random.exponential(syncMeanNs);
    if (doneNs > this.lastCompletionNs) this.lastCompletionNs = doneNs;
    this.syncs.push(sync);
    this.host.onSyncStart(sync.id, sync.path, rangesBytes(sync.ranges));
    this.host.scheduleCompletion(sync.id, this.lastCompletionNs);
  }

  /** The time of a sync has come. Null if a crash came first: then nobody is to be told. */
  completeSync(id: number): SyncCompletion | null {
    const sync = this.syncs[0];
    if (sync === undefined || id < sync.id) return null;
    assert(sync.id === id, `sync ${id} completes before sync ${sync.id}`);
    this.syncs.shift();
    const error = this.finish(sync);
    this.host.onSyncDone(id, sync.path, error);
    return { token: sync.token, error };
  }

  private finish(sync: PendingSync): DiskErrorCode | null {
    const { file, ranges, size, changes } = sync;
    if (this.faults.syncError) {
      this.host.onFault('sync error', sync.path, 0, rangesBytes(ranges));
      return 'EIO';
    }
    if (this.faults.lyingSync) {
      if (!sync.hardened) file?.returnDirty(ranges);
      this.names.returnPending(changes);
      this.host.onFault('lying sync', sync.path, 0, rangesBytes(ranges));
      return sync.writeError;
    }
    if (!sync.hardened) file?.harden(ranges, size);
    this.names.harden(changes);
    return sync.writeError;
  }

  read(path: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    if (this.faults.readError) {
      this.host.onFault('read error', path, offsetBytes, lengthBytes);
      throw new DiskError('EIO', path, 'read');
    }
    const file = this.names.file(path);
    if (file === null) throw new DiskError('ENOENT', path, 'read');
    return file.read(offsetBytes, lengthBytes);
  }

  sizeBytes(path: string): number {
    return this.names.file(path)?.size ?? -1;
  }

  list(path: string): readonly string[] {
    return this.names.names(path);
  }

  private existing(path: string): VirtualFile {
    const file = this.names.file(path);
    assert(file !== null, `no file ${path}`);
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
    this.lastCompletionNs = 0;
    const counts = { kept: 0, dropped: 0 };
    let tornFiles = 0;
    for (const file of this.names.files()) {
      if (outcome === 'keep') file.crashKeeping(counts);
      else if (outcome === 'drop') file.crashDropping(counts);
      else if (file.crashTearing(random, counts)) tornFiles++;
    }
    const keepName = (chance: Random) => outcome === 'keep' || (outcome === 'tear' && chance.below(2) === 1);
    const nameCounts = this.names.crash(keepName, random);
    this.usedBytes = this.names.files().reduce((sum, file) => sum + file.size, 0);
    return {
      mode: outcome,
      keptSectors: counts.kept,
      droppedSectors: counts.dropped,
      tornFiles,
      keptNames: nameCounts.kept,
      droppedNames: nameCounts.dropped,
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
    return copy;
  }
}

// Tearing finds the most; a crash that keeps or drops all is what most people imagine.
function drawMode(random: Random): CrashMode {
  const draw = random.below(4);
  return draw === 0 ? 'keep' : draw === 1 ? 'drop' : 'tear';
}
