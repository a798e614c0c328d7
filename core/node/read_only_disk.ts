import { DiskError, type Disk } from '../ports.ts';
import { fileSize, namesIn, readPart } from './directory_reads.ts';

/** A real directory that is only looked at: whatever would change it throws DiskError with EROFS. */
export class ReadOnlyDisk implements Disk {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
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

  write(path: string): void {
    refuse(path, 'write');
  }

  truncate(path: string): void {
    refuse(path, 'truncate');
  }

  rename(from: string): void {
    refuse(from, 'rename');
  }

  remove(path: string): void {
    refuse(path, 'remove');
  }

  makeDirectory(path: string): void {
    refuse(path, 'make the directory');
  }

  sync(path: string): void {
    refuse(path, 'sync');
  }

  syncDirectory(path: string): void {
    refuse(path, 'sync');
  }
}

function refuse(path: string, what: string): never {
  throw new DiskError('EROFS', path, what);
}
