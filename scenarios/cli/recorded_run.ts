import { isBugId } from '../../core/bugs.ts';
import type { RunRequest } from '../../sim/run.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import { scenarioNamed } from './flags.ts';
import type { ImportedMember } from './imports.ts';
import { loadScenario } from './scenario_file.ts';
import { UsageError } from './usage_error.ts';

/**
 * What a trace file's head says must be run to have the same run again, on the directories it was recorded on (`importsFor`).
 * `scenarioFile`: the file of its scenario, if it is none of the catalogue. Throws UsageError if this build can't.
 */
export function requestOf(
  info: RunInfo,
  path: string,
  imports: readonly ImportedMember[],
  scenarioFile?: string,
): RunRequest {
  const bugs = info.options.bugs.map((name) => {
    if (isBugId(name)) return name;
    throw new UsageError(
      `${path}: was recorded with the planted bug "${name}", which this build does not have.`,
    );
  });
  const { members, clients, durationMs, load } = info.options;
  return {
    ...recordedScenario(info, path, scenarioFile),
    seed: info.seed,
    members,
    clients,
    durationMs,
    bugs,
    interventions: info.interventions,
    ...(load === undefined ? {} : { load }),
    ...(imports.length === 0 ? {} : { imported: imports.map(({ directory }) => directory) }),
  };
}

/** `--scenario FILE` on commands that run a trace again. */
export const scenarioFlag = { scenario: { type: 'string' } } as const;

export const scenarioHelp =
  '  --scenario FILE   the file of its scenario, if it is none of the catalogue; it must be unchanged';

function recordedScenario(
  { scenario: name, options: { source } }: RunInfo,
  path: string,
  file: string | undefined,
): Pick<RunRequest, 'scenario' | 'source'> {
  if (source === undefined) {
    if (file === undefined) return { scenario: scenarioNamed(name) };
    throw new UsageError(`--scenario: ${path} was recorded with ${name}, a scenario of the catalogue.`);
  }
  const recorded = `${path} was recorded with a scenario of its own, ${name} in ${source.file} (crc32c ${source.crc32c})`;
  if (file === undefined) throw new UsageError(`${recorded}: name that file with --scenario FILE.`);
  const found = loadScenario(file);
  if (found.source.crc32c !== source.crc32c || found.scenario.name !== name) {
    throw new UsageError(
      `--scenario: ${recorded}, but ${file} holds ${found.scenario.name} with crc32c ${found.source.crc32c}.`,
    );
  }
  return { scenario: found.scenario, source };
}
