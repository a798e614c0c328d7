import { seconds } from './format.ts';

const redrawMs = 80;

/** One line on stderr that is rewritten while a run goes on; nothing when stderr is no terminal. */
export class Progress {
  private readonly on: boolean;
  private readonly label: string;
  private drawnAtMs = 0;

  constructor(label: string, on: boolean) {
    this.label = label;
    this.on = on && process.stderr.isTTY;
  }

  update(nowNs: number, endNs: number): void {
    if (!this.on) return;
    const nowMs = performance.now();
    if (nowMs - this.drawnAtMs < redrawMs) return;
    this.drawnAtMs = nowMs;
    const width = 24;
    const filled = Math.min(width, Math.round((nowNs / endNs) * width));
    const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
    process.stderr.write(`\r${this.label}  ${bar}  ${seconds(nowNs)} of ${seconds(endNs)} virtual `);
  }

  clear(): void {
    if (this.on) process.stderr.write('\r\u001b[2K');
  }
}
