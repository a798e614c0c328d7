import type { Compare, RequestOp } from '../../../server/api/index.ts';
import type { Ctl, CtlCommand } from '../command.ts';
import { CtlFailure, badArgs, ctlExit } from '../failure.ts';
import { boolFlag } from '../flags/flag_spec.ts';
import { FlagValues } from '../flags/flag_values.ts';
import { ValueError } from '../flags/go_values.ts';
import { parseFlags } from '../flags/parse_flags.ts';
import { parseCompare } from '../input/compare.ts';
import { splitLine } from '../input/split_line.ts';
import { shownTxn } from '../output/kv.ts';
import { delFlags, deleteRequestOf, getFlags, putFlags, putRequestOf, rangeRequestOf } from './kv.ts';

const flagsOf = { put: putFlags, get: getFlags, del: delFlags } as const;

function isOperation(word: string | undefined): word is keyof typeof flagsOf {
  return word !== undefined && Object.hasOwn(flagsOf, word);
}

/** A line such as `put key value` or `get key --prefix`. */
function parseOperation(line: string): RequestOp {
  const invalid = (reason: string): CtlFailure =>
    new CtlFailure(ctlExit.invalidInput, `invalid txn request: ${line}${reason}`);
  const [name, ...args] = splitLine(line);
  if (!isOperation(name)) throw invalid('');
  const flags = new FlagValues(flagsOf[name]);
  try {
    const { words } = parseFlags(args, flags);
    if (name === 'get') return { kind: 'range', range: rangeRequestOf(words, flags) };
    if (name === 'del') return { kind: 'delete_range', delete_range: deleteRequestOf(words, flags) };
    if (words.length < 2 && !flags.isSet('ignore-value'))
      throw invalid(' (put needs a key and a value here)');
    return { kind: 'put', put: putRequestOf(words, flags) };
  } catch (error) {
    if (error instanceof ValueError) throw invalid(` (${error.message})`);
    throw error;
  }
}

/** Lines up to an empty one. */
async function readList<Item>(
  ctl: Ctl,
  prompt: string,
  parse: (line: string) => Item,
): Promise<readonly Item[]> {
  if (ctl.flags.isSet('interactive')) ctl.say(prompt);
  const items: Item[] = [];
  for (;;) {
    const line = await ctl.io.readLine();
    if (line === null) throw new CtlFailure(ctlExit.invalidInput, 'EOF');
    const trimmed = line.trim();
    if (trimmed === '') return items;
    items.push(parse(trimmed));
  }
}

export const txn: CtlCommand = {
  name: 'txn',
  usage: '[flags]',
  summary: `reads a transaction from the input: conditions, what to do if all hold, what to do else; an empty line ends each.
Conditions: value("KEY") = "x", and so on with mod, create, version and lease, and !=, > and <. Things to do: put, get, del`,
  flags: [{ ...boolFlag('interactive', 'say what comes next'), short: 'i' }],
  async run(ctl, { words }) {
    if (words.length > 0) throw badArgs('txn command does not accept argument');
    const compare: readonly Compare[] = await readList(ctl, 'compares:', parseCompare);
    const success = await readList(ctl, 'success requests (get, put, del):', parseOperation);
    const failure = await readList(ctl, 'failure requests (get, put, del):', parseOperation);
    const client = await ctl.connect();
    ctl.show(shownTxn(await client.call('txn', { compare, success, failure })));
  },
};
