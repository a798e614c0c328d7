import type { DiskErrorCode, Token } from '../../core/ports.ts';
import type { DiskHost } from '../../sim/disk/host.ts';
import { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { RandomStream } from '../../sim/random.ts';

export type FailingKind = 'write' | 'full' | 'sync' | 'read';

export interface Failure {
  readonly kind: FailingKind;
  /** Which of its kind fails, from 1 on. */
  readonly number: number;
}

/** A disk on which one operation fails, and that notes of what: a write fails with the next sync of its file. */
export class FailingDisk extends VirtualDisk {
  failure: Failure | null = null;
  /** How many there were. */
  readonly counts: Record<FailingKind, number> = { write: 0, full: 0, sync: 0, read: 0 };
  /** What failed, once it has. */
  failedPath: string | null = null;
  /** It was a directory. */
  directoryFailed = false;
  private readonly syncPaths: string[] = [];

  constructor(host: DiskHost) {
    super(host, { syncMinNs: 1, syncMeanNs: 0 }, new RandomStream('disk'));
  }

  private fails(kind: FailingKind, path: string): boolean {
    const { failure } = this;
    if (++this.counts[kind] !== failure?.number || failure.kind !== kind) return false;
    this.failedPath = path;
    this.directoryFailed = this.sizeBytes(path) < 0;
    return true;
  }

  override write(path: string, offsetBytes: number, bytes: Uint8Array): void {
    const { faults } = this;
    if (this.fails('write', path)) faults.writeErrorPer10k = 10_000;
    if (this.fails('full', path)) faults.fullAtBytes = 0;
    super.write(path, offsetBytes, bytes);
    faults.writeErrorPer10k = 0;
    faults.fullAtBytes = Infinity;
  }

  override sync(path: string, token: Token): void {
    this.syncPaths.push(path);
    super.sync(path, token);
  }

  override syncDirectory(path: string, token: Token): void {
    this.syncPaths.push(path);
    super.syncDirectory(path, token);
  }

  override completeSync(id: number): { readonly token: Token; readonly error: DiskErrorCode | null } | null {
    this.faults.syncError = this.fails('sync', this.syncPaths.shift() ?? '');
    const done = super.completeSync(id);
    this.faults.syncError = false;
    return done;
  }

  override crash(...how: Parameters<VirtualDisk['crash']>): ReturnType<VirtualDisk['crash']> {
    this.syncPaths.length = 0;
    return super.crash(...how);
  }

  override read(path: string, offsetBytes: number, lengthBytes: number): Uint8Array {
    this.faults.readError = this.fails('read', path);
    try {
      return super.read(path, offsetBytes, lengthBytes);
    } finally {
      this.faults.readError = false;
    }
  }
}
