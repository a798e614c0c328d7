import type { DiskErrorCode } from '../../core/ports.ts';

/** What a virtual disk needs from the world: a clock, a call back later, and someone who writes the trace. */
export interface DiskHost {
  nowNs(): number;
  /**
   * Calls `completeSync(id)` of the disk at `atNs`. Times never go back from one call to the next, so a scheduler that
   * breaks ties by order of scheduling keeps the order of submission.
   */
  scheduleCompletion(id: number, atNs: number): void;
  onWrite(path: string, offsetBytes: number, lengthBytes: number): void;
  /** `bytes` is how much this sync will make durable; `path` is a directory's for syncDirectory. */
  onSyncStart(id: number, path: string, bytes: number): void;
  onSyncDone(id: number, path: string, error: DiskErrorCode | null): void;
  onRename(from: string, to: string): void;
  onTruncate(path: string, sizeBytes: number): void;
  onRemove(path: string): void;
  /** An injected fault took effect on this range, while the given sync was being done; -1 for none. */
  onFault(text: string, path: string, offsetBytes: number, lengthBytes: number, syncId: number): void;
}

/** A sync takes the minimum plus an exponential part with the given mean. */
export interface DiskLatency {
  readonly syncMinNs: number;
  readonly syncMeanNs: number;
}

/**
 * Faults that are switched on and off while a disk lives; data, so that a run's list can hold them. Chances are in parts per 10,000, each drawn from a stream of its own, and
 * only while it is above 0. See also VirtualDisk's methods: stall, flipBit, swapWith, wipe.
 */
export interface DiskFaults {
  /** Syncs report success and make nothing durable. */
  lyingSync: boolean;
  /** Syncs fail with EIO; what they covered is lost at the next crash, though reads still see it (as after Linux' fsync errors). */
  syncError: boolean;
  /** Every read throws EIO. */
  readError: boolean;
  /** A write that would bring the files' total above this is dropped whole; the file's next sync says ENOSPC. */
  fullAtBytes: number;
  /** Syncs of directories report success and make no name durable. */
  lostDirectorySync: boolean;
  /** Syncs of directories report success and lose the first rename and what came after it. */
  lostRename: boolean;
  /** Of writes: dropped whole; the file's next sync says EIO. */
  writeErrorPer10k: number;
  /** Of syncs with bytes: one sector goes to another place of the platter, and its own place keeps what was there. */
  misdirectPer10k: number;
  /** Of reads: one sector comes as it was before its last sync. Only syncs made while this is on can be forgotten so. */
  staleReadPer10k: number;
  /** Of syncs: one bit flips, anywhere on the platter. */
  bitRotPer10k: number;
  /** A folder: bits flip, sectors are misdirected and reads are stale only in files below it. Empty: anywhere. */
  mediaUnder: string;
  /** What a sync can move; its time grows with its bytes. */
  bytesPerSecond: number;
}

export function noDiskFaults(): DiskFaults {
  return {
    lyingSync: false,
    syncError: false,
    readError: false,
    fullAtBytes: Infinity,
    lostDirectorySync: false,
    lostRename: false,
    writeErrorPer10k: 0,
    misdirectPer10k: 0,
    staleReadPer10k: 0,
    bitRotPer10k: 0,
    mediaUnder: '',
    bytesPerSecond: Infinity,
  };
}

/** Only what differs from a good disk, in the order in which `DiskFaults` names it. */
export function faultSettings(faults: Readonly<Partial<DiskFaults>>): Readonly<Partial<DiskFaults>> {
  const good = noDiskFaults();
  const names = Object.keys(good) as (keyof DiskFaults)[];
  const set = names.filter((name) => faults[name] !== undefined && faults[name] !== good[name]);
  return Object.fromEntries(set.map((name) => [name, faults[name]]));
}
