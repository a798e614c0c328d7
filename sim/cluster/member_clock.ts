import type { Clock, Token } from '../../core/ports.ts';
import { VirtualClock } from '../clock.ts';
import { Ev } from './events.ts';
import type { World } from './world.ts';

/** A timer of a clock that stands still. */
interface FrozenTimer {
  readonly token: Token;
  readonly incarnation: number;
  readonly dueLocalNs: number;
}

/** The clock of one machine, and its process' timers: they fall due by that clock, whatever becomes of it meanwhile. */
export class MemberClock implements Clock {
  private readonly world: World;
  private readonly member: number;
  private readonly incarnationNow: () => number;
  private readonly clock = new VirtualClock();
  private frozenTimers: FrozenTimer[] = [];

  constructor(world: World, member: number, incarnationNow: () => number) {
    this.world = world;
    this.member = member;
    this.incarnationNow = incarnationNow;
  }

  get driftPpm(): number {
    return this.clock.driftPpm;
  }

  get frozen(): boolean {
    return this.clock.frozen;
  }

  get steppedNs(): number {
    return this.clock.steppedNs;
  }

  nowNs(): number {
    const { clock, world } = this;
    return clock.isTrue ? world.scheduler.nowNs : clock.localNs(world.scheduler.nowNs);
  }

  wallNs(): bigint {
    return this.clock.wallNs(this.world.scheduler.nowNs);
  }

  armTimer(token: Token, delayNs: number): void {
    this.arm(token, this.incarnationNow(), this.nowNs() + delayNs);
  }

  private arm(token: Token, incarnation: number, dueLocalNs: number): void {
    const { clock, world } = this;
    const { scheduler } = world;
    const dueNs = clock.isTrue ? dueLocalNs : Math.max(scheduler.nowNs, clock.worldNs(dueLocalNs));
    if (dueNs === Infinity) this.frozenTimers.push({ token, incarnation, dueLocalNs });
    else scheduler.schedule(dueNs, Ev.memberTimer, this.member, token, incarnation, null);
  }

  /** Runs at another speed, or stands still, from now on. What was to fall due falls due by the new speed. */
  run(how: { readonly driftPpm?: number; readonly frozen?: boolean }): void {
    const { clock, world, member } = this;
    const { scheduler } = world;
    const waiting = scheduler.takeOut((kind, target) => kind === Ev.memberTimer && target === member);
    const timers = waiting.map(({ timeNs, a, b }): FrozenTimer => {
      return { token: a, incarnation: b, dueLocalNs: clock.localNs(timeNs) };
    });
    const frozen = this.frozenTimers;
    this.frozenTimers = [];
    clock.run(scheduler.nowNs, how);
    for (const timer of [...frozen, ...timers]) this.arm(timer.token, timer.incarnation, timer.dueLocalNs);
  }

  step(byNs: number): void {
    this.clock.step(byNs);
  }
}
