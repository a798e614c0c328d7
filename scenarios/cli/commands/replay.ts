import { version } from '../../../core/version.ts';
import { firstDifference } from '../../../sim/trace/compare.ts';
import { describeEvent } from '../../../sim/trace/describe.ts';
import type { RunFile } from '../../../sim/trace/codec.ts';
import { type Command, print, printJson } from '../command.ts';
import { execute } from '../execute.ts';
import { flagText, onePositional, parseFlags } from '../flags.ts';
import { styleFor } from '../format.ts';
import { importFlag, importsFor, splitImports } from '../imports.ts';
import { requestOf, scenarioFlag, scenarioHelp } from '../recorded_run.ts';
import { report } from '../report.ts';
import { readRunFile } from '../run_files.ts';
import { exitCodes } from '../usage_error.ts';

export const replay: Command = {
  name: 'replay',
  summary: 'run a trace file again and compare',
  help: `usage: detcd replay FILE [--import DIR...] [--scenario FILE] [--json]

Reads a trace that \`detcd run\` wrote, runs it again from its seed and its list of faults, and compares the two event by event.

  --import DIR...   the directories that it was recorded on (\`detcd import\`); they must be unchanged
${scenarioHelp}
  --json            print the result as JSON

exit codes: 0 the same run, and every guarantee held; 1 the run differs, or it is the same and has its violation again;
2 a mistake on the command line, or a file that is no trace`,
  run(args) {
    const parsed = parseFlags('replay', args, { ...importFlag, ...scenarioFlag });
    const { own, directories } = splitImports(parsed, 1);
    const path = onePositional('replay', own, 'a trace file');
    const recorded = readRunFile(path);
    const { info } = recorded;
    const imports = importsFor('replay', path, info.options, directories);
    const request = requestOf(info, path, imports, flagText(parsed, 'scenario'));
    const json = parsed.values['json'] === true;
    const { file } = execute(request, !json);
    const same = file.info.digest === info.digest;
    if (json) printJson({ same, expected: info.digest, found: file.info.digest, verdict: file.info.verdict });
    else printComparison(path, recorded, file, same);
    return same && file.info.verdict.passed ? exitCodes.passed : exitCodes.violation;
  },
};

function printComparison(path: string, recorded: RunFile, again: RunFile, same: boolean): void {
  const style = styleFor(process.stdout);
  print(report(again.info, style));
  print('');
  if (same) {
    print(
      `  ${style('SAME', 'green')}  replaying ${path} gave the same ${recorded.trace.length} events, digest ${again.info.digest}`,
    );
    return;
  }
  print(
    `  ${style('DIFFERENT', 'red')}  expected digest ${recorded.info.digest}, found ${again.info.digest}`,
  );
  if (recorded.info.build !== version) {
    print(`  recorded by build ${recorded.info.build}, replayed by build ${version}`);
  }
  const at = firstDifference(recorded.trace, again.trace);
  print(`  first difference at event ${at}:`);
  print(`    recorded  ${at < recorded.trace.length ? describeEvent(recorded, at) : 'ends here'}`);
  print(`    replayed  ${at < again.trace.length ? describeEvent(again, at) : 'ends here'}`);
}
