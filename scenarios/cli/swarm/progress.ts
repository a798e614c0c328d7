import { grouped, plural } from '../format.ts';
import type { CampaignState } from './campaign.ts';

/** What one can expect of a swarm before it ends. */
export interface Ahead {
  /** Runs of this session with canaries; Infinity if only the clock ends it. */
  readonly runs: number;
  readonly timeMs: number;
}

/** `134/210 runs  312 seeds/min  15 s left  2 failed` */
export function progressLine({ made, elapsedMs }: CampaignState, { runs, timeMs }: Ahead): string {
  const failed = made.filter(({ passed, canary }) => !passed && !canary).length;
  const of = Number.isFinite(runs)
    ? `${grouped(made.length)}/${grouped(runs)} runs`
    : plural(made.length, 'run');
  const perMinute = made.length === 0 ? 0 : Math.round((made.length * 60_000) / Math.max(1, elapsedMs));
  const byRuns = made.length === 0 ? Infinity : (elapsedMs * (runs - made.length)) / made.length;
  const leftMs = Math.max(0, Math.min(byRuns, timeMs - elapsedMs));
  const left = Number.isFinite(leftMs) ? `  ${leftText(leftMs)} left` : '';
  return `${of}  ${grouped(perMinute)} seeds/min${left}${failed > 0 ? `  ${failed} failed` : ''}`;
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function leftText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const redrawMs = 200;

/** One line on stderr that is rewritten; nothing when stderr is no terminal. */
export class SwarmProgress {
  private readonly on: boolean;
  private readonly ahead: Ahead;
  private drawnAtMs = -Infinity;

  constructor(ahead: Ahead, on: boolean) {
    this.ahead = ahead;
    this.on = on && process.stderr.isTTY;
  }

  update(state: CampaignState): void {
    if (!this.on || state.elapsedMs - this.drawnAtMs < redrawMs) return;
    this.drawnAtMs = state.elapsedMs;
    process.stderr.write(`\r\u001b[2Kswarm  ${progressLine(state, this.ahead)} `);
  }

  /** Before anything else is printed. */
  clear(): void {
    if (this.on) process.stderr.write('\r\u001b[2K');
  }
}
