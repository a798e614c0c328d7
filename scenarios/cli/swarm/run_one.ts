import type { BugId } from '../../../core/bugs.ts';
import { type RunRequest, runScenario } from '../../../sim/run.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import { type SwarmRun, canary } from '../../../sim/swarm/plan.ts';
import { type SwarmResult, type Timing, brokenResult, resultOf } from '../../../sim/swarm/result.ts';
import type { RunOptions } from '../../../sim/trace/run_info.ts';

/** What a campaign's runs have in common; goes to every worker. */
export interface RunSettings {
  readonly members?: number;
  readonly clients?: number;
  readonly durationMs?: number;
  readonly bugs: readonly BugId[];
}

/** Makes one run. Whatever it throws is a finding, too. `endedMs` is not known here. */
export function runOne(run: SwarmRun, scenario: Scenario, settings: RunSettings): SwarmResult {
  const request = requestFor(run, scenario, settings);
  const startMs = performance.now();
  const timing = (): Timing => ({ wallMs: Math.round(performance.now() - startMs), endedMs: 0 });
  try {
    return resultOf(runScenario(request), run.canary, timing());
  } catch (error) {
    const lines = error instanceof Error ? whereIn(error) : [];
    const broken = { check: 'the run threw', reason: sentenceOf(error), lines };
    return brokenResult(run, optionsFor(run, scenario, settings), broken, timing());
  }
}

/** A canary runs as its scenario says, with its bug and nothing else, so that it is the same in all swarms. */
function requestFor(
  { seed, canary: isCanary }: SwarmRun,
  scenario: Scenario,
  settings: RunSettings,
): RunRequest {
  return isCanary ? { scenario, seed, bugs: [canary.bug] } : { scenario, seed, ...settings };
}

/** The sizes of a run that gave none back. */
export function optionsFor(run: SwarmRun, scenario: Scenario, settings: RunSettings): RunOptions {
  const request = requestFor(run, scenario, settings);
  return {
    members: request.members ?? scenario.members,
    clients: request.clients ?? scenario.clients,
    durationMs: request.durationMs ?? scenario.durationMs,
    bugs: request.bugs ?? [],
  };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `threw ${String(error)}`;
}

/** Function names without folders, which differ between machines. */
function whereIn(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim().replace(/\((?:file:\/\/)?.*[\\/]([^\\/]+)\)$/, '($1)'));
}
