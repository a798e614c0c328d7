import type { FlagSpec } from './flag_spec.ts';
import { type FlagValues, setFlag } from './flag_values.ts';
import { ValueError } from './go_values.ts';

/** What is left of a command line when the flags are taken out. */
export interface Words {
  readonly words: readonly string[];
  /** How many of them stand before `--`; all, if there is none. */
  readonly beforeDash: number;
}

/**
 * Reads flags as etcdctl does (pflag): `--name value`, `--name=value`, `-x value`, `-xvalue`, booleans alone, also between words and several
 * letters in one; everything behind `--` is a word. Throws ValueError.
 */
export function parseFlags(args: readonly string[], values: FlagValues): Words {
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === '--') {
      const beforeDash = words.length;
      return { words: [...words, ...args.slice(at + 1)], beforeDash };
    }
    if (arg.startsWith('--')) at += parseLong(arg, args[at + 1], values);
    else if (arg.startsWith('-') && arg.length > 1) at += parseShort(arg, args[at + 1], values);
    else words.push(arg);
  }
  return { words, beforeDash: words.length };
}

/** Returns how many of the following words were its value. */
function parseLong(arg: string, following: string | undefined, values: FlagValues): 0 | 1 {
  const equals = arg.indexOf('=');
  const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
  if (name === '' || name.startsWith('-')) throw new ValueError(`bad flag syntax: ${arg}`);
  const spec = values.spec(name);
  if (spec === undefined) throw new ValueError(`unknown flag: --${name}`);
  if (equals >= 0) {
    setFlag(values, spec, arg.slice(equals + 1));
    return 0;
  }
  if (spec.kind === 'bool') {
    setFlag(values, spec, 'true');
    return 0;
  }
  if (following === undefined) throw new ValueError(`flag needs an argument: ${arg}`);
  setFlag(values, spec, following);
  return 1;
}

function parseShort(arg: string, following: string | undefined, values: FlagValues): 0 | 1 {
  for (let at = 1; at < arg.length; at++) {
    const letter = arg.charAt(at);
    const spec = values.all.find(({ short }) => short === letter);
    if (spec === undefined)
      throw new ValueError(`unknown shorthand flag: '${letter}' in ${arg.replace(/^-/, '-')}`);
    const rest = arg.slice(at + 1);
    if (rest.startsWith('=')) {
      setFlag(values, spec, rest.slice(1));
      return 0;
    }
    if (spec.kind === 'bool') {
      setFlag(values, spec, 'true');
      continue;
    }
    if (rest !== '') {
      setFlag(values, spec, rest);
      return 0;
    }
    if (following === undefined) throw new ValueError(`flag needs an argument: '${letter}' in ${arg}`);
    setFlag(values, spec, following);
    return 1;
  }
  return 0;
}

/** Finds the words that are no flags and no values of `known` ones: among them is the command. An unknown flag counts as one with a value. */
export function wordPositions(args: readonly string[], known: readonly FlagSpec[]): readonly number[] {
  const takesNone = (test: (spec: FlagSpec) => boolean): boolean => known.find(test)?.kind === 'bool';
  const positions: number[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === '--') break;
    if (arg.startsWith('--')) {
      if (!arg.includes('=') && !takesNone(({ name }) => name === arg.slice(2))) at++;
    } else if (arg.startsWith('-') && arg.length > 1) {
      if (arg.length === 2 && !takesNone(({ short }) => short === arg.charAt(1))) at++;
    } else positions.push(at);
  }
  return positions;
}
