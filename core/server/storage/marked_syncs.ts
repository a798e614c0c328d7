import type { Disk, Token } from '../../ports.ts';

/** The disk, with a mark for each sync that is under way, which comes back when it is completed. */
export class MarkedSyncs<Mark> implements Disk {
  private readonly disk: Disk;
  private readonly mark: (path: string) => Mark;
  /** Oldest first: syncs complete in the order of their submission. */
  private readonly underWay: Mark[] = [];

  /** `mark`: called at the start of each sync, of a file or of a directory. */
  constructor(disk: Disk, mark: (path: string) => Mark) {
    this.disk = disk;
    this.mark = mark;
  }

  /** The mark of the sync that has just completed. Call once for each. */
  completed(): Mark | undefined {
    return this.underWay.shift();
  }

  sync(path: string, token: Token): void {
    this.underWay.push(this.mark(path));
    this.disk.sync(path, token);
  }

  syncDirectory(path: string, token: Token): void {
    this.underWay.push(this.mark(path));
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
