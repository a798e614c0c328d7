import { compileFunction } from 'node:vm';
import { mixedRegisters, registers } from '../../scenarios/api.ts';
import { catalogue } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { checkScenario } from '../../sim/scenario_form.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import { testFile } from '../../viz/fork/story_file.ts';
import { entryOf } from '../../viz/worker/catalogue_entry.ts';

export function known(name: string): Scenario {
  const scenario = catalogue.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return scenario;
}

/** The scenario that a saved file holds. */
export function scenarioIn(text: string): Scenario {
  const body = text
    .replaceAll(/^import .*$/gm, '')
    .replace('const scenario: Scenario =', 'const scenario =')
    .replace(/^export default .*$|^simTest\(.*$/m, 'return scenario;');
  const make: unknown = compileFunction(body, ['mixedRegisters', 'registers']);
  return (make as (...args: unknown[]) => Scenario)(mixedRegisters, registers);
}

export interface SavedRun {
  readonly original: RunInfo;
  /** Of the scenario in the file that is saved of it. */
  readonly again: RunInfo;
  readonly fault: string | null;
}

/** Runs a scenario of the catalogue, saves it as a test, and runs what that holds. Null if it can't be said in a file. */
export function savedRun(name: string, seed: string, durationMs: number): SavedRun | null {
  const original = runScenario({ scenario: known(name), seed, durationMs }).info;
  const saved = testFile(original, entryOf(known(name)), 'as it was');
  if (saved.kind === 'none') return null;
  const scenario = scenarioIn(saved.text);
  const again = runScenario({ scenario, seed }).info;
  return { original, again, fault: checkScenario(scenario) };
}
