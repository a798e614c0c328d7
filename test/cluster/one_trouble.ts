import { expect } from 'vitest';
import { mixedRegisters, registers } from '../../scenarios/workloads/registers.ts';
import type { Story } from '../../sim/faults/story.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { Script } from '../../sim/script.ts';
import { shrink } from '../../sim/shrink/shrink.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import { type DropReason, type KindName, argument, dropReasons } from '../../sim/trace/kinds.ts';
import type { InterventionAction } from '../../sim/trace/run_info.ts';
import { eventsOfKind } from '../../sim/trace/trace.ts';
import { isThorough } from '../runs.ts';

/** Three members under a light load, with one trouble after the first election. */
export function troubled(trouble: (story: Story) => Script, change: Partial<Scenario> = {}): Scenario {
  return {
    name: 'one-trouble',
    sentence: 'One trouble.',
    members: 3,
    clients: 2,
    durationMs: 2600,
    workload: registers({ ...mixedRegisters, pauseMeanMs: 40 }),
    *nemesis(story) {
      yield* story.untilLeader();
      yield* trouble(story);
    },
    sometimes: [],
    ...change,
  };
}

/** Runs it and expects it to pass; in the long checks also that the recorded list gives the same run again. */
export function passed(scenario: Scenario, seed = '1'): RunFile {
  const file = runScenario({ scenario, seed });
  expect(file.info.verdict.violations).toEqual([]);
  if (isThorough) expectSameAgain(scenario, file);
  return file;
}

/** The recorded list gives the same run, event for event. */
export function expectSameAgain(scenario: Scenario, { info }: RunFile): void {
  const again = runScenario({ scenario, seed: info.seed, interventions: info.interventions });
  expect(again.info.digest).toBe(info.digest);
  expect(again.info.interventions).toEqual(info.interventions);
}

/** How a scenario of only one promise fails: it was broken from the beginning. */
const broken: Pick<Scenario, 'judge'> = {
  judge: () => [
    {
      name: 'a promise',
      guarantee: 'A promise that nobody keeps.',
      detail: '',
      violations: [{ sentence: 'it is broken', atNs: 0 }],
    },
  ],
};

/** What the shrinker leaves of a run that fails without any fault. */
export function leftAfterShrinking(trouble: (story: Story) => Script): readonly InterventionAction[] {
  const scenario = troubled(trouble, { ...broken, durationMs: 700 });
  let tries = 60;
  return shrink({ scenario, seed: '1' }, { goOn: () => tries-- > 0 }).after.interventions;
}

export function kindsOf(file: RunFile): string[] {
  return file.info.interventions.map(({ kind }) => kind);
}

export function rows(file: RunFile, kind: KindName, where: (row: number) => boolean = () => true): number[] {
  return [...eventsOfKind(file.trace, kind)].filter(where);
}

export function dropsFor(file: RunFile, reason: DropReason): number[] {
  const place = argument('drop', 'reason');
  return rows(file, 'drop', (row) => file.trace.arg(row, place) === dropReasons.indexOf(reason));
}

/** The time of the n-th intervention. */
export function timeOf(file: RunFile, position: number): number {
  return file.info.interventions[position]?.atNs ?? -1;
}
