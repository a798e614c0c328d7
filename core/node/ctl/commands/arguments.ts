import type { ByteString } from '../../../base/bytes.ts';
import { endOfKeys, prefixEnd } from '../../../client/index.ts';
import { type CtlFailure, badArgs } from '../failure.ts';
import type { FlagValues } from '../flags/flag_values.ts';
import { bytesOfWord } from '../input/split_line.ts';
import { ValueError, parseInt64, parseUint64 } from '../flags/go_values.ts';

/** Runs `read`; a value it can't read becomes the failure that `told` makes of the reason. */
export function readValue<Value>(read: () => Value, told: (reason: string) => CtlFailure): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof ValueError) throw told(error.message);
    throw error;
  }
}

/** A lease's id, in hex. `what` is how messages name it. */
export function leaseIdOf(text: string, what: string): bigint {
  const told = (reason: string): CtlFailure => badArgs(`bad ${what} (${reason}), expecting ID in Hex`);
  return readValue(() => parseInt64(text, 16), told);
}

export function memberIdOf(text: string | undefined): bigint {
  if (text === undefined || text === '') throw badArgs('member ID is not provided');
  const told = (reason: string): CtlFailure => badArgs(`bad member ID arg (${reason}), expecting ID in Hex`);
  return readValue(() => parseUint64(text, 16), told);
}

export interface KeyRange {
  readonly key: ByteString;
  readonly range_end?: ByteString;
}

/** Keys from words, --prefix and --from-key, as `get` and `del` take them. */
export function keyRangeOf(command: string, words: readonly string[], flags: FlagValues): KeyRange {
  const [first, end] = words;
  const [prefix, fromKey] = [flags.isSet('prefix'), flags.isSet('from-key')];
  if (prefix && fromKey)
    throw badArgs('`--prefix` and `--from-key` cannot be set at the same time, choose one');
  if (first === undefined)
    throw badArgs(`${command} command needs one argument as key and an optional argument as range_end`);
  if (!prefix && !fromKey)
    return { key: bytesOfWord(first), ...(end === undefined ? {} : { range_end: bytesOfWord(end) }) };
  if (end !== undefined)
    throw badArgs('too many arguments, only accept one argument when `--prefix` or `--from-key` is set');
  return openRange(bytesOfWord(first), prefix);
}

/** All keys that begin with this one, or all from this one on. */
export function openRange(key: ByteString, isPrefix: boolean): Required<KeyRange> {
  if (key === '') return { key: endOfKeys, range_end: endOfKeys };
  return { key, range_end: isPrefix ? prefixEnd(key) : endOfKeys };
}
