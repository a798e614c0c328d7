import type { DiskHost } from '../../sim/disk/host.ts';

/** A disk's host that tells nobody and keeps what completes, so that only the caller and the disk are measured. */
export class BenchHost implements DiskHost {
  readonly due: number[] = [];
  nowNs(): number {
    return 0;
  }
  scheduleCompletion(id: number): void {
    this.due.push(id);
  }
  onWrite(): void {}
  onSyncStart(): void {}
  onSyncDone(): void {}
  onRename(): void {}
  onTruncate(): void {}
  onRemove(): void {}
  onFault(): void {}
}
