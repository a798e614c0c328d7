import { fromText, toText } from '../../../base/bytes.ts';
import {
  type ClientObserver,
  type WatchHandle,
  type WatchOptions,
  endOfKeys,
  prefixEnd,
} from '../../../client/index.ts';
import { type WatchResponse, errors } from '../../../server/api/index.ts';
import { type CtlClient } from '../client/ctl_client.ts';
import type { Ctl, CtlArguments, CtlCommand } from '../command.ts';
import { CtlFailure, badArgs, ctlExit } from '../failure.ts';
import { boolFlag, int64Flag } from '../flags/flag_spec.ts';
import { FlagValues } from '../flags/flag_values.ts';
import { ValueError } from '../flags/go_values.ts';
import { parseFlags } from '../flags/parse_flags.ts';
import { splitLine } from '../input/split_line.ts';
import { goQuote } from '../output/go_text.ts';
import { shownWatch } from '../output/watch.ts';
import { runProgram } from './run_program.ts';

/** One wait of many. */
const drainMs = 60 * 60 * 1000;

const flags = [
  boolFlag('prefix', 'all keys that begin with KEY'),
  boolFlag('prev-kv', 'print the pairs as they were before'),
  int64Flag('rev', 'from this revision on; 0: from now on'),
];

/** What to watch, and a program that is run for every event. */
interface Watched {
  readonly options: WatchOptions;
  readonly program: readonly string[];
}

type Environment = Ctl['io']['environment'];

/** Words before `--` name keys, those behind it a program; the keys may come from the environment instead. */
function watchedOf(
  { words, beforeDash }: CtlArguments,
  values: FlagValues,
  environment: Environment,
): Watched {
  const given = words.slice(0, beforeDash);
  const [envKey = '', envEnd = ''] = [
    environment['ETCDCTL_WATCH_KEY'],
    environment['ETCDCTL_WATCH_RANGE_END'],
  ];
  if (envKey !== '' && given.length > 0)
    throw badArgs('bad number of arguments (found conflicting environment key)');
  const keys = envKey === '' ? given : [envKey, ...(envEnd === '' ? [] : [envEnd])];
  const [key, end, ...more] = keys;
  if (key === undefined || more.length > 0) throw badArgs('bad number of arguments');
  const prefix = values.isSet('prefix');
  if (prefix && end !== undefined) throw badArgs('`range_end` and `--prefix` are mutually exclusive');
  const range_end = end === undefined ? {} : { range_end: fromText(end) };
  const scope = prefix
    ? { key: key === '' ? endOfKeys : fromText(key), range_end: prefixEnd(fromText(key)) }
    : { key: fromText(key), ...range_end };
  const start_revision = Math.max(0, values.count('rev'));
  const options = { ...scope, start_revision, prev_kv: values.isSet('prev-kv') };
  return { options, program: words.slice(beforeDash) };
}

function cancelReason({ compact_revision: compacted, cancel_reason: reason }: WatchResponse): string {
  if (compacted > 0) return errors.compacted.message;
  return reason === '' ? errors.futureRevision.message : toText(reason);
}

/** Prints what watches tell, one after the other, and runs their programs. */
class Printer implements ClientObserver {
  readonly programs = new Map<number, readonly string[]>();
  private readonly ctl: Ctl;
  private readonly onEnd: (failure: CtlFailure) => void;
  private queue: Promise<void> = Promise.resolve();

  constructor(ctl: Ctl, onEnd: (failure: CtlFailure) => void) {
    this.ctl = ctl;
    this.onEnd = onEnd;
  }

  onInvoke(): void {}
  onReturn(): void {}
  onWatch(): void {}
  onWatchResumed(): void {}
  onWatchCanceled(): void {}

  onWatchResponse(watch: number, response: WatchResponse): void {
    if (response.created && !response.canceled) return;
    this.queue = this.queue
      .then(() => this.print(watch, response))
      .catch((error: CtlFailure) => this.onEnd(error));
  }

  private async print(watch: number, response: WatchResponse): Promise<void> {
    const { ctl } = this;
    const { header, events, canceled } = response;
    if (canceled) ctl.io.err(`watch was canceled (${cancelReason(response)})\n`);
    else if (events.length === 0) ctl.say(`progress notify: ${header.revision}`);
    ctl.show(shownWatch(response));
    const program = this.programs.get(watch) ?? [];
    for (const { type, kv } of program.length === 0 ? [] : events) {
      const code = await runProgram(program, {
        ...ctl.io.environment,
        ETCD_WATCH_REVISION: String(header.revision),
        ETCD_WATCH_EVENT_TYPE: `"${type}"`,
        ETCD_WATCH_KEY: toText(goQuote(kv.key)),
        ETCD_WATCH_VALUE: toText(goQuote(kv.value)),
      });
      if (code !== 0)
        throw new CtlFailure(ctlExit.error, `command ${JSON.stringify(program)} error (exit status ${code})`);
    }
    if (canceled) throw new CtlFailure(ctlExit.interrupted, 'watch is canceled by the server');
  }
}

async function begin(client: CtlClient, printer: Printer, { options, program }: Watched): Promise<void> {
  // Ids count up from 1, as the client gives them.
  printer.programs.set(printer.programs.size + 1, program);
  const handle = await client.run(client.api.watch(options));
  void drain(client, handle);
}

/** What the printer has printed is not to be kept for a script, too. */
async function drain(client: CtlClient, handle: WatchHandle): Promise<void> {
  for (;;) {
    const answer = await client.run(handle.next(drainMs));
    if (answer?.kind === 'canceled' || answer?.kind === 'compacted') return;
  }
}

/** Reads `watch KEY`, `progress` and so on, line by line. */
async function interact(ctl: Ctl, client: CtlClient, printer: Printer): Promise<never> {
  for (;;) {
    const line = await ctl.io.readLine();
    if (line === null) throw new CtlFailure(ctlExit.invalidInput, 'Error reading watch request line: EOF');
    const [word, ...args] = splitLine(line);
    if (word !== 'watch') {
      if (word !== undefined) ctl.io.err(`Invalid command ${line} (only support watch)\n`);
      continue;
    }
    const values = new FlagValues(flags);
    try {
      const watched = watchedOf(parseFlags(args, values), values, ctl.io.environment);
      await begin(client, printer, watched);
    } catch (error) {
      if (!(error instanceof ValueError || error instanceof CtlFailure)) throw error;
      ctl.io.err(`Invalid command ${line} (${error.message})\n`);
    }
  }
}

export const watch: CtlCommand = {
  name: 'watch',
  usage: '[flags] KEY [RANGE_END] [-- PROGRAM WORDS...]',
  summary: `prints changes of a key, or of all keys from KEY to below RANGE_END, until it is ended; PROGRAM is run for each, with
ETCD_WATCH_KEY, _VALUE, _EVENT_TYPE and _REVISION in its environment. ETCDCTL_WATCH_KEY and _RANGE_END stand for KEY and RANGE_END`,
  flags: [...flags, { ...boolFlag('interactive', 'read lines such as `watch KEY`'), short: 'i' }],
  async run(ctl, args) {
    const isInteractive = ctl.flags.isSet('interactive');
    const watched = isInteractive ? null : watchedOf(args, ctl.flags, ctl.io.environment);
    let fail: (failure: CtlFailure) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => (fail = reject));
    const printer = new Printer(ctl, fail);
    const client = await ctl.connect({ observer: printer });
    if (watched === null) await Promise.race([failed, interact(ctl, client, printer)]);
    else {
      await begin(client, printer, watched);
      await failed;
    }
  },
};
