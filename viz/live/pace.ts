/** Virtual seconds per second of the person who looks. */
export const speeds: readonly number[] = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
export const usualSpeed = 0.25;

/** However late a turn comes, as after a sleep of the computer, it makes up for no more than this. */
const turnMsMax = 200;

/** How far to go in a turn that comes so long after the last one. */
export function nextNs(nowNs: number, elapsedMs: number, speed: number): number {
  return nowNs + Math.max(1, Math.round(Math.min(elapsedMs, turnMsMax) * speed * 1e6));
}

/** Deriving what is drawn takes the longer the longer the trace: it may take this share of the time. */
const redrawShare = 0.3;
const redrawMsMin = 40;

/** When the picture is made anew after one that took so long. */
export function pauseAfter(tookMs: number): number {
  return Math.max(redrawMsMin, tookMs / redrawShare - tookMs);
}

export function speedText(speed: number): string {
  return speed < 1 ? `${Math.round(speed * 1000)} virtual ms a second` : `${speed} virtual s a second`;
}
