import type { NodeId } from '../../base/ids.ts';
import { nsPerMs, releaseDelayAfterSnapshotMs } from '../../limits.ts';

/**
 * Counts the snapshots on their way to followers: while there is one, and for a while after it arrived, the log is not compacted,
 * or its receiver would need the next snapshot at once.
 */
export class SnapshotOutbox {
  private readonly underWay: NodeId[] = [];
  private readonly releasedAtNs: number[] = [];

  get sending(): number {
    return this.underWay.length;
  }

  begin(to: NodeId): void {
    this.underWay.push(to);
  }

  /** Returns false for a report about nothing that was sent. */
  end(to: NodeId, delivered: boolean, nowNs: number): boolean {
    const position = this.underWay.indexOf(to);
    if (position < 0) return false;
    this.underWay.splice(position, 1);
    if (delivered) this.releasedAtNs.push(nowNs + releaseDelayAfterSnapshotMs * nsPerMs);
    return true;
  }

  /** Whether the log may be compacted. */
  isQuiet(nowNs: number): boolean {
    while ((this.releasedAtNs[0] ?? Infinity) <= nowNs) this.releasedAtNs.shift();
    return this.underWay.length === 0 && this.releasedAtNs.length === 0;
  }
}
