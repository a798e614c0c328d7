import { assert } from '../../core/base/assert.ts';
import { type OpenRun, type RunRequest, openRun } from '../run.ts';
import { nsPerMs } from '../script.ts';
import type { RunFile } from '../trace/codec.ts';
import type { Intervention } from '../trace/run_info.ts';
import { type Fork, ForkError, beginningOf, checkSameBeginning, goOnOtherwise } from './fork.ts';

/** At 32 a seek has at most a 32nd of the run's events to run: 11,000 in a busy run of 60 s. */
const defaultKeyframes = 32;

/**
 * So many events take some 15 ms. Closer together, worlds gain less than they cost: all of them are live memory, and what the slowest of
 * many seeks waits for is that the collector of garbage goes through it (60 to 90 ms of processor time for 32 worlds).
 */
const defaultEventsApart = 8000;

/** How often the first run of all is asked how many events there were. */
const marks = 1024;

export interface TimelineOptions {
  /** How many worlds stand still along the run at most: more make seeking quicker and take more memory. */
  readonly keyframes?: number;
  /** From each to the next there are at least so many events. */
  readonly eventsApart?: number;
}

/** A world at a virtual time. It may be looked at until the next seek. */
export interface Moment {
  readonly run: OpenRun;
  /** Where it stands: the time that was asked for, or the end of the load if that is earlier. */
  readonly nowNs: number;
  /** Virtual time, and events of the trace, that had to be run to come here. */
  readonly ranNs: number;
  readonly ranEvents: number;
}

/** A world on its way to its place, or beyond it. */
interface Walking {
  readonly run: OpenRun;
  nowNs: number;
}

/** Where a world is to stand still. */
interface Place {
  readonly atNs: number;
  run: OpenRun | null;
}

/**
 * A run at any of its times. Worlds can't be cloned (scripts are generators, members hold closures), but they are cheap to run again: so
 * some stand still along the way, and a seek runs the nearest one before it forward. That one is gone from its place then; `refill`
 * brings another there, bit by bit, whenever the caller has time. The first thing that it does is to run the whole once: then it knows
 * how many events there are when, and the places are as far apart in events, not in time, for a second of an election storm costs ten of
 * a calm one.
 */
export class Timeline {
  readonly request: RunRequest;
  private readonly keyframes: number;
  private readonly eventsApart: number;
  /** Ascending; the first stands at the start. None before the whole was run once. */
  private places: readonly Place[] = [];
  private survey: (Walking & { readonly events: number[] }) | null;
  /** The world of the last seek. */
  private visited: Walking | null = null;
  private filling: (Walking & { readonly place: Place }) | null = null;
  private endNs: number;

  constructor(request: RunRequest, options: TimelineOptions = {}) {
    const { keyframes = defaultKeyframes, eventsApart = defaultEventsApart } = options;
    assert(keyframes >= 1 && eventsApart >= 1, 'a timeline has a keyframe, and events between two');
    this.request = request;
    this.endNs = (request.durationMs ?? request.scenario.durationMs) * nsPerMs;
    this.keyframes = keyframes;
    this.eventsApart = eventsApart;
    this.survey = { run: openRun(request), nowNs: 0, events: [0] };
  }

  /** Worlds in memory. */
  get worlds(): number {
    const standing = this.places.filter(({ run }) => run !== null).length;
    const walking = [this.visited, this.filling, this.survey].filter((world) => world !== null).length;
    return standing + walking;
  }

  /** When worlds stand still, ascending; empty as long as that is not known. */
  get placesNs(): readonly number[] {
    return this.places.map(({ atNs }) => atNs);
  }

  /**
   * The world at this time, every event of that time included: the nearest before it is run forward, or a new one from the start if
   * there is none.
   */
  seek(atNs: number): Moment {
    const world = this.take(atNs);
    const { trace } = world.run.cluster.world;
    const [fromNs, fromEvents] = [world.nowNs, trace.length];
    world.nowNs = world.run.runUntil(atNs);
    this.visited = world;
    const ranEvents = trace.length - fromEvents;
    return { run: world.run, nowNs: world.nowNs, ranNs: world.nowNs - fromNs, ranEvents };
  }

  /** Runs `sliceNs` of virtual time towards a world in every place. False when there is nothing left to do. */
  refill(sliceNs = 1000 * nsPerMs): boolean {
    if (this.survey !== null) {
      this.goOnWithSurvey(this.survey, sliceNs);
      return true;
    }
    this.filling ??= this.nextFilling();
    const { filling } = this;
    if (filling === null) return false;
    const { place } = filling;
    filling.nowNs = filling.run.runUntil(Math.min(place.atNs, filling.nowNs + sliceNs));
    if (filling.nowNs >= place.atNs) {
      place.run = filling.run;
      this.filling = null;
    }
    return true;
  }

  private goOnWithSurvey(survey: Walking & { readonly events: number[] }, sliceNs: number): void {
    const stepNs = Math.ceil(this.endNs / marks);
    const towardsNs = Math.min(this.endNs, survey.nowNs + sliceNs);
    const { trace } = survey.run.cluster.world;
    while (survey.nowNs < towardsNs) {
      const nextNs = Math.min(this.endNs, survey.nowNs + stepNs);
      survey.nowNs = survey.run.runUntil(nextNs);
      survey.events.push(trace.length);
      // A run in which something broke ends before its time: then there are no later places.
      if (survey.nowNs < nextNs) this.endNs = survey.nowNs;
      if (survey.nowNs >= this.endNs) {
        this.places = this.chosenPlaces(survey.events, stepNs);
        this.survey = null;
        return;
      }
    }
  }

  /** As many events from each to the next. `events`: how many there were after every step. */
  private chosenPlaces(events: readonly number[], stepNs: number): Place[] {
    const total = events.at(-1) ?? 0;
    const count = Math.max(1, Math.min(this.keyframes, Math.floor(total / this.eventsApart)));
    const times = new Set<number>();
    for (let i = 0; i < count; i++) {
      const step = events.findIndex((before) => before * count >= total * i);
      times.add(Math.min(this.endNs, step * stepNs));
    }
    return [...times].map((atNs) => ({ atNs, run: null }));
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
    const { visited } = this;
    const place = this.places.findLast((each) => each.run !== null && each.atNs <= atNs);
    if (visited !== null && visited.nowNs <= atNs && visited.nowNs >= (place?.atNs ?? 0)) {
      this.visited = null;
      return visited;
    }
    if (place === undefined || place.run === null) return { run: openRun(this.request), nowNs: 0 };
    const { run } = place;
    place.run = null;
    return { run, nowNs: place.atNs };
  }

  /** A new world for the place that misses one: the nearest to where the person looks, of two the earlier. */
  private nextFilling(): (Walking & { readonly place: Place }) | null {
    const lookedNs = this.visited?.nowNs ?? 0;
    let best: Place | null = null;
    for (const place of this.places) {
      if (place.run !== null) continue;
      if (best === null || Math.abs(place.atNs - lookedNs) < Math.abs(best.atNs - lookedNs)) best = place;
    }
    return best === null ? null : { run: openRun(this.request), nowNs: 0, place: best };
  }
}

/** The whole file of a fork of a run, from its start. */
export function forkRun(request: RunRequest, recorded: readonly Intervention[], fork: Fork): RunFile {
  return new Timeline(beginningOf(request, recorded, fork.rest), { keyframes: 1 })
    .fork(fork, recorded)
    .close();
}
