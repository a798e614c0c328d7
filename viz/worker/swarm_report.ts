import { findScenario } from '../../scenarios/catalogue.ts';
import { collect } from '../../scenarios/cli/swarm/collected.ts';
import { reportJson } from '../../scenarios/cli/swarm/report_json.ts';
import type { ResultsFile, SessionLine } from '../../scenarios/cli/swarm/results_file.ts';
import type { SwarmResult } from '../../sim/swarm/result.ts';
import type { FailureRow, SwarmReport, SwarmRequest } from '../dashboard/report.ts';

/** What is wrong with a file of results, in a sentence for people that names the file and the line. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}

/** As written by this build (`resultsVersion`). */
const versionRead = 1;
const minuteMs = 60_000;

/** The numbers of `detcd report`, of files that the page was given. Throws ResultsError, or UsageError for files of different builds. */
export function swarmReport({ files }: SwarmRequest): SwarmReport {
  const read = files.map(({ name, text }) => parsedResults(name, text));
  const collected = collect(read);
  const report = reportJson(collected);
  return {
    type: 'swarm',
    ...report,
    failures: report.failures.map((failure, at): FailureRow => {
      const results = collected.counted.groups[at]?.runs ?? [];
      return {
        ...failure,
        runs: failure.runs.map(({ scenario, seed, again }, of) => {
          const { members = 0, clients = 0, durationMs = 0, bugs = [] } = results[of] ?? {};
          const known = findScenario(scenario) !== undefined;
          return { scenario, seed, members, clients, durationMs, bugs, again, known };
        }),
      };
    }),
    pace: paceOf(read),
  };
}

/** Reads a results file's text. A last line that a killed process left unfinished is left out. */
export function parsedResults(path: string, text: string): ResultsFile {
  const end = text.lastIndexOf('\n') + 1;
  const sessions: SessionLine[] = [];
  const results: SwarmResult[] = [];
  let elapsedMs = 0;
  let sessionMs = 0;
  text
    .slice(0, end)
    .split('\n')
    .slice(0, -1)
    .forEach((line, at) => {
      const value = objectOf(path, line, at + 1);
      if (value['kind'] === 'detcd swarm') {
        const session = value as unknown as SessionLine;
        if (session.version !== versionRead) {
          throw new ResultsError(
            `${path}: expected results of version ${versionRead}, found version ${session.version}`,
          );
        }
        elapsedMs += sessionMs;
        sessionMs = 0;
        sessions.push(session);
        return;
      }
      if (value['kind'] !== 'run' || sessions.length === 0 || !isRun(value)) throw damaged(path, at + 1);
      const { kind: _, ...result } = value;
      results.push(result as unknown as SwarmResult);
      sessionMs = Math.max(sessionMs, (result as unknown as SwarmResult).endedMs);
    });
  if (sessions.length === 0)
    throw new ResultsError(`${path}: expected the results of \`detcd swarm\`, found none`);
  return { path, sessions, results, elapsedMs: elapsedMs + sessionMs, wholeBytes: end };
}

function objectOf(path: string, line: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below, with the line's number.
  }
  throw damaged(path, number);
}

function damaged(path: string, line: number): ResultsError {
  return new ResultsError(`${path}: line ${line}: expected a line of \`detcd swarm\`, found something else`);
}

function isRun(value: Readonly<Record<string, unknown>>): boolean {
  const isText = (name: string): boolean => typeof value[name] === 'string';
  const isList = (name: string): boolean => Array.isArray(value[name]);
  return (
    isText('scenario') &&
    isText('seed') &&
    typeof value['passed'] === 'boolean' &&
    Number.isFinite(value['endedMs']) &&
    Number.isFinite(value['wallMs']) &&
    typeof value['faults'] === 'object' &&
    ['failures', 'reached', 'missed', 'bugs'].every(isList)
  );
}

/** Files are shards, side by side; sessions of one file follow each other. */
function paceOf(files: readonly ResultsFile[]): number[] {
  const minutes: number[] = [];
  for (const { results, elapsedMs } of files) {
    const count = Math.max(1, Math.ceil(elapsedMs / minuteMs));
    while (minutes.length < count) minutes.push(0);
    for (const { endedMs } of results) {
      const at = Math.min(count - 1, Math.floor(endedMs / minuteMs));
      minutes[at] = (minutes[at] ?? 0) + 1;
    }
  }
  return minutes;
}
