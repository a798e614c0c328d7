import { assert } from '../../core/base/assert.ts';
import { type OpenRun, type RunRequest, openRun } from '../run.ts';
import { nsPerMs } from '../script.ts';
import type { RunFile } from '../trace/codec.ts';
import type { Intervention } from '../trace/run_info.ts';
import { type Fork, ForkError, beginningOf, checkSameBeginning, goOnOtherwise } from './fork.ts';

/** At 24 a seek in a 60-second run has at most 2.5 s of virtual time to run. */
const defaultKeyframes = 24;

export interface TimelineOptions {
  /** How many worlds stand still along the run: more make seeking quicker and take more memory. */
  readonly keyframes?: number;
}

/** A world at a virtual time. It may be looked at until the next seek. */
export interface Moment {
  readonly run: OpenRun;
  /** Where it stands: the time that was asked for, or the end of the load if that is earlier. */
  readonly nowNs: number;
  /** Virtual time that had to be run to come here. */
  readonly ranNs: number;
}

/** A world on its way to its place, or beyond it. */
interface Walking {
  readonly run: OpenRun;
  nowNs: number;
}

/**
 * A run at any of its times. Worlds can't be cloned (scripts are generators, members hold closures), but they are cheap to run again: so
 * some stand still at regular times, and a seek runs the nearest one before it forward. That one is gone from its place then; `refill`
 * brings another there, bit by bit, whenever the caller has time.
 */
export class Timeline {
  readonly request: RunRequest;
  /** From one keyframe to the next; the first stands at the start. */
  readonly intervalNs: number;
  private readonly places: (OpenRun | null)[];
  /** The world of the last seek. */
  private visited: Walking | null = null;
  private filling: (Walking & { readonly place: number }) | null = null;
  private endNs: number;

  constructor(request: RunRequest, { keyframes = defaultKeyframes }: TimelineOptions = {}) {
    assert(keyframes >= 1, 'a timeline has a keyframe');
    this.request = request;
    this.endNs = (request.durationMs ?? request.scenario.durationMs) * nsPerMs;
    this.intervalNs = Math.ceil(this.endNs / keyframes);
    this.places = Array.from({ length: keyframes }, () => null);
  }

  /** Worlds in memory. */
  get worlds(): number {
    const standing = this.places.filter((place) => place !== null).length;
    return standing + (this.visited === null ? 0 : 1) + (this.filling === null ? 0 : 1);
  }

  /**
   * The world at this time, every event of that time included: the nearest before it is run forward, or a new one from the start if
   * there is none.
   */
  seek(atNs: number): Moment {
    const world = this.take(atNs);
    const fromNs = world.nowNs;
    world.nowNs = world.run.runUntil(atNs);
    this.visited = world;
    return { run: world.run, nowNs: world.nowNs, ranNs: world.nowNs - fromNs };
  }

  /** Runs `sliceNs` of virtual time towards a world in every place. False when there is nothing left to do. */
  refill(sliceNs = 1000 * nsPerMs): boolean {
    this.filling ??= this.nextFilling();
    const { filling } = this;
    if (filling === null) return false;
    const targetNs = filling.place * this.intervalNs;
    const towardsNs = Math.min(targetNs, filling.nowNs + sliceNs);
    filling.nowNs = filling.run.runUntil(towardsNs);
    // A run in which something broke ends before its time: then there are no later places.
    if (filling.nowNs < towardsNs) this.endNs = filling.nowNs;
    if (filling.nowNs >= targetNs) this.places[filling.place] = filling.run;
    if (filling.nowNs >= targetNs || filling.nowNs < towardsNs) this.filling = null;
    return true;
  }

  /**
   * A world of its own that has run until just before the fork's time and goes on otherwise: `close` gives its file. `recorded` is the
   * record of this timeline's run. Throws ForkError.
   */
  fork(fork: Fork, recorded: readonly Intervention[]): OpenRun {
    if (fork.atNs < 1 || fork.atNs > this.endNs)
      throw new ForkError(`a fork at ${fork.atNs} ns: the load goes on from 1 ns to ${this.endNs} ns`);
    const { run } = this.hasFaultsOf(fork)
      ? this.take(fork.atNs - 1)
      : { run: openRun(beginningOf(this.request, recorded, fork.rest)) };
    run.runUntil(fork.atNs - 1);
    if (fork.rest === 'nemesis') checkSameBeginning(run, recorded, fork.atNs);
    goOnOtherwise(run, fork);
    return run;
  }

  /** Whether the worlds here have the faults before them that the fork goes on with: a script, or a list. */
  private hasFaultsOf({ rest }: Fork): boolean {
    const isScript = this.request.interventions === undefined;
    return rest === 'nothing' || isScript === (rest === 'nemesis');
  }

  /** The nearest world at or before a time, taken away from where it was; a new one if there is none. */
  private take(atNs: number): Walking {
    const { visited, places, intervalNs } = this;
    let nearest = Math.min(Math.floor(atNs / intervalNs), places.length - 1);
    while (nearest >= 0 && places[nearest] === null) nearest--;
    if (visited !== null && visited.nowNs <= atNs && visited.nowNs >= nearest * intervalNs) {
      this.visited = null;
      return visited;
    }
    const run = places[nearest] ?? openRun(this.request);
    if (nearest >= 0) places[nearest] = null;
    return { run, nowNs: Math.max(0, nearest) * intervalNs };
  }

  /** A new world for the place that misses one: the nearest to where the person looks, of two the earlier. */
  private nextFilling(): (Walking & { readonly place: number }) | null {
    const { places, intervalNs, endNs } = this;
    const looked = Math.floor((this.visited?.nowNs ?? 0) / intervalNs);
    let best = -1;
    places.forEach((standing, place) => {
      if (standing !== null || place * intervalNs >= endNs) return;
      if (best < 0 || Math.abs(place - looked) < Math.abs(best - looked)) best = place;
    });
    return best < 0 ? null : { run: openRun(this.request), nowNs: 0, place: best };
  }
}

/** The whole file of a fork of a run, from its start. */
export function forkRun(request: RunRequest, recorded: readonly Intervention[], fork: Fork): RunFile {
  return new Timeline(beginningOf(request, recorded, fork.rest), { keyframes: 1 })
    .fork(fork, recorded)
    .close();
}
