import { expect } from 'vitest';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import type { Story } from '../../sim/faults/story.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import { describeEvent } from '../../sim/trace/describe.ts';
import type { Intervention } from '../../sim/trace/run_info.ts';
import { eventsOfKind } from '../../sim/trace/trace.ts';

export interface DiskStoryOptions {
  readonly members?: number;
  readonly durationMs?: number;
  readonly seed?: string;
  /** Begin before the members start, not when there is a leader. */
  readonly fromTheStart?: boolean;
}

export function diskScenario(
  trouble: (story: Story) => Script,
  { members = 3, durationMs = 4000, fromTheStart = false }: DiskStoryOptions = {},
): Scenario {
  return {
    name: 'one-bad-disk',
    sentence: 'One bad disk.',
    members,
    clients: 2,
    durationMs,
    workload: registers({ ...mixedRegisters, pauseMeanMs: 40 }),
    *nemesis(story) {
      if (!fromTheStart) {
        yield* story.untilLeader();
        yield* story.sleep(300);
      }
      yield* trouble(story);
    },
    sometimes: [],
  };
}

/**
 * Runs members under load with this trouble. What every disk fault must stand: the recorded list gives the same run, and every list
 * that lacks one of its interventions still runs and breaks nothing that was promised.
 */
export function runDiskStory(trouble: (story: Story) => Script, options: DiskStoryOptions = {}): RunFile {
  const scenario = diskScenario(trouble, options);
  const seed = options.seed ?? '1';
  const file = runScenario({ scenario, seed });
  expect(file.info.verdict.violations).toEqual([]);
  expect(file.info.verdict.passed).toBe(true);
  const { interventions, digest } = file.info;
  const again = runScenario({ scenario, seed, interventions });
  expect(again.info.digest).toBe(digest);
  expect(again.info.interventions).toEqual(interventions);
  for (const left of interventions) {
    const shorter = runScenario({
      scenario,
      seed,
      interventions: interventions.filter((each) => each !== left),
    });
    expect([left, shorter.info.verdict.violations]).toEqual([left, []]);
    expect(shorter.info.digest).not.toBe(digest);
  }
  return file;
}

export interface FaultRow {
  readonly text: string;
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  readonly member: number;
  readonly atNs: number;
  /** The row that it was caused by, in words. */
  readonly cause: string;
}

/** The trace's rows of disk faults; without texts, all of them. */
export function faultRows(file: RunFile, ...texts: readonly string[]): FaultRow[] {
  const { trace } = file;
  const rows = eventsOfKind(trace, 'diskFault').map((i) => ({
    text: trace.text(i, 0),
    file: trace.text(i, 1),
    offset: trace.arg(i, 2),
    bytes: trace.arg(i, 3),
    member: trace.lanes[i] ?? 0,
    atNs: trace.timesNs[i] ?? 0,
    cause: (trace.causes[i] ?? -1) < 0 ? '' : describeEvent(file, trace.causes[i] ?? 0),
  }));
  return texts.length === 0 ? rows : rows.filter(({ text }) => texts.includes(text));
}

/** Why members stopped, in order. */
export function failures(file: RunFile): string[] {
  return eventsOfKind(file.trace, 'failed').map((i) => `n${file.trace.lanes[i]} ${file.trace.text(i, 0)}`);
}

export function kindsOf(file: RunFile): Intervention['kind'][] {
  return file.info.interventions.map(({ kind }) => kind);
}

/** Times of a member's starts, ns. */
export function starts(file: RunFile, member: number): number[] {
  const { trace } = file;
  const boots = eventsOfKind(trace, 'boot').filter((i) => trace.lanes[i] === member);
  return boots.map((i) => trace.timesNs[i] ?? 0);
}
