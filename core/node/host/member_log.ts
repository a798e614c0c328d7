import type { Log } from '../../ports.ts';
import type { MemberObserver, RecoveryFacts } from '../../server/observer.ts';

/** Says in the log what a person wants to know of a member's life, and keeps why it ended. */
export class MemberLog implements MemberObserver {
  /** Why the member can't go on; empty as long as it can. */
  failure = '';
  private readonly log: Log;
  private readonly whenMembersChange: () => void;

  constructor(log: Log, whenMembersChange: () => void = () => undefined) {
    this.log = log;
    this.whenMembersChange = whenMembersChange;
  }

  onMembers(): void {
    this.whenMembersChange();
  }

  onAppend(): void {
    // Too often to be told.
  }

  onApply(): void {
    // Too often to be told.
  }

  onWriteAcknowledged(): void {
    // Too often to be told.
  }

  onSnapshotSaved(index: number): void {
    this.log.line('info', `etcdserver: saved snapshot at index ${index}`);
  }

  onSnapshotInstalled(index: number): void {
    this.log.line('info', `etcdserver: applied snapshot at index ${index}`);
  }

  onRecovered({ entries, commitIndex, snapshotIndex, cutBytes }: RecoveryFacts): void {
    if (cutBytes > 0)
      this.log.line('warning', `wal: repaired: ${cutBytes} bytes of a torn tail were cut off`);
    if (commitIndex === 0) return;
    const text = `recovered from snapshot at index ${snapshotIndex} and ${entries.length} entries, commit index ${commitIndex}`;
    this.log.line('info', `etcdserver: ${text}`);
  }

  onFailed(reason: string): void {
    this.failure = reason;
  }
}
