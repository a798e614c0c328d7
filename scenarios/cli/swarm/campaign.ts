import type { Scenario } from '../../../sim/scenario.ts';
import { type SwarmPlan, type SwarmRun, swarmRuns } from '../../../sim/swarm/plan.ts';
import { type SwarmResult, brokenResult } from '../../../sim/swarm/result.ts';
import { runKey } from '../../../sim/swarm/tally.ts';
import type { RunAnswer, Runner } from './pool.ts';
import { type RunSettings, optionsFor } from './run_one.ts';

export interface Campaign {
  readonly plan: SwarmPlan;
  readonly settings: RunSettings;
  /** The scenario of a name of the plan, or of the canary. */
  readonly scenarioFor: (name: string) => Scenario;
  /** Results of earlier sessions: their runs are not made again. */
  readonly before: readonly SwarmResult[];
  /** Real time after which no further run is begun; Infinity for none. */
  readonly timeMs: number;
  readonly stopOnFailure: boolean;
}

export interface CampaignState {
  /** Of this session, with canaries. */
  readonly made: readonly SwarmResult[];
  readonly elapsedMs: number;
}

/** Hears of every result as it comes, in the order of the runs' ends. */
export type OnResult = (result: SwarmResult, state: CampaignState) => void;

/**
 * Hands out the plan's runs to whoever is free, until all are done, the time is up, `stop` says so, or a run fails that should not.
 * Every run that was begun is brought to its end. Returns the results of this session.
 */
export async function runCampaign(
  campaign: Campaign,
  runners: readonly Runner[],
  onResult: OnResult,
  stop: { readonly asked: boolean } = { asked: false },
): Promise<readonly SwarmResult[]> {
  const { plan, settings, before, timeMs, stopOnFailure, scenarioFor } = campaign;
  const done = new Set(before.map(runKey));
  const made: SwarmResult[] = [];
  const startMs = performance.now();
  const runs = swarmRuns(plan);
  let failed = false;
  const next = (): SwarmRun | null => {
    if (stop.asked || failed || performance.now() - startMs >= timeMs) return null;
    for (;;) {
      const { value, done: over } = runs.next();
      if (over === true) return null;
      if (!done.has(runKey(value))) return value;
    }
  };
  const drain = async (runner: Runner): Promise<void> => {
    for (let run = next(); run !== null; run = next()) {
      // One after another is the point: each runner has its own.
      const answer = await runner.run(run); // oxlint-disable-line no-await-in-loop
      const elapsedMs = Math.round(performance.now() - startMs);
      const result = { ...resultFrom(answer, run, scenarioFor(run.scenario), settings), endedMs: elapsedMs };
      made.push(result);
      if (stopOnFailure && !result.passed && !result.canary) failed = true;
      onResult(result, { made, elapsedMs });
    }
  };
  await Promise.all(runners.map(drain));
  return made;
}

function resultFrom(
  answer: RunAnswer,
  run: SwarmRun,
  scenario: Scenario,
  settings: RunSettings,
): SwarmResult {
  if (answer.kind === 'result') return answer.result;
  const { check, reason, wallMs } = answer;
  const options = optionsFor(run, scenario, settings);
  return brokenResult(run, options, { check, reason, lines: [] }, { wallMs, endedMs: 0 });
}
