import type { SwarmResult } from '../../../sim/swarm/result.ts';
import { type SwarmTally, redReasons, tally } from '../../../sim/swarm/tally.ts';
import { reproducingLine } from '../report.ts';
import { UsageError } from '../usage_error.ts';
import type { ResultsFile, SessionSource } from './results_file.ts';

/** Results of one campaign: of one file, or of its shards. */
export interface Collected {
  readonly build: string;
  readonly counted: SwarmTally;
  readonly goalRuns: number;
  /** Why it is red, a sentence each; none if it is green. */
  readonly red: readonly string[];
  /** Of all files together, as if they had run at the same time. */
  readonly seedsPerMinute: number;
  readonly elapsedMs: number;
  readonly files: readonly string[];
  readonly sources: Readonly<Record<string, SessionSource>>;
}

/** Puts files together. `judgeGoals`: whether a goal that was never reached is red. Throws UsageError if they are not of one build and one set of scenario files. */
export function collect(files: readonly ResultsFile[], { judgeGoals } = { judgeGoals: true }): Collected {
  const builds = new Map<string, string>();
  const sources: Record<string, SessionSource> = {};
  let goalRuns = 0;
  for (const { path, sessions } of files) {
    for (const session of sessions) {
      builds.set(session.build, path);
      if (judgeGoals) goalRuns = Math.max(goalRuns, session.goalRuns);
      for (const [name, source] of Object.entries(session.sources)) {
        const known = sources[name];
        if (known !== undefined && known.crc32c !== source.crc32c) {
          throw new UsageError(
            `${path}: ${name} is another file than in the results before it (crc32c ${source.crc32c}, not ${known.crc32c}).`,
          );
        }
        sources[name] = source;
      }
    }
  }
  if (builds.size > 1) {
    const each = [...builds].map(([build, path]) => `${build} (${path})`).join(', ');
    throw new UsageError(`expected the results of one build, found those of ${each}.`);
  }
  const counted = tally(files.flatMap(({ results }) => results));
  return {
    build: [...builds.keys()][0] ?? '',
    counted,
    goalRuns,
    red: redReasons(counted, goalRuns),
    seedsPerMinute: files.reduce((sum, file) => sum + perMinute(file), 0),
    elapsedMs: Math.max(0, ...files.map(({ elapsedMs }) => elapsedMs)),
    files: files.map(({ path }) => path),
    sources,
  };
}

function perMinute({ results, elapsedMs }: ResultsFile): number {
  return elapsedMs === 0 ? 0 : (results.length * 60_000) / elapsedMs;
}

/** The command that makes a run again. */
export function againLine(
  { scenario, seed, members, clients, durationMs, bugs }: SwarmResult,
  sources: Collected['sources'],
): string {
  const options = { members, clients, durationMs, bugs };
  const path = sources[scenario]?.path;
  return reproducingLine({ scenario, seed, options }, path === undefined ? {} : { scenario: path });
}
