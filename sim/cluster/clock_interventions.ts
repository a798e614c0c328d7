import { unreachable } from '../../core/base/assert.ts';
import type { InterventionAction } from '../trace/run_info.ts';
import type { MemberClock } from './member_clock.ts';

export type ClockAction = Extract<
  InterventionAction,
  { readonly kind: 'clockDrift' | 'clockFreeze' | 'clockThaw' | 'clockStep' }
>;

const clockKinds: readonly string[] = [
  'clockDrift',
  'clockFreeze',
  'clockThaw',
  'clockStep',
] satisfies ClockAction['kind'][];

export function isClockAction(action: InterventionAction): action is ClockAction {
  return clockKinds.includes(action.kind);
}

const million = 1_000_000;

/** Faults of machines' clocks: does them, and keeps what the judges of time must know. */
export class ClockInterventions {
  /** No clock ever ran faster than the world's by more than this, in parts per million. */
  fastestPpm = 0;
  /** Nor slower; a million once one stood still. */
  slowestPpm = 0;
  private readonly clockOf: (member: number) => MemberClock;

  constructor(clockOf: (member: number) => MemberClock) {
    this.clockOf = clockOf;
  }

  /** Whether it changes anything. */
  permits(action: ClockAction): boolean {
    const { driftPpm, frozen } = this.clockOf(action.member);
    switch (action.kind) {
      case 'clockDrift':
        return action.ppm !== driftPpm;
      case 'clockFreeze':
        return !frozen;
      case 'clockThaw':
        return frozen;
      case 'clockStep':
        return action.byNs !== 0;
      default:
        return unreachable(action);
    }
  }

  perform(action: ClockAction): void {
    const clock = this.clockOf(action.member);
    switch (action.kind) {
      case 'clockDrift':
        this.fastestPpm = Math.max(this.fastestPpm, action.ppm);
        this.slowestPpm = Math.max(this.slowestPpm, -action.ppm);
        clock.run({ driftPpm: action.ppm });
        return;
      case 'clockFreeze':
        this.slowestPpm = million;
        clock.run({ frozen: true });
        return;
      case 'clockThaw':
        clock.run({ frozen: false });
        return;
      case 'clockStep':
        clock.step(action.byNs);
        return;
      default:
        unreachable(action);
    }
  }
}
