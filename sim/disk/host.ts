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
  /** An injected fault took effect on this range. */
  onFault(text: string, path: string, offsetBytes: number, lengthBytes: number): void;
}

/** A sync takes the minimum plus an exponential part with the given mean. */
export interface DiskLatency {
  readonly syncMinNs: number;
  readonly syncMeanNs: number;
}

/** Faults that are switched on and off while a disk lives. */
export interface DiskFaults {
  /** Syncs report success and make nothing durable. */
  lyingSync: boolean;
  /** Syncs fail with EIO; what they covered is lost at the next crash, though reads still see it (as after Linux' fsync errors). */
  syncError: boolean;
  /** Every read throws EIO. */
  readError: boolean;
  /** A write that would bring the files' total above this is dropped whole; the file's next sync says ENOSPC. */
  fullAtBytes: number;
}

export function noDiskFaults(): DiskFaults {
  return { lyingSync: false, syncError: false, readError: false, fullAtBytes: Infinity };
}
