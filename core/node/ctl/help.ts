import type { CtlCommand } from './command.ts';
import { ctlCommands } from './command_table.ts';
import type { FlagSpec } from './flags/flag_spec.ts';
import { globalFlags } from './flags/global_flags.ts';

/** The longest name and a space. */
const flagWidth = 'initial-advertise-peer-urls'.length + 1;

function flagLine({ name, short, kind, standard, help }: FlagSpec): string {
  const letter = short === undefined ? '    ' : `-${short}, `;
  const isPlain = kind === 'bool' ? standard === 'false' : standard === '';
  return `  ${letter}--${name.padEnd(flagWidth)}${help}${isPlain ? '' : ` (${standard})`}`;
}

function flagLines(flags: readonly FlagSpec[]): string {
  return flags.map(flagLine).join('\n');
}

function commandLines(commands: readonly CtlCommand[]): string {
  return commands.map(({ name, summary }) => `  ${name.padEnd(24)}${summary}`).join('\n');
}

const more =
  'Global flags: `detcd ctl help`. Each may also come from the environment: ETCDCTL_ENDPOINTS is --endpoints.';

/** About everything, a group of commands (`lease`), or one command. */
export function helpOf(words: readonly string[]): string {
  const name = words.join(' ');
  const command = commandNamed(name);
  if (command !== undefined) {
    const flags = command.flags ?? [];
    const own = flags.length === 0 ? '' : `flags:\n${flagLines(flags)}\n\n`;
    return `usage: detcd ctl ${command.name} ${command.usage}\n\n${command.summary}\n\n${own}${more}\n`;
  }
  const group = ctlCommands.filter((one) => one.name.startsWith(`${words[0]} `));
  if (group.length > 0) return `usage: detcd ctl ${words[0]} COMMAND\n\n${commandLines(group)}\n\n${more}\n`;
  return `usage: detcd ctl COMMAND [flags] [words]

Asks and commands etcd members, detcd's or etcd's own, in etcdctl's words.

${commandLines(ctlCommands)}

global flags:
${flagLines(globalFlags)}

Each global flag may also come from the environment: ETCDCTL_ENDPOINTS is --endpoints.
\`detcd ctl COMMAND --help\` tells more of a command.
`;
}

export function commandNamed(name: string): CtlCommand | undefined {
  return ctlCommands.find((one) => one.name === name || one.otherNames?.includes(name) === true);
}

/** Whether there are commands of two words that begin with this one. */
export function isGroup(word: string): boolean {
  return ctlCommands.some(({ name }) => name.startsWith(`${word} `));
}
