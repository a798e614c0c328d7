import { describe, expect, it } from 'vitest';
import { crashStorm } from '../../scenarios/stories/crash_storm.ts';
import { type RunRequest, openRun, runScenario } from '../../sim/run.ts';
import { nsPerMs } from '../../sim/script.ts';
import { ForkError, type Rest, forkedList } from '../../sim/timeline/fork.ts';
import { Timeline, forkRun } from '../../sim/timeline/timeline.ts';
import { firstDifference } from '../../sim/trace/compare.ts';
import type { Intervention } from '../../sim/trace/run_info.ts';
import { tiny } from '../shrink/tiny.ts';

const request: RunRequest = { scenario: crashStorm, seed: '5', members: 3, clients: 2, durationMs: 3000 };
const whole = runScenario(request);
const recorded = whole.info.interventions;
const asList: RunRequest = { ...request, interventions: recorded };

function straightRun(atNs: number) {
  const run = openRun(request);
  run.runUntil(atNs);
  return run.cluster.world.trace;
}

function straight(atNs: number) {
  return straightRun(atNs).digestText;
}

function filled(keyframes: number, of = request): Timeline {
  const timeline = new Timeline(of, { keyframes, eventsApart: 1 });
  for (let steps = 0; timeline.refill(400 * nsPerMs); steps++) expect(steps).toBeLessThan(1000);
  return timeline;
}

describe('seeking', () => {
  const times = [1234, 2999, 1, 2000, 1999, 1000, 2500, 700, 3000].map((ms) => ms * nsPerMs);

  it('gives the world that a straight run has at that time, wherever it looked before', () => {
    const timeline = filled(5);
    expect(timeline.worlds).toBe(5);
    for (const [i, atNs] of times.entries()) {
      const { run, nowNs } = timeline.seek(atNs);
      expect(nowNs).toBe(atNs);
      expect(run.cluster.world.trace.digestText).toBe(straight(atNs));
      // Not every time is there time to refill.
      if (i % 2 === 0) timeline.refill();
    }
  });

  it('runs no more than its share of the events once it is refilled, and never more than its worlds', () => {
    const timeline = filled(6);
    const events = straightRun(3000 * nsPerMs).length;
    for (const atNs of times) {
      // One step of the first run more: it was asked a thousand times.
      expect(timeline.seek(atNs).ranEvents).toBeLessThanOrEqual(events / 6 + 400);
      while (timeline.refill()) expect(timeline.worlds).toBeLessThanOrEqual(8);
    }
  });

  it('has its worlds as far apart in events: close together where much happens', () => {
    const { placesNs } = filled(6);
    const run = openRun(request);
    const counts = [...placesNs, 3000 * nsPerMs].map((atNs) => {
      run.runUntil(atNs);
      return run.cluster.world.trace.length;
    });
    const events = counts.at(-1) ?? 0;
    const gaps = counts.slice(1, -1).map((count, i) => count - (counts[i] ?? 0));
    expect(placesNs[0]).toBe(0);
    expect(gaps).toHaveLength(5);
    for (const gap of gaps) expect(Math.abs(gap - events / 6)).toBeLessThan(400);
    // Not so in time: the first election takes a third of it, and writes little.
    const waits = placesNs.slice(1).map((atNs, i) => atNs - (placesNs[i] ?? 0));
    expect(Math.max(...waits)).toBeGreaterThan(2 * Math.min(...waits));
  });

  it('has no more worlds than are worth their memory', () => {
    const events = straightRun(3000 * nsPerMs).length;
    const placesOf = (eventsApart: number): number => {
      const timeline = new Timeline(request, { keyframes: 6, eventsApart });
      while (timeline.placesNs.length === 0) timeline.refill(3000 * nsPerMs);
      return timeline.placesNs.length;
    };
    expect(placesOf(Math.floor(events / 3))).toBe(3);
    expect(placesOf(Math.floor(events / 3) + 1)).toBe(2);
    expect(placesOf(events + 1)).toBe(1);
    expect(placesOf(Math.floor(events / 9))).toBe(6);
  });

  it('goes on from the last world when that is nearer, and needs no keyframe for it', () => {
    const timeline = new Timeline(request, { keyframes: 4 });
    const before = timeline.worlds;
    expect(timeline.seek(1000 * nsPerMs).ranNs).toBe(1000 * nsPerMs);
    expect(timeline.seek(1050 * nsPerMs).ranNs).toBe(50 * nsPerMs);
    expect(timeline.worlds).toBe(before + 1);
    expect(timeline.seek(900 * nsPerMs).ranNs).toBe(900 * nsPerMs);
  });

  it('stops where a run stops in which something broke', () => {
    const broken: RunRequest = {
      scenario: tiny,
      seed: '3',
      durationMs: 60_000,
      bugs: ['respond-before-fsync'],
    };
    const timeline = filled(6, broken);
    const { nowNs, run } = timeline.seek(59_000 * nsPerMs);
    expect(nowNs).toBeLessThan(40_000 * nsPerMs);
    expect(run.cluster.violations.length).toBeGreaterThan(0);
    expect(timeline.placesNs).toHaveLength(6);
    expect(Math.max(...timeline.placesNs)).toBeLessThan(nowNs);
  });
});

describe('a fork', () => {
  const atNs = 1500 * nsPerMs;
  const rests: readonly Rest[] = ['recorded', 'nemesis'];

  it.each(rests)('without a change is the run itself (%s)', (rest) => {
    for (const of of [request, asList]) {
      const file = forkRun(of, recorded, { atNs, rest, interventions: [] });
      expect(file.info.digest).toBe(whole.info.digest);
      expect(file.info.interventions).toEqual(recorded);
    }
  });

  const change: Intervention = { atNs, kind: 'pause', member: 1 };

  it.each([...rests, 'nothing'] as const)(
    'begins as the run did, differs after, and replays (%s)',
    (rest) => {
      const file = forkRun(request, recorded, { atNs, rest, interventions: [change] });
      expect(file.info.interventions).toContainEqual(change);
      expect(file.info.interventions.filter((each) => each.atNs < atNs)).toEqual(
        recorded.filter((each) => each.atNs < atNs),
      );
      const at = firstDifference(file.trace, whole.trace);
      expect(at).toBeLessThan(Math.min(file.trace.length, whole.trace.length));
      expect(file.trace.timesNs[at]).toBe(atNs);
      const again = runScenario({ ...request, interventions: file.info.interventions });
      expect(again.info.digest).toBe(file.info.digest);
    },
  );

  it('is the same from a list, from the start, and from a world that stands still', () => {
    for (const rest of ['recorded', 'nothing'] as const) {
      const fork = {
        atNs,
        rest,
        interventions: [change, { ...change, atNs: atNs + 1, kind: 'resume' as const }],
      };
      const list = forkedList(recorded, fork);
      const digest = runScenario({ ...request, interventions: list }).info.digest;
      expect(forkRun(request, recorded, fork).info.digest).toBe(digest);
      for (const of of [request, asList]) {
        const timeline = filled(3, of);
        expect(timeline.fork(fork, recorded).close().info.digest).toBe(digest);
        // Another fork of the same timeline, and a seek, see nothing of it.
        expect(
          timeline.fork({ ...fork, interventions: [], rest: 'recorded' }, recorded).close().info.digest,
        ).toBe(whole.info.digest);
        expect(timeline.seek(atNs).run.cluster.world.trace.digestText).toBe(straight(atNs));
      }
    }
  });

  it('does not change the past, and knows whose faults a list has', () => {
    const early = { ...change, atNs: atNs - 1 };
    const fork = { atNs, rest: 'recorded', interventions: [early] } as const;
    expect(() => forkRun(request, recorded, fork)).toThrow(ForkError);
    expect(() => forkedList(recorded, fork)).toThrow('changes nothing before its own time');
    const others = recorded.slice(1);
    const live = { atNs: 2900 * nsPerMs, rest: 'nemesis', interventions: [] } as const;
    expect(recorded[0]?.atNs).toBeLessThan(live.atNs);
    expect(() => forkRun(request, others, live)).toThrow('not those of its scenario');
    const late = { atNs: 3001 * nsPerMs, rest: 'nothing', interventions: [] } as const;
    expect(() => forkRun(request, recorded, late)).toThrow('the load goes on from 1 ns to 3000000000 ns');
  });
});
