import { ConfigError } from '../../../core/node/config/config_error.ts';
import { type FlagSpec, flagGroups } from '../../../core/node/config/flag_table.ts';
import { readFlags } from '../../../core/node/config/read_flags.ts';
import { serveConfigOf } from '../../../core/node/config/serve_config.ts';
import type { Command } from '../command.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

const name = 'serve';

function flagLine({ name: flag, standard, help }: FlagSpec): string {
  const shown = standard === '' ? '' : ` (${standard})`;
  return `  --${flag.padEnd(38)}${help}${shown}`;
}

const flagHelp = flagGroups
  .map(({ title, flags }) => `${title}:\n${flags.map(flagLine).join('\n')}`)
  .join('\n\n');

export const serve: Command = {
  name,
  summary: 'run a member for real: gRPC and HTTP clients, on the real clock and disk',
  help: `usage: detcd serve [flags]

Runs one member of an etcd cluster on a real clock, network and disk. Flags are etcd's; each may also come from the environment, as
ETCD_ and its name in capitals (ETCD_DATA_DIR). SIGTERM and SIGINT stop it cleanly. The log goes to stderr; the line "ready to serve client
requests" says that it serves.

${flagHelp}

exit codes: 0 a clean stop, 1 the member could not go on, 2 a mistake in the flags, the environment or what they name`,
  async run(args) {
    try {
      return await serveUntilStopped(args);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new UsageError(`detcd ${name}: ${error.message}`);
    }
  },
};

async function serveUntilStopped(args: readonly string[]): Promise<number> {
  const { values, warnings } = readFlags(args, process.env);
  const config = serveConfigOf(values);
  const writeLog = (line: string): void => void process.stderr.write(line);
  for (const warning of warnings) writeLog(`detcd ${name}: warning: ${warning}\n`);
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => (end = resolve));
  // Loaded only now: gRPC takes longer to load than the other commands to run.
  const { serve: startServing } = await import('../../../core/node/serve.ts');
  const served = await startServing(config, {
    writeLog,
    onFailed: (reason) => {
      writeLog(`detcd ${name}: ${reason}\n`);
      end(exitCodes.violation);
    },
  });
  const onSignal = (signal: NodeJS.Signals): void => {
    served.host.log.line('info', `received ${signal}, shutting down...`);
    end(exitCodes.passed);
  };
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  const code = await ended;
  await served.stop();
  return code;
}
