import { constants, mkdirSync, openSync, renameSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import type { Disk, DiskErrorCode, Token } from '../ports.ts';
import { diskErrorCode, fileSize, namesIn, pathInside, readPart } from './directory_reads.ts';
import { OpenFile, type SyncCalls, directorySync, nothing, systemCalls } from './open_file.ts';
import { SyncQueue } from './sync_queue.ts';

/** Only the member's user may look at its data (etcd: 0700 and 0600). */
const directoryMode = 0o700;
const fileMode = 0o600;
/** Files that need no sync are kept open up to this many: the log's last, the database, and a snapshot on its way. */
const openFilesMax = 16;

/**
 * A member's data directory on a real disk. Writes go to the operating system's page cache at once; syncs run in Node's thread pool,
 * and their completions come in the order of submission, never from within a call. Only reads throw: errors
 * of writes come with the file's next sync, those of names with the next sync of a directory. After a failed sync all later ones of
 * the file fail.
 */
export class DirectoryDisk implements Disk {
  readonly root: string;
  private readonly calls: SyncCalls;
  private readonly onDisk: (token: Token, error: DiskErrorCode | null) => void;
  private readonly queue = new SyncQueue();
  /** By path, least recently used first. */
  private readonly files = new Map<string, OpenFile>();
  /** Files that could not be opened for writing. */
  private readonly openErrors = new Map<string, DiskErrorCode>();
  private nameError: DiskErrorCode | null = null;

  /** The directory must exist. `onDisk` is told of completed syncs. */
  constructor(
    root: string,
    onDisk: (token: Token, error: DiskErrorCode | null) => void,
    calls: SyncCalls = systemCalls,
  ) {
    this.root = root;
    this.calls = calls;
    this.onDisk = onDisk;
  }

  write(path: string, offsetBytes: number, bytes: Uint8Array): void {
    this.open(path, constants.O_RDWR | constants.O_CREAT)?.write(offsetBytes, bytes);
  }

  truncate(path: string, sizeBytes: number): void {
    this.open(path, constants.O_RDWR)?.truncate(sizeBytes);
  }

  /** The open file, or null: then the next sync of the path reports why. */
  private open(path: string, flags: number): OpenFile | null {
    const known = this.files.get(path);
    if (known !== undefined) {
      this.files.delete(path);
      this.files.set(path, known);
      return known;
    }
    try {
      const file = new OpenFile(openSync(pathInside(this.root, path), flags, fileMode), this.calls);
      this.files.set(path, file);
      this.closeUnused();
      return file;
    } catch (error) {
      this.openErrors.set(path, diskErrorCode(error));
      return null;
    }
  }

  private closeUnused(): void {
    for (const [path, file] of this.files) {
      if (this.files.size <= openFilesMax) return;
      if (file.dirty || file.syncsUnderWay > 0) continue;
      this.files.delete(path);
      file.close();
    }
  }

  private forget(path: string): void {
    this.files.get(path)?.close();
    this.files.delete(path);
    this.openErrors.delete(path);
  }

  rename(from: string, to: string): void {
    this.changeNames(() => {
      renameSync(pathInside(this.root, from), pathInside(this.root, to));
      this.forget(to);
      for (const [path, file] of this.files) {
        if (path !== from && !path.startsWith(`${from}/`)) continue;
        this.files.delete(path);
        this.files.set(to + path.slice(from.length), file);
      }
    });
  }

  remove(path: string): void {
    this.changeNames(() => {
      const real = pathInside(this.root, path);
      const found = statSync(real, { throwIfNoEntry: false });
      if (found === undefined) return;
      this.forget(path);
      if (found.isDirectory()) rmdirSync(real);
      else unlinkSync(real);
    });
  }

  makeDirectory(path: string): void {
    this.changeNames(() => {
      const real = pathInside(this.root, path);
      if (statSync(real, { throwIfNoEntry: false })?.isDirectory() === true) return;
      mkdirSync(real, { mode: directoryMode });
    });
  }

  private changeNames(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.nameError ??= diskErrorCode(error);
    }
  }

  sync(path: string, token: Token): void {
    const unopened = this.takeOpenError(path);
    const file = this.open(path, constants.O_RDWR);
    if (file === null) {
      const error = unopened ?? this.takeOpenError(path);
      this.queue.submit(nothing, () => this.onDisk(token, error));
      return;
    }
    file.dirty = false;
    file.syncsUnderWay++;
    const earlier = unopened ?? file.takeWriteError();
    this.queue.submit(file, (error) => {
      file.syncDone();
      this.onDisk(token, earlier ?? error);
    });
  }

  private takeOpenError(path: string): DiskErrorCode | null {
    const error = this.openErrors.get(path) ?? null;
    this.openErrors.delete(path);
    return error;
  }

  syncDirectory(path: string, token: Token): void {
    const earlier = this.nameError;
    this.nameError = null;
    const target = directorySync(pathInside(this.root, path), this.calls);
    this.queue.submit(target, (error) => this.onDisk(token, earlier ?? error));
  }

  read(path: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    return readPart(this.root, path, offsetBytes, lengthBytes);
  }

  sizeBytes(path: string): number {
    return fileSize(this.root, path);
  }

  list(path: string): readonly string[] {
    return namesIn(this.root, path);
  }

  /** Waits for the syncs under way, closes every file, calls back. The disk must not be used any more. */
  close(done: () => void): void {
    this.queue.whenIdle(() => {
      for (const path of this.files.keys()) this.forget(path);
      done();
    });
  }
}
