/** The longest that inputs are handled without letting anything else in: a tenth of a tick. */
const sliceMs = 10;

/**
 * A member's inputs, one at a time and in order: what comes while one is being handled, such as an answer that frees a stream at
 * once, waits until that is done. Many of them are handled in slices, so that timers, disk and connections get their turn.
 */
export class InputQueue {
  private readonly waiting: (() => void)[] = [];
  private isBusy = false;
  private isPostponed = false;

  /** Handles the input now, or behind those that came before. */
  put(input: () => void): void {
    if (this.isBusy || this.isPostponed) {
      this.waiting.push(input);
      return;
    }
    this.isBusy = true;
    try {
      input();
    } finally {
      this.isBusy = false;
    }
    if (this.waiting.length > 0) this.drain();
  }

  private drain(): void {
    const untilMs = performance.now() + sliceMs;
    let count = 0;
    this.isBusy = true;
    this.isPostponed = false;
    try {
      while (count < this.waiting.length && performance.now() < untilMs)
        (this.waiting[count++] as () => void)();
    } finally {
      this.waiting.splice(0, count);
      this.isBusy = false;
    }
    if (this.waiting.length === 0) return;
    this.isPostponed = true;
    setImmediate(() => this.drain());
  }
}
