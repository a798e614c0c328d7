import type { Clock, Token } from '../ports.ts';
import type { CallId, WaitId } from './ports.ts';
import type { KeeperId, WatchId } from './task.ts';

/** What a timer is for. */
export type Due =
  | { readonly kind: 'callDeadline'; readonly call: CallId }
  | { readonly kind: 'callRetry'; readonly call: CallId }
  | { readonly kind: 'watchWait'; readonly watch: WatchId; readonly wait: WaitId }
  | { readonly kind: 'streamReopen' }
  | { readonly kind: 'keeperRenew'; readonly keeper: KeeperId }
  | { readonly kind: 'keeperDeadline'; readonly keeper: KeeperId }
  | { readonly kind: 'keeperWait'; readonly keeper: KeeperId; readonly wait: WaitId }
  | { readonly kind: 'sleep'; readonly wait: WaitId };

/** A client's timers as plain data. One that was cancelled still fires, and then is for nothing. */
export class Timers {
  private readonly clock: Pick<Clock, 'nowNs' | 'armTimer'>;
  private readonly dues = new Map<Token, Due>();
  private nextToken = 1;

  constructor(clock: Pick<Clock, 'nowNs' | 'armTimer'>) {
    this.clock = clock;
  }

  nowNs(): number {
    return this.clock.nowNs();
  }

  arm(delayNs: number, due: Due): Token {
    const token = this.nextToken++;
    this.dues.set(token, due);
    this.clock.armTimer(token, delayNs);
    return token;
  }

  cancel(token: Token): void {
    this.dues.delete(token);
  }

  /** What the timer is for, or undefined if it was cancelled. */
  take(token: Token): Due | undefined {
    const due = this.dues.get(token);
    this.dues.delete(token);
    return due;
  }
}
