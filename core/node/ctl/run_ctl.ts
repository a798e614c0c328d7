import { fromText } from '../../base/bytes.ts';
import { tlsChoiceOf } from './client/credentials.ts';
import { CallFailure, CtlClient } from './client/ctl_client.ts';
import type { ConnectChoice, Ctl, CtlArguments, CtlCommand } from './command.ts';
import { CtlFailure, badArgs, ctlExit } from './failure.ts';
import { readEnvironment } from './flags/environment.ts';
import { boolFlag } from './flags/flag_spec.ts';
import { FlagValues } from './flags/flag_values.ts';
import { globalFlags } from './flags/global_flags.ts';
import { ValueError } from './flags/go_values.ts';
import { parseFlags, wordPositions } from './flags/parse_flags.ts';
import { commandNamed, helpOf, isGroup } from './help.ts';
import type { CtlIo } from './io.ts';
import { type Form, forms, textOf } from './output/shown.ts';

/** Runs one command line and returns its exit code. Mistakes and failures are told on stderr. */
export function runCtl(args: readonly string[], io: CtlIo): Promise<number> {
  return told(dispatch(args, io), io);
}

/** The same for a command that is known, and the words and flags behind it. */
export function runKnown(command: CtlCommand, args: readonly string[], io: CtlIo): Promise<number> {
  return told(runParsed(command, args, io), io);
}

async function told(work: Promise<void>, io: CtlIo): Promise<number> {
  try {
    await work;
    return ctlExit.success;
  } catch (error) {
    if (error instanceof CtlFailure) {
      if (error.message !== '') io.err(`Error: ${error.message}\n`);
      return error.code;
    }
    if (!(error instanceof CallFailure || error instanceof ValueError)) throw error;
    io.err(`Error: ${error.message}\n`);
    return ctlExit.error;
  }
}

async function dispatch(args: readonly string[], io: CtlIo): Promise<void> {
  const { command, rest, words } = findCommand(args);
  if (command === null) {
    if (words[0] !== undefined && words[0] !== 'help' && !isGroup(words[0]))
      throw new CtlFailure(
        ctlExit.error,
        `unknown command ${JSON.stringify(words[0])} for "detcd ctl"\nRun 'detcd ctl --help' for usage.`,
      );
    // Flags are checked all the same.
    parseFlags(rest, new FlagValues([...globalFlags, boolFlag('cluster', '')]));
    io.out(fromText(helpOf(words[0] === 'help' ? words.slice(1) : words)));
    return;
  }
  await runParsed(command, rest, io);
}

async function runParsed(command: CtlCommand, rest: readonly string[], io: CtlIo): Promise<void> {
  const flags = new FlagValues([...(command.flags ?? []), ...globalFlags]);
  let parsed: CtlArguments;
  try {
    parsed = parseFlags(rest, flags);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(`${error.message}\nRun 'detcd ctl ${command.name} --help' for usage.`);
  }
  if (flags.isSet('help')) {
    io.out(fromText(helpOf([command.name])));
    return;
  }
  for (const warning of readEnvironment(io.environment, flags)) io.err(`warning: ${warning}\n`);
  await runCommand(command, parsed, flags, io);
}

interface Found {
  /** Null: none is named, or only a group. */
  readonly command: CtlCommand | null;
  /** The words that are no flags. */
  readonly words: readonly string[];
  /** The command line without the command. */
  readonly rest: readonly string[];
}

function findCommand(args: readonly string[]): Found {
  const positions = wordPositions(args, [...globalFlags, boolFlag('cluster', '')]);
  const words = positions.map((position) => args[position] as string);
  for (const count of [2, 1]) {
    const command = words.length < count ? undefined : commandNamed(words.slice(0, count).join(' '));
    if (command === undefined) continue;
    const named = positions.slice(0, count);
    return { command, words, rest: args.filter((_, position) => !named.includes(position)) };
  }
  return { command: null, words, rest: args };
}

async function runCommand(
  command: CtlCommand,
  args: CtlArguments,
  flags: FlagValues,
  io: CtlIo,
): Promise<void> {
  const form = flags.text('write-out') as Form;
  if (!forms.includes(form)) throw new CtlFailure(ctlExit.badFeature, 'unsupported output format');
  const given = flags.list('endpoints');
  const endpoints = given.length === 0 ? ['127.0.0.1:2379'] : given;
  const opened: CtlClient[] = [];
  const ctl: Ctl = {
    io,
    flags,
    endpoints,
    commandTimeoutMs: flags.durationMs('command-timeout'),
    async connect(choice = {}) {
      const client = newClient(flags, endpoints, choice);
      opened.push(client);
      if (choice.isAnonymous !== true) await signIn(client, flags, io);
      return client;
    },
    show: (shown) => io.out(textOf(shown, form, flags.isSet('hex'))),
    say: (line) => io.out(fromText(`${line}\n`)),
  };
  try {
    if (flags.text('discovery-srv') !== '')
      throw badArgs('--discovery-srv: endpoints from SRV records are not looked up; give --endpoints');
    await command.run(ctl, args);
  } finally {
    for (const client of opened) client.close();
  }
}

function newClient(flags: FlagValues, standard: readonly string[], choice: ConnectChoice): CtlClient {
  return new CtlClient({
    endpoints: choice.endpoints ?? standard,
    tls: choice.tls ?? tlsChoiceOf(flags),
    dialTimeoutMs: flags.durationMs('dial-timeout'),
    commandTimeoutMs: flags.durationMs('command-timeout'),
    keepaliveMs: flags.durationMs('keepalive-time'),
    keepaliveTimeoutMs: flags.durationMs('keepalive-timeout'),
    ...(choice.observer === undefined ? {} : { observer: choice.observer }),
  });
}

/** Passwords that were asked for, so that a command with many connections asks once. */
const asked = new WeakMap<FlagValues, string>();

/** --user NAME:PASSWORD, or NAME and --password, or NAME and a question. */
async function signIn(client: CtlClient, flags: FlagValues, io: CtlIo): Promise<void> {
  const user = flags.text('user');
  if (user === '') return;
  const password = flags.text('password');
  const colon = user.indexOf(':');
  if (password !== '') {
    await client.signIn(user, password);
    return;
  }
  if (colon >= 0) {
    await client.signIn(user.slice(0, colon), user.slice(colon + 1));
    return;
  }
  const known = asked.get(flags) ?? (await io.readSecret('Password: '));
  if (known === '') throw badArgs('empty password');
  asked.set(flags, known);
  await client.signIn(user, known);
}
