import { nsPerMs } from '../script.ts';
import type { ShrinkCase } from './case.ts';
import type { Search } from './search.ts';

/** The load ends as early as it may. */
export function shortenRun(search: Search): void {
  const { current, violation } = search;
  const seenMs = Math.ceil(violation.atNs / nsPerMs);
  if (seenMs > 0 && seenMs < current.durationMs) search.attempt(endingAt(current, seenMs));
  for (const [numerator, denominator] of [
    [1, 4],
    [1, 2],
    [3, 4],
    [7, 8],
  ] as const) {
    // As long as it goes on working.
    for (;;) {
      const durationMs = Math.floor((search.current.durationMs * numerator) / denominator);
      if (durationMs < 1 || !search.attempt(endingAt(search.current, durationMs))) break;
    }
  }
}

function endingAt(from: ShrinkCase, durationMs: number): ShrinkCase {
  const interventions = from.interventions.filter(({ atNs }) => atNs <= durationMs * nsPerMs);
  return { ...from, durationMs, interventions };
}

/** What follows a wait comes earlier: the waits between faults and operations, and before the first, become as short as they may. */
export function closeGaps(search: Search): void {
  for (let i = 0; i < momentsOf(search.current).length; i++) {
    if (search.over) return;
    const { current } = search;
    const moments = momentsOf(current);
    const here = moments[i] as number;
    const gapNs = here - (moments[i - 1] ?? 0);
    const shifts = gapsLeft
      .map(([numerator, denominator]) => gapNs - Math.floor((gapNs * numerator) / denominator))
      .filter((byNs) => byNs >= gapMinNs);
    search.attemptFirst(shifts.map((byNs) => earlierFrom(current, here, byNs)));
  }
}

/** What may be left of a wait: nothing, a quarter, half of it. */
const gapsLeft = [
  [0, 1],
  [1, 4],
  [1, 2],
] as const;

/** A shorter shift than this is not worth a run. */
const gapMinNs = 20 * nsPerMs;

/** The times that a case names, ascending, each once. */
function momentsOf({ interventions, load }: ShrinkCase): number[] {
  const moments = new Set(interventions.map(({ atNs }) => atNs));
  for (const { operations } of load) for (const { atNs } of operations) moments.add(atNs);
  return [...moments].sort((a, b) => a - b);
}

/** Everything from a moment on, and the end, comes this much earlier. */
function earlierFrom(from: ShrinkCase, momentNs: number, byNs: number): ShrinkCase {
  const moved = movedTimes(from, (atNs) => (atNs < momentNs ? atNs : atNs - byNs));
  return { ...moved, durationMs: Math.max(1, from.durationMs - Math.floor(byNs / nsPerMs)) };
}

function movedTimes(from: ShrinkCase, move: (atNs: number) => number): ShrinkCase {
  const load = from.load.map(({ client, operations }) => ({
    client,
    operations: operations.map((range) => ({ ...range, atNs: move(range.atNs) })),
  }));
  const interventions = from.interventions.map((each) => ({ ...each, atNs: move(each.atNs) }));
  return { ...from, interventions, load };
}

const unitsMs = [1000, 500, 100, 50, 10, 5, 1];

/** Rounder times: whole seconds if that does, else halves, and so on; all at once, then one moment after the other. */
export function roundTimes(search: Search): void {
  for (const unitMs of unitsMs) {
    if (search.over) return;
    if (search.attempt(movedTimes(search.current, (atNs) => roundNs(atNs, unitMs * nsPerMs)))) break;
  }
  for (let i = 0; i < momentsOf(search.current).length; i++) roundMoment(search, i);
  for (const unitMs of unitsMs) {
    const durationMs = Math.ceil(search.current.durationMs / unitMs) * unitMs;
    if (search.over || search.attempt({ ...search.current, durationMs })) return;
  }
}

/** The order stays: no moment passes another. */
function roundMoment(search: Search, index: number): void {
  for (const unitMs of unitsMs) {
    const moments = momentsOf(search.current);
    const here = moments[index];
    if (search.over || here === undefined) return;
    const to = roundNs(here, unitMs * nsPerMs);
    if (to === here) return;
    if (to <= (moments[index - 1] ?? 0) || to >= (moments[index + 1] ?? Infinity)) continue;
    if (search.attempt(movedTimes(search.current, (atNs) => (atNs === here ? to : atNs)))) return;
  }
}

function roundNs(ns: number, unitNs: number): number {
  return Math.round(ns / unitNs) * unitNs;
}
