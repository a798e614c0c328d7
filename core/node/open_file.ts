import { closeSync, fdatasync, fsync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { DiskErrorCode } from '../ports.ts';
import { diskErrorCode } from './directory_reads.ts';
import type { SyncDone, SyncTarget } from './sync_queue.ts';

/** The operating system's syncs, replaceable so that their failures can be tested. */
export interface SyncCalls {
  fdatasync(descriptor: number, done: (error: NodeJS.ErrnoException | null) => void): void;
  fsync(descriptor: number, done: (error: NodeJS.ErrnoException | null) => void): void;
}

export const systemCalls: SyncCalls = { fdatasync, fsync };

/**
 * A file that is written to. It stays open from the first write to the sync that covers it: the kernel reports a failed write-back
 * only to who had the file open.
 */
export class OpenFile implements SyncTarget {
  /** Not all that was written has been submitted to a sync. */
  dirty = false;
  /** Syncs submitted and not completed. */
  syncsUnderWay = 0;
  private readonly descriptor: number;
  private readonly calls: SyncCalls;
  /** Of a write, for the next sync to report. */
  private writeError: DiskErrorCode | null = null;
  /** A sync has failed: the kernel may have dropped the pages, so no later sync can be believed. */
  private failed: DiskErrorCode | null = null;
  private closing = false;

  constructor(descriptor: number, calls: SyncCalls) {
    this.descriptor = descriptor;
    this.calls = calls;
  }

  write(offsetBytes: number, bytes: Uint8Array): void {
    this.attempt(() => {
      for (let at = 0; at < bytes.length;) {
        at += writeSync(this.descriptor, bytes, at, bytes.length - at, offsetBytes + at);
      }
    });
  }

  truncate(sizeBytes: number): void {
    this.attempt(() => ftruncateSync(this.descriptor, sizeBytes));
  }

  private attempt(change: () => void): void {
    this.dirty = true;
    try {
      change();
    } catch (error) {
      this.writeError ??= diskErrorCode(error);
    }
  }

  /** The error of the writes since the last call. */
  takeWriteError(): DiskErrorCode | null {
    const error = this.writeError;
    this.writeError = null;
    return error;
  }

  sync(done: SyncDone): void {
    if (this.failed !== null) {
      setImmediate(done, this.failed);
      return;
    }
    this.calls.fdatasync(this.descriptor, (error) => {
      if (error !== null) this.failed = diskErrorCode(error);
      done(this.failed);
    });
  }

  syncDone(): void {
    this.syncsUnderWay--;
    if (this.closing && this.syncsUnderWay === 0) closeSync(this.descriptor);
  }

  /** Closes the file, or lets the last sync do it. */
  close(): void {
    if (this.closing) return;
    this.closing = true;
    if (this.syncsUnderWay === 0) closeSync(this.descriptor);
  }
}

/** One sync of a directory's names. */
export function directorySync(path: string, calls: SyncCalls): SyncTarget {
  return {
    sync(done) {
      let descriptor: number;
      try {
        descriptor = openSync(path, 'r');
      } catch (error) {
        setImmediate(done, diskErrorCode(error));
        return;
      }
      calls.fsync(descriptor, (error) => {
        closeSync(descriptor);
        done(error === null ? null : diskErrorCode(error));
      });
    },
  };
}

/** Stands for a file that could not be opened. */
export const nothing: SyncTarget = { sync: (done) => void setImmediate(done, null) };
