import type { Intervention } from '../../sim/trace/run_info.ts';

/** A machine's clock at a moment, as the faults of the run have left it. */
export interface ClockState {
  /** How far its monotonic time is ahead of the world's; negative: behind. */
  readonly offsetNs: number;
  /** How much faster than the world's it runs, in parts per million. */
  readonly driftPpm: number;
  readonly frozen: boolean;
  /** By how much its time of day was set forward beside; negative: back. */
  readonly steppedNs: number;
}

const million = 1_000_000;

/** What a stretch of the world's time is on a clock with this drift, in whole nanoseconds. */
function localElapsed(elapsedNs: number, driftPpm: number): number {
  const rate = million + driftPpm;
  return Math.floor(elapsedNs / million) * rate + Math.floor(((elapsedNs % million) * rate) / million);
}

/** Right after the world's time `atNs`, every fault of that time included. */
export function clockAt(interventions: readonly Intervention[], member: number, atNs: number): ClockState {
  let localNs = 0;
  let sinceNs = 0;
  let driftPpm = 0;
  let frozen = false;
  let steppedNs = 0;
  const goOn = (worldNs: number): void => {
    if (!frozen) localNs += localElapsed(worldNs - sinceNs, driftPpm);
    sinceNs = worldNs;
  };
  for (const one of interventions) {
    if (one.atNs > atNs) continue;
    const isClocks = one.kind === 'clockDrift' || one.kind === 'clockFreeze' || one.kind === 'clockThaw';
    if (one.kind === 'clockStep' && one.member === member) steppedNs += one.byNs;
    if (!isClocks || one.member !== member) continue;
    goOn(one.atNs);
    if (one.kind === 'clockDrift') driftPpm = one.ppm;
    else frozen = one.kind === 'clockFreeze';
  }
  goOn(atNs);
  return { offsetNs: localNs - atNs, driftPpm, frozen, steppedNs };
}

/** A clock that no fault has touched. */
export function isTrue({ offsetNs, driftPpm, frozen, steppedNs }: ClockState): boolean {
  return offsetNs === 0 && driftPpm === 0 && !frozen && steppedNs === 0;
}
