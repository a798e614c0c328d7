import { nsPerMs } from '../../limits.ts';
import type { Clock, Token } from '../../ports.ts';

/** Node takes longer delays for 1 ms. */
const delayMsMax = 2 ** 31 - 1;
/**
 * The clock's origin is the time of day, cut to this: 26 days. So the ids that a member makes from its clock (of proposals, of leases)
 * are other ones after a restart, and there are 78 days until the count of nanoseconds is no longer exact to the last one.
 */
const originNs = 2n ** 51n;

/**
 * How far a member's clock is off the others', by its id: ids made from clocks in the same moment must differ, and of the member itself
 * only a few bits fit into them.
 */
export function clockOffsetNs(member: bigint): number {
  return Number(member % originNs);
}

/** The machine's clocks: the monotonic one for intervals, the wall clock for what others read. */
export class RealClock implements Clock {
  private readonly originNs: number;
  private readonly handles = new Set<NodeJS.Timeout>();
  private readonly onTimer: (token: Token) => void;
  /** Timers that are armed now never come: for ticks that are given out of turn. */
  ignoresTimers = false;

  /** `offsetNs` is added to the time. */
  constructor(onTimer: (token: Token) => void, offsetNs = 0) {
    this.onTimer = onTimer;
    this.originNs = Number((this.wallNs() + BigInt(offsetNs)) % originNs) - performance.now() * nsPerMs;
  }

  nowNs(): number {
    return Math.floor(this.originNs + performance.now() * nsPerMs);
  }

  wallNs(): bigint {
    return BigInt(Date.now()) * BigInt(nsPerMs);
  }

  armTimer(token: Token, delayNs: number): void {
    if (this.ignoresTimers) return;
    const delayMs = Math.min(Math.ceil(delayNs / nsPerMs), delayMsMax);
    const handle = setTimeout(() => {
      this.handles.delete(handle);
      this.onTimer(token);
    }, delayMs);
    this.handles.add(handle);
  }

  /** No timer comes any more. */
  stop(): void {
    for (const handle of this.handles) clearTimeout(handle);
    this.handles.clear();
    this.ignoresTimers = true;
  }
}
