import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Command, print, printJson } from '../command.ts';
import { execute } from '../execute.ts';
import { onePositional, parseFlags, runChoice, runFlags, scenarioNamed } from '../flags.ts';
import { styleFor } from '../format.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

export const check: Command = {
  name: 'check',
  summary: 'check that a scenario replays exactly',
  help: `usage: detcd check --determinism SCENARIO [--seed N] [--members N] [--clients N] [--duration T] [--bug ID] [--json]

Runs the scenario twice in this process and once in a new one, and compares the digests over all their events.

exit codes: 0 all the same, 1 they differ, 2 a mistake on the command line`,
  run(args) {
    const parsed = parseFlags('check', args, { ...runFlags, determinism: { type: 'boolean' } });
    if (parsed.values['determinism'] !== true) {
      throw new UsageError('detcd check: say what to check: --determinism.');
    }
    const scenario = scenarioNamed(onePositional('check', parsed, 'the name of a scenario'));
    const choice = runChoice(parsed);
    const json = parsed.values['json'] === true;
    const first = execute({ scenario, ...choice }, !json).file.info;
    const second = execute({ scenario, ...choice }, !json).file.info;
    const third = digestInNewProcess(args);
    const digests = { first: first.digest, second: second.digest, newProcess: third };
    const same = first.digest === second.digest && first.digest === third;
    if (json) {
      printJson({
        scenario: scenario.name,
        seed: choice.seed,
        same,
        digests,
        traceEvents: first.summary.traceEvents,
      });
    } else {
      const style = styleFor(process.stdout);
      const verdict = same ? style('SAME', 'green') : style('DIFFERENT', 'red');
      print(`${verdict}  ${scenario.name} seed ${choice.seed}, ${first.summary.traceEvents} events`);
      print(`  first run    ${digests.first}`);
      print(`  second run   ${digests.second}`);
      print(`  new process  ${digests.newProcess}`);
    }
    return same ? exitCodes.passed : exitCodes.violation;
  },
};

const main = fileURLToPath(new URL('../main.js', import.meta.url));

function digestInNewProcess(args: readonly string[]): string {
  const passed = args.filter((arg) => arg !== '--determinism' && arg !== '--json');
  const child = spawnSync(process.execPath, [main, 'run', ...passed, '--no-out', '--json'], {
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
  });
  try {
    return String((JSON.parse(child.stdout) as { digest: unknown }).digest);
  } catch {
    throw new Error(`the run in a new process failed: ${child.stderr}`);
  }
}
