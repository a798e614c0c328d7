import type { Disk, Token } from '../../ports.ts';

/** Told of each completed sync. */
export type SyncTimes = (path: string, seconds: number) => void;

interface Begun {
  readonly path: string;
  readonly atMs: number;
}

/** A disk that tells how long its syncs took. They complete in the order of submission, so each belongs to the oldest that is open. */
export class TimedDisk implements Disk {
  private readonly disk: Disk;
  private readonly tell: SyncTimes;
  private readonly begun: Begun[] = [];

  constructor(disk: Disk, tell: SyncTimes) {
    this.disk = disk;
    this.tell = tell;
  }

  /** Call for each completion. */
  completed(): void {
    const sync = this.begun.shift();
    if (sync !== undefined) this.tell(sync.path, (performance.now() - sync.atMs) / 1000);
  }

  sync(path: string, token: Token): void {
    this.begun.push({ path, atMs: performance.now() });
    this.disk.sync(path, token);
  }

  syncDirectory(path: string, token: Token): void {
    this.begun.push({ path, atMs: performance.now() });
    this.disk.syncDirectory(path, token);
  }

  write(path: string, offsetBytes: number, bytes: Uint8Array): void {
    this.disk.write(path, offsetBytes, bytes);
  }

  truncate(path: string, sizeBytes: number): void {
    this.disk.truncate(path, sizeBytes);
  }

  rename(from: string, to: string): void {
    this.disk.rename(from, to);
  }

  remove(path: string): void {
    this.disk.remove(path);
  }

  makeDirectory(path: string): void {
    this.disk.makeDirectory(path);
  }

  read(path: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    return this.disk.read(path, offsetBytes, lengthBytes);
  }

  sizeBytes(path: string): number {
    return this.disk.sizeBytes(path);
  }

  list(path: string): readonly string[] {
    return this.disk.list(path);
  }
}
