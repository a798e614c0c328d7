/** A swarm's thread: makes one run after another, as it is told. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Scenario } from '../../../sim/scenario.ts';
import type { SwarmRun } from '../../../sim/swarm/plan.ts';
import { findScenario } from '../../catalogue.ts';
import { scenarioIn } from '../scenario_file.ts';
import { type RunSettings, runOne } from './run_one.ts';

export interface WorkerSettings extends RunSettings {
  /** Scenarios that are not of the catalogue: their names, their files as a person named them, and what to import. */
  readonly files: readonly { readonly name: string; readonly path: string; readonly module: string }[];
}

const settings = workerData as WorkerSettings;
const { files, ...runSettings } = settings;
const own = new Map(files.map(({ name, path, module }) => [name, scenarioIn(path, module)]));

function scenarioFor(name: string): Scenario {
  const scenario = own.get(name) ?? findScenario(name);
  if (scenario === undefined) throw new Error(`the worker has no scenario ${name}`);
  return scenario;
}

parentPort?.on('message', (run: SwarmRun) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage(runOne(run, scenarioFor(run.scenario), runSettings));
});
