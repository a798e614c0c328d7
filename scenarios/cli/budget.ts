const redrawMs = 80;

/** How long a search may go on, in real time, with a line on stderr that says how far it is; no line when stderr is no terminal. */
export class Budget {
  private readonly startMs = performance.now();
  private readonly limitMs: number;
  private readonly label: string;
  private readonly on: boolean;
  private drawnAtMs = -Infinity;

  constructor(limitMs: number, label: string, on: boolean) {
    this.limitMs = limitMs;
    this.label = label;
    this.on = on && process.stderr.isTTY;
  }

  get elapsedMs(): number {
    return performance.now() - this.startMs;
  }

  get goesOn(): boolean {
    return this.elapsedMs < this.limitMs;
  }

  show(text: string): void {
    if (!this.on) return;
    const nowMs = performance.now();
    if (nowMs - this.drawnAtMs < redrawMs) return;
    this.drawnAtMs = nowMs;
    const leftMs = Math.max(0, this.limitMs - this.elapsedMs);
    const left = leftMs === Infinity ? '' : `, ${Math.ceil(leftMs / 1000)} s left`;
    process.stderr.write(`\r\u001b[2K${this.label}  ${text}${left}`);
  }

  clear(): void {
    if (this.on) process.stderr.write('\r\u001b[2K');
  }
}
