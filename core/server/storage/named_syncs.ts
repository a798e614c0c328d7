import type { Disk, Token } from '../../ports.ts';

/** The disk, with the names of what is being synced, so that whoever is told of a failure can say of what. */
export class NamedSyncs implements Disk {
  private readonly disk: Disk;
  /** Oldest first: syncs complete in the order of their submission. */
  private readonly underWay: string[] = [];

  constructor(disk: Disk) {
    this.disk = disk;
  }

  /** What the sync that has just completed was of. Call once for each. */
  completed(): string {
    return this.underWay.shift() ?? 'nothing';
  }

  sync(path: string, token: Token): void {
    this.underWay.push(path);
    this.disk.sync(path, token);
  }

  syncDirectory(path: string, token: Token): void {
    this.underWay.push(path === '' ? 'the data directory' : path);
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
