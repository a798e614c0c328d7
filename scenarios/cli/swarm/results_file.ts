import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Shard } from '../../../sim/swarm/plan.ts';
import type { SwarmResult } from '../../../sim/swarm/result.ts';
import { failureReason } from '../failure_reason.ts';
import { UsageError } from '../usage_error.ts';

/**
 * The results of a swarm: lines of JSON, only ever appended. Each session writes a line that says what it runs, then one line per run.
 * A process that is killed leaves at most one line unfinished, at the end.
 */
export const resultsVersion = 1;
export const resultsExtension = '.jsonl';

/** What must be the same for results to be results of one campaign. */
export interface SessionLine {
  readonly kind: 'detcd swarm';
  readonly version: number;
  readonly build: string;
  /** Sizes that are not the scenarios' own. */
  readonly members?: number;
  readonly clients?: number;
  readonly durationMs?: number;
  readonly bugs: readonly string[];
  /** Scenarios that are not of the catalogue. */
  readonly sources: Readonly<Record<string, SessionSource>>;
  /** How many runs of a scenario it takes to judge its goals; 0 if they are not judged. */
  readonly goalRuns: number;
  readonly jobs: number;
  readonly shard: Shard;
}

export interface SessionSource {
  readonly path: string;
  readonly crc32c: string;
}

interface RunLine extends SwarmResult {
  readonly kind: 'run';
}

export interface ResultsFile {
  readonly path: string;
  readonly sessions: readonly SessionLine[];
  readonly results: readonly SwarmResult[];
  /** Real time of all sessions, each from its start to its last result. */
  readonly elapsedMs: number;
  /** Bytes of the lines that are whole. */
  readonly wholeBytes: number;
}

/** Reads a file of results. An unfinished last line is left out. Throws UsageError that names the file and the line. */
export function readResults(path: string): ResultsFile {
  const text = readText(path);
  const end = text.lastIndexOf('\n') + 1;
  const lines = text.slice(0, end).split('\n').slice(0, -1);
  const sessions: SessionLine[] = [];
  const results: SwarmResult[] = [];
  let elapsedMs = 0;
  let sessionMs = 0;
  lines.forEach((line, at) => {
    const parsed = parsedLine(path, line, at + 1);
    if (parsed.kind === 'run') {
      if (sessions.length === 0) throw damaged(path, at + 1, 'a run before any session');
      const { kind: _, ...result } = parsed;
      sessionMs = Math.max(sessionMs, result.endedMs);
      results.push(result);
      return;
    }
    if (parsed.version !== resultsVersion) {
      throw new UsageError(
        `${path}: results of version ${parsed.version}; this build reads version ${resultsVersion}.`,
      );
    }
    elapsedMs += sessionMs;
    sessionMs = 0;
    sessions.push(parsed);
  });
  if (sessions.length === 0)
    throw new UsageError(`${path}: expected the results of \`detcd swarm\`, found none.`);
  const wholeBytes = Buffer.byteLength(text.slice(0, end));
  return { path, sessions, results, elapsedMs: elapsedMs + sessionMs, wholeBytes };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}: can't read it: ${failureReason(error)}`);
  }
}

function damaged(path: string, line: number, found: string): UsageError {
  return new UsageError(`${path}: line ${line}: expected a line of \`detcd swarm\`, found ${found}.`);
}

function parsedLine(path: string, line: string, number: number): SessionLine | RunLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw damaged(path, number, 'no JSON');
  }
  const { kind } = (value ?? {}) as { readonly kind?: unknown };
  if (kind === 'detcd swarm') return value as SessionLine;
  if (kind === 'run' && isRun(value as Partial<RunLine>)) return value as RunLine;
  throw damaged(path, number, 'something else');
}

function isRun(line: Partial<RunLine>): boolean {
  const { scenario, seed, passed, failures, reached, missed, bugs, faults, wallMs, endedMs } = line;
  return (
    typeof scenario === 'string' &&
    typeof seed === 'string' &&
    typeof passed === 'boolean' &&
    typeof wallMs === 'number' &&
    typeof endedMs === 'number' &&
    typeof faults === 'object' &&
    [failures, reached, missed, bugs].every((list) => Array.isArray(list))
  );
}

/** The files of results that a person names: one, or all below a folder. */
export function resultsFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const found = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith(resultsExtension),
    );
    if (found.length === 0) {
      throw new UsageError(
        `${path}: expected results of \`detcd swarm\` (*${resultsExtension}), found none.`,
      );
    }
    return found.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(path, name));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: can't read it: ${failureReason(error)}`);
  }
}

/** Appends to a file of results, whose folder is made. `wholeBytes`: what is behind them is cut off. */
export class ResultsWriter {
  private readonly path: string;
  private readonly file: number;

  constructor(path: string, session: SessionLine, wholeBytes: number) {
    this.path = path;
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.file = openSync(path, 'a');
      truncateSync(path, wholeBytes);
    } catch (error) {
      throw new UsageError(`--out: can't write ${path}: ${failureReason(error)}`);
    }
    this.write(session);
  }

  add(result: SwarmResult): void {
    const line: RunLine = { kind: 'run', ...result };
    this.write(line);
  }

  close(): void {
    closeSync(this.file);
  }

  private write(line: SessionLine | RunLine): void {
    try {
      writeSync(this.file, `${JSON.stringify(line)}\n`);
    } catch (error) {
      throw new UsageError(`--out: can't write ${this.path}: ${failureReason(error)}`);
    }
  }
}
