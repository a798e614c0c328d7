import type {
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  SortOrder,
  SortTarget,
} from '../../../server/api/index.ts';
import type { Ctl, CtlCommand } from '../command.ts';
import { CtlFailure, badArgs, ctlExit } from '../failure.ts';
import { boolFlag, int64Flag, textFlag } from '../flags/flag_spec.ts';
import type { FlagValues } from '../flags/flag_values.ts';
import { parseInt64 } from '../flags/go_values.ts';
import { bytesOfWord } from '../input/split_line.ts';
import { shownDelete, shownPut, shownRange } from '../output/kv.ts';
import { keyRangeOf, leaseIdOf, readValue } from './arguments.ts';

export const putFlags = [
  boolFlag('ignore-lease', 'keep the lease that the key has'),
  boolFlag('ignore-value', 'keep the value that the key has'),
  textFlag('lease', 'the lease to attach the key to, in hex', '0'),
  boolFlag('prev-kv', 'print the pair as it was before'),
];

/** Null: the value comes from the input. */
export function putRequestOf(words: readonly string[], flags: FlagValues): PutRequest & { key: string } {
  const [key, value] = words;
  const ignoreValue = flags.isSet('ignore-value');
  if (key === undefined) throw badArgs('put command needs 1 argument and input from stdin or 2 arguments');
  if (ignoreValue && value !== undefined)
    throw badArgs("put command needs only 1 argument when 'ignore-value' is set");
  return {
    key: bytesOfWord(key),
    ...(value === undefined ? {} : { value: bytesOfWord(value) }),
    lease: leaseIdOf(flags.text('lease'), 'lease ID'),
    prev_kv: flags.isSet('prev-kv'),
    ignore_value: ignoreValue,
    ignore_lease: flags.isSet('ignore-lease'),
  };
}

export const put: CtlCommand = {
  name: 'put',
  usage: '[flags] KEY [VALUE]',
  summary: 'writes a key; without VALUE the value is read from the input. Behind -- words may begin with -',
  flags: putFlags,
  async run(ctl, { words }) {
    const request = putRequestOf(words, ctl.flags);
    const isComplete = request.value !== undefined || request.ignore_value === true;
    const whole = isComplete ? request : { ...request, value: await ctl.io.readAll() };
    const client = await ctl.connect();
    ctl.show(shownPut(await client.call('put', whole)));
  },
};

export const getFlags = [
  textFlag('consistency', 'l: what a majority knows; s: what the member knows', 'l'),
  boolFlag('from-key', 'all keys from KEY on'),
  boolFlag('keys-only', 'no values'),
  int64Flag('limit', 'at most so many pairs; 0: all'),
  textFlag('order', 'ASCEND or DESCEND'),
  boolFlag('prefix', 'all keys that begin with KEY'),
  boolFlag('print-value-only', 'no keys, in the simple form'),
  int64Flag('rev', 'as of this revision; 0: now'),
  textFlag('sort-by', 'CREATE, KEY, MODIFY, VALUE or VERSION'),
];

const orders: Readonly<Record<string, SortOrder>> = { '': 'NONE', ASCEND: 'ASCEND', DESCEND: 'DESCEND' };
const targets: Readonly<Record<string, SortTarget>> = {
  '': 'KEY',
  CREATE: 'CREATE',
  KEY: 'KEY',
  MODIFY: 'MOD',
  VALUE: 'VALUE',
  VERSION: 'VERSION',
};

export function rangeRequestOf(words: readonly string[], flags: FlagValues): RangeRequest {
  const range = keyRangeOf('get', words, flags);
  const consistency = flags.text('consistency');
  if (consistency !== 's' && consistency !== 'l')
    throw new CtlFailure(ctlExit.badFeature, `unknown consistency flag "${consistency}"`);
  const order = orders[flags.text('order').toUpperCase()];
  if (order === undefined) throw new CtlFailure(ctlExit.badFeature, `bad sort order ${flags.text('order')}`);
  const target = targets[flags.text('sort-by').toUpperCase()];
  if (target === undefined)
    throw new CtlFailure(ctlExit.badFeature, `bad sort target ${flags.text('sort-by')}`);
  return {
    ...range,
    limit: flags.count('limit'),
    revision: Math.max(0, flags.count('rev')),
    // Keys come in ascending order anyhow; asked to sort, a member would fetch all of them first (clientv3: WithSort).
    sort_order: target === 'KEY' && order === 'ASCEND' ? 'NONE' : order,
    sort_target: target,
    serializable: consistency === 's',
    keys_only: flags.isSet('keys-only'),
  };
}

export const get: CtlCommand = {
  name: 'get',
  usage: '[flags] KEY [RANGE_END]',
  summary: 'reads a key, or all keys from KEY to below RANGE_END',
  flags: getFlags,
  async run(ctl, { words }) {
    const request = rangeRequestOf(words, ctl.flags);
    const valueOnly = ctl.flags.isSet('print-value-only');
    if (valueOnly && ctl.flags.text('write-out') !== 'simple')
      throw badArgs('print-value-only is only for `--write-out=simple`');
    const client = await ctl.connect();
    ctl.show(shownRange(await client.call('range', request), valueOnly));
  },
};

export const delFlags = [
  boolFlag('from-key', 'all keys from KEY on'),
  boolFlag('prefix', 'all keys that begin with KEY'),
  boolFlag('prev-kv', 'print the pairs that were deleted'),
];

export function deleteRequestOf(words: readonly string[], flags: FlagValues): DeleteRangeRequest {
  return { ...keyRangeOf('del', words, flags), prev_kv: flags.isSet('prev-kv') };
}

export const del: CtlCommand = {
  name: 'del',
  usage: '[flags] KEY [RANGE_END]',
  summary: 'deletes a key, or all keys from KEY to below RANGE_END',
  flags: delFlags,
  async run(ctl, { words }) {
    const request = deleteRequestOf(words, ctl.flags);
    const client = await ctl.connect();
    ctl.show(shownDelete(await client.call('delete_range', request)));
  },
};

export const compaction: CtlCommand = {
  name: 'compaction',
  otherNames: ['compact'],
  usage: '[flags] REVISION',
  summary: 'gives up the history below REVISION',
  flags: [boolFlag('physical', 'wait until the old pairs are gone from the database, too')],
  async run(ctl: Ctl, { words }) {
    const [text] = words;
    if (text === undefined || words.length > 1) throw badArgs('compaction command needs 1 argument');
    const revision = readValue(
      () => Number(parseInt64(text)),
      (reason) => new CtlFailure(ctlExit.error, reason),
    );
    const physical = ctl.flags.isSet('physical');
    const client = await ctl.connect();
    await client.call('compact', { revision, physical });
    ctl.say(`compacted revision ${revision}`);
  },
};
