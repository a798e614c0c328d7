import type { DiskErrorCode } from '../ports.ts';

export type SyncDone = (error: DiskErrorCode | null) => void;

/** What can be synced: an open file or a directory. */
export interface SyncTarget {
  /** Starts the operating system's sync; `done` comes later, never from within the call. */
  sync(done: SyncDone): void;
}

interface Waiting {
  readonly target: SyncTarget;
  readonly done: SyncDone;
}

/**
 * Syncs one at a time, in the order of submission: the kernel reports a failed write-back to one of several syncs of a file, so that
 * two at once could report success for what was lost. Those that wait next to each other for one target are served by a single
 * sync, which covers all that was written before it begins.
 */
export class SyncQueue {
  private readonly waiting: Waiting[] = [];
  private underWay = false;
  private readonly idleListeners: (() => void)[] = [];

  submit(target: SyncTarget, done: SyncDone): void {
    this.waiting.push({ target, done });
    if (!this.underWay) this.start();
  }

  /** Calls back once nothing is under way; at once if that is so now. */
  whenIdle(listener: () => void): void {
    if (this.waiting.length === 0) listener();
    else this.idleListeners.push(listener);
  }

  private start(): void {
    const [first] = this.waiting;
    if (first === undefined) {
      for (const listener of this.idleListeners.splice(0)) listener();
      return;
    }
    const behind = this.waiting.findIndex(({ target }) => target !== first.target);
    const count = behind < 0 ? this.waiting.length : behind;
    this.underWay = true;
    first.target.sync((error) => {
      // Still under way while they are told: what that submits must wait for its turn.
      for (const { done } of this.waiting.splice(0, count)) done(error);
      this.underWay = false;
      this.start();
    });
  }
}
