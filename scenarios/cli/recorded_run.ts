import { isBugId } from '../../core/bugs.ts';
import type { RunRequest } from '../../sim/run.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import { scenarioNamed } from './flags.ts';
import { UsageError } from './usage_error.ts';

/** What a trace file's head says must be run to have the same run again. Throws UsageError if this build can't. */
export function requestOf(info: RunInfo, path: string): RunRequest {
  const bugs = info.options.bugs.map((name) => {
    if (isBugId(name)) return name;
    throw new UsageError(
      `${path}: was recorded with the planted bug "${name}", which this build does not have.`,
    );
  });
  const scenario = scenarioNamed(info.scenario);
  return { scenario, seed: info.seed, ...info.options, bugs, interventions: info.interventions };
}
