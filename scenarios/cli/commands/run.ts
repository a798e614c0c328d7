import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunFile } from '../../../sim/trace/codec.ts';
import { type Command, print, printJson } from '../command.ts';
import { execute } from '../execute.ts';
import { flagText, onePositional, parseFlags, runChoice, runFlags, scenarioNamed } from '../flags.ts';
import { grouped, styleFor } from '../format.ts';
import { writeHistory } from '../history_file.ts';
import { report, reproducingLine } from '../report.ts';
import { type WrittenFiles, writeRunFiles } from '../run_files.ts';
import { exitCodes } from '../usage_error.ts';

export const run: Command = {
  name: 'run',
  summary: 'run a scenario, judge it, write its trace and timeline',
  help: `usage: detcd run SCENARIO [options]

Runs one scenario from a seed, checks every guarantee, and writes the trace and a timeline page.

  --seed N          which run: the same seed gives the same run, byte for byte (default 1)
  --members N       cluster size, 1 to 51 (default: the scenario's)
  --clients N       clients, 1 to 200 (default: the scenario's)
  --duration T      virtual time under load, such as 30s or 10m (default: the scenario's)
  --bug ID[,ID]     switch a planted bug on; the checkers should find it
  --out DIR         folder for trace.detcd and timeline.html (default runs/SCENARIO-SEED)
  --no-out          write no files
  --history FILE    write what the clients saw as JSON lines, for \`detcd check\` and other checkers
  --json            print the result as JSON
  --help            show this text

exit codes: 0 every guarantee held, 1 a violation was found, 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags('run', args, {
      ...runFlags,
      out: { type: 'string' },
      'no-out': { type: 'boolean' },
      history: { type: 'string' },
    });
    const scenario = scenarioNamed(onePositional('run', parsed, 'the name of a scenario'));
    const choice = runChoice(parsed);
    const json = parsed.values['json'] === true;
    const { file, wallMs } = execute({ scenario, ...choice }, !json);
    const directory = flagText(parsed, 'out') ?? join('runs', defaultFolder(file));
    const written = parsed.values['no-out'] === true ? null : writeRunFiles(directory, file);
    const history = flagText(parsed, 'history');
    if (history !== undefined) writeHistory(history, { scenario, ...choice });
    if (json)
      printJson({
        ...file.info,
        wallMs: Math.round(wallMs),
        files: written,
        reproduce: reproducingLine(file.info),
      });
    else printReport(file, wallMs, written);
    return file.info.verdict.passed ? exitCodes.passed : exitCodes.violation;
  },
};

function defaultFolder({ info }: RunFile): string {
  return [info.scenario, info.seed, ...info.options.bugs].join('-');
}

function printReport(file: RunFile, wallMs: number, written: WrittenFiles | null): void {
  const style = styleFor(process.stdout);
  const { info } = file;
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
  print(`  again       ${reproducingLine(info)}`);
}
