import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunRequest } from '../../sim/run.ts';
import type { RunFile } from '../../sim/trace/codec.ts';
import { print, printJson } from './command.ts';
import { execute } from './execute.ts';
import { type Parsed, flagText } from './flags.ts';
import { grouped, styleFor } from './format.ts';
import { writeHistory } from './history_file.ts';
import { report, reproducingLine } from './report.ts';
import { type WrittenFiles, writeRunFiles } from './run_files.ts';
import { exitCodes } from './usage_error.ts';

/** Flags of every command that runs a scenario: where its files go. */
export const outputFlags = {
  out: { type: 'string' },
  'no-out': { type: 'boolean' },
  history: { type: 'string' },
} as const;

export const outputHelp = `  --no-out          write no files
  --history FILE    write what the clients saw as JSON lines, for \`detcd check\` and other checkers
  --json            print the result as JSON
  --help            show this text`;

export interface RunWords {
  /** Begins the name of the folder that is written to unless `--out` says another. */
  readonly folder: readonly string[];
  /** The directories that were imported, as the person named them. */
  readonly imported: readonly string[];
  /** The scenario, as the person named it. */
  readonly scenario: string;
  /** More for `--json`. */
  readonly json: object;
}

/** Runs, writes the files, and prints the verdict. Returns the exit code. */
export function finishRun(request: RunRequest, parsed: Parsed, words: RunWords): number {
  const json = parsed.values['json'] === true;
  const { file, wallMs } = execute(request, !json);
  const { scenario, seed, options, verdict } = file.info;
  const folder = [...words.folder, scenario, seed, ...options.bugs].join('-');
  const directory = flagText(parsed, 'out') ?? join('runs', folder);
  const written = parsed.values['no-out'] === true ? null : writeRunFiles(directory, file);
  const history = flagText(parsed, 'history');
  if (history !== undefined) writeHistory(history, request);
  const reproduce = reproducingLine(file.info, words);
  if (json) printJson({ ...words.json, ...file.info, wallMs: Math.round(wallMs), files: written, reproduce });
  else printReport(file, wallMs, written, reproduce);
  return verdict.passed ? exitCodes.passed : exitCodes.violation;
}

function printReport(
  { info }: RunFile,
  wallMs: number,
  written: WrittenFiles | null,
  reproduce: string,
): void {
  const style = styleFor(process.stdout);
  print(report(info, style));
  const speed = Math.round(info.summary.virtualNs / 1e6 / wallMs);
  print('');
  print(`  took        ${grouped(Math.round(wallMs))} ms, ${grouped(speed)} times real time`);
  if (written !== null) {
    print(`  trace       ${written.trace}`);
    if (written.timeline === null)
      print('  timeline    not written: build the page first with `npm run build`');
    else print(`  timeline    ${pathToFileURL(written.timeline).href}`);
  }
  print(`  again       ${reproduce}`);
}
