import { version } from '../../core/version.ts';
import { InterventionError } from '../../sim/faults/intervention_form.ts';
import { type Command, print } from './command.ts';
import { bugs } from './commands/bugs.ts';
import { check } from './commands/check.ts';
import { ctl } from './commands/ctl.ts';
import { convert } from './commands/convert.ts';
import { dumpDatabase } from './commands/dump_db.ts';
import { dumpLogs } from './commands/dump_logs.ts';
import { exploreCommand } from './commands/explore.ts';
import { exportMember } from './commands/export.ts';
import { forkCommand } from './commands/fork.ts';
import { importDirectory } from './commands/import.ts';
import { diff } from './commands/diff.ts';
import { list } from './commands/list.ts';
import { replay } from './commands/replay.ts';
import { reportSwarm } from './commands/report.ts';
import { run } from './commands/run.ts';
import { serve } from './commands/serve.ts';
import { shrinkCommand } from './commands/shrink.ts';
import { swarm } from './commands/swarm.ts';
import { UsageError, exitCodes } from './usage_error.ts';

/** In the order in which `detcd --help` shows them. */
const commands: readonly Command[] = [
  list,
  run,
  replay,
  shrinkCommand,
  forkCommand,
  exploreCommand,
  swarm,
  reportSwarm,
  bugs,
  diff,
  convert,
  check,
  dumpLogs,
  dumpDatabase,
  exportMember,
  importDirectory,
  serve,
  ctl,
];
const nameWidth = Math.max(...commands.map((command) => command.name.length));

const help = `detcd ${version}: a deterministic simulator that runs a real etcd-like core through seeded chaos

usage: detcd COMMAND [options]

${commands.map((command) => `  ${command.name.padEnd(nameWidth)}  ${command.summary}`).join('\n')}

\`detcd COMMAND --help\` tells more. Try: detcd run leader-isolated --seed 7`;

function dispatch(args: readonly string[]): number | Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    print(help);
    return name === undefined ? exitCodes.usage : exitCodes.passed;
  }
  if (name === '--version') {
    print(version);
    return exitCodes.passed;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const known = commands.map((candidate) => candidate.name).join(', ');
    throw new UsageError(
      `detcd: there is no command "${name}". Commands: ${known}. \`detcd --help\` tells more.`,
    );
  }
  if (command.tellsHelp !== true && (rest.includes('--help') || rest.includes('-h'))) {
    print(command.help);
    return exitCodes.passed;
  }
  return command.run(rest);
}

/** Runs one command line and returns the exit code. A person's mistake is told in a sentence on stderr. */
export function runCommandLine(args: readonly string[]): number | Promise<number> {
  try {
    const code = dispatch(args);
    return typeof code === 'number' ? code : code.catch(tellMistake);
  } catch (error) {
    return tellMistake(error);
  }
}

function tellMistake(error: unknown): number {
  if (!(error instanceof UsageError || error instanceof InterventionError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return exitCodes.usage;
}
