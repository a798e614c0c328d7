import { isBugId } from '../../core/bugs.ts';
import type { RunRequest } from '../../sim/run.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import { scenarioNamed } from './flags.ts';
import type { ImportedMember } from './imports.ts';
import { UsageError } from './usage_error.ts';

/**
 * What a trace file's head says must be run to have the same run again, on the directories it was recorded on (`importsFor`). Throws
 * UsageError if this build can't.
 */
export function requestOf(info: RunInfo, path: string, imports: readonly ImportedMember[]): RunRequest {
  const bugs = info.options.bugs.map((name) => {
    if (isBugId(name)) return name;
    throw new UsageError(
      `${path}: was recorded with the planted bug "${name}", which this build does not have.`,
    );
  });
  const scenario = scenarioNamed(info.scenario);
  const { members, clients, durationMs } = info.options;
  return {
    scenario,
    seed: info.seed,
    members,
    clients,
    durationMs,
    bugs,
    interventions: info.interventions,
    ...(imports.length === 0 ? {} : { imported: imports.map(({ directory }) => directory) }),
  };
}
