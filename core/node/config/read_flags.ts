import { ConfigError } from './config_error.ts';
import { type FlagSpec, flagSpecs, flagsOfEtcdOnly } from './flag_table.ts';

/** What was given for each flag, and where. Flags that were not given have their standard value. */
export class FlagValues {
  private readonly given: ReadonlyMap<string, string>;

  constructor(given: ReadonlyMap<string, string>) {
    this.given = given;
  }

  isGiven(name: string): boolean {
    return this.given.has(name);
  }

  text(name: string): string {
    return this.given.get(name) ?? specNamed(name).standard;
  }

  boolean(name: string): boolean {
    return booleanWords.get(this.text(name)) === true;
  }

  count(name: string): number {
    return Number(this.text(name));
  }

  /** Milliseconds. */
  duration(name: string): number {
    return parseDuration(this.text(name)) ?? 0;
  }
}

export interface ReadFlags {
  readonly values: FlagValues;
  /** What a person should know, for the log. */
  readonly warnings: readonly string[];
}

const byName: ReadonlyMap<string, FlagSpec> = new Map(flagSpecs.map((spec) => [spec.name, spec]));

function specNamed(name: string): FlagSpec {
  const spec = byName.get(name);
  if (spec === undefined) throw new ConfigError(`there is no flag --${name}`);
  return spec;
}

/** Go's words for true and false. */
const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
]);

/**
 * Reads flags in Go's forms (`-name value`, `--name=value`, a boolean alone) and the environment: ETCD_NAME stands for --name. What is
 * given in both is refused, as etcd does. Throws ConfigError.
 */
export function readFlags(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ReadFlags {
  const given = fromArguments(args);
  const warnings: string[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('ETCD_') || value === undefined || value === '') continue;
    const name = variable.slice('ETCD_'.length).toLowerCase().replaceAll('_', '-');
    const spec = byName.get(name);
    if (spec === undefined) {
      warnings.push(`unrecognized environment variable ${variable}`);
    } else if (given.has(name)) {
      throw new ConfigError(
        `conflicting environment variable "${variable}" is shadowed by corresponding command-line flag (either unset environment variable or disable flag)`,
      );
    } else {
      checkValue(spec, value, variable);
      given.set(name, value);
    }
  }
  return { values: new FlagValues(given), warnings };
}

function fromArguments(args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] as string;
    const match = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(argument);
    if (match === null) throw new ConfigError(`'${argument}' is not a valid flag`);
    const name = match[1] as string;
    const spec = byName.get(name);
    if (spec === undefined) {
      throw new ConfigError(
        flagsOfEtcdOnly.has(name)
          ? `--${name} is a flag of etcd that detcd does not have`
          : `flag provided but not defined: -${name}`,
      );
    }
    let value = match[2];
    if (value === undefined) {
      if (spec.kind === 'boolean') value = 'true';
      else if (at + 1 < args.length) value = args[++at] as string;
      else throw new ConfigError(`flag needs an argument: -${name}`);
    }
    checkValue(spec, value, `flag -${name}`);
    given.set(name, value);
  }
  return given;
}

const expectations: Readonly<Record<FlagSpec['kind'], string>> = {
  text: 'a text',
  boolean: 'true or false',
  count: 'a whole number from 0 to 2^53 - 1',
  duration: 'a time such as 500ms, 10s or 1h30m',
};

function checkValue({ kind }: FlagSpec, value: string, place: string): void {
  const fits =
    kind === 'text' ||
    (kind === 'boolean' && booleanWords.has(value)) ||
    (kind === 'count' && /^\d+$/.test(value) && Number.isSafeInteger(Number(value))) ||
    (kind === 'duration' && parseDuration(value) !== null);
  if (fits) return;
  throw new ConfigError(`invalid value "${value}" for ${place}: expected ${expectations[kind]}`);
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Go's durations, such as 1h30m, in milliseconds; null if it is none. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return null;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    ms += Number(count) * (unitMs[unit as string] as number);
  }
  return Number.isSafeInteger(Math.round(ms)) ? ms : null;
}
