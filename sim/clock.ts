import { assert } from '../core/base/assert.ts';
import { epochNs } from './limits.ts';

const million = 1_000_000;

/** A clock that runs half as fast again, or at half the speed, is as wrong as one may be. */
export const driftPpmMax = 500_000;

/**
 * A machine's clock, by the world's true time: it may run fast or slow, stand still, and its time of day may be stepped. Its monotonic
 * time never goes back. Integers only: what it shows is exact.
 */
export class VirtualClock {
  /** How much faster than the world's it runs, in parts per million; negative: slower. */
  driftPpm = 0;
  frozen = false;
  /** By how much the time of day was stepped, altogether. */
  steppedNs = 0;
  private sinceWorldNs = 0;
  private sinceLocalNs = 0;

  /** It shows the world's time, and always has. */
  get isTrue(): boolean {
    return this.driftPpm === 0 && !this.frozen && this.sinceLocalNs === this.sinceWorldNs;
  }

  /** Monotonic time at this time of the world, which is not before the last change. */
  localNs(worldNs: number): number {
    if (this.frozen) return this.sinceLocalNs;
    const elapsed = worldNs - this.sinceWorldNs;
    if (this.driftPpm === 0) return this.sinceLocalNs + elapsed;
    const rate = million + this.driftPpm;
    const rest = Math.floor(((elapsed % million) * rate) / million);
    return this.sinceLocalNs + Math.floor(elapsed / million) * rate + rest;
  }

  /** The first time of the world at which the clock shows this; Infinity as long as it stands still before. */
  worldNs(localNs: number): number {
    const ahead = localNs - this.sinceLocalNs;
    if (ahead <= 0) return this.sinceWorldNs;
    if (this.frozen) return Infinity;
    const rate = million + this.driftPpm;
    const rest = Math.ceil(((ahead % rate) * million) / rate);
    return this.sinceWorldNs + Math.floor(ahead / rate) * million + rest;
  }

  /** Nanoseconds since 1970. */
  wallNs(worldNs: number): bigint {
    return epochNs + BigInt(this.localNs(worldNs) + this.steppedNs);
  }

  /** From this time of the world on it runs like this. */
  run(worldNs: number, { driftPpm = this.driftPpm, frozen = this.frozen }): void {
    assert(Math.abs(driftPpm) <= driftPpmMax, `a drift of ${driftPpm} ppm is beyond ${driftPpmMax}`);
    this.sinceLocalNs = this.localNs(worldNs);
    this.sinceWorldNs = worldNs;
    this.driftPpm = driftPpm;
    this.frozen = frozen;
  }

  /** Sets the time of day forward or back; monotonic time goes on as it was. */
  step(byNs: number): void {
    this.steppedNs += byNs;
  }
}
