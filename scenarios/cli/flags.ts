import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type BugId, isBugId, plantedBugs } from '../../core/bugs.ts';
import { clientsMax, durationMsMax, membersMax } from '../../core/limits.ts';
import type { Scenario } from '../../sim/scenario.ts';
import type { ScenarioSource } from '../../sim/trace/run_info.ts';
import { catalogue, findScenario } from '../catalogue.ts';
import { loadScenario, namesFile } from './scenario_file.ts';
import { UsageError } from './usage_error.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

export interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | undefined | readonly string[]>>;
  readonly positionals: readonly string[];
}

/** Parses a command's arguments; Node's errors become sentences that name the command and the flag. */
export function parseFlags(command: string, args: readonly string[], options: Options): Parsed {
  const all: Options = { ...options, help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } };
  const tokens = parseArgs({
    args: [...args],
    options: all,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens.tokens) {
    if (token.kind !== 'option') continue;
    const known = all[token.name];
    if (known === undefined) {
      throw new UsageError(
        `detcd ${command}: unknown flag ${token.rawName}. \`detcd ${command} --help\` lists them.`,
      );
    }
    if (known.type === 'string' && (token.value === undefined || token.value === '')) {
      throw new UsageError(`detcd ${command}: ${token.rawName} needs a value.`);
    }
    if (known.type === 'boolean' && token.value !== undefined) {
      throw new UsageError(`detcd ${command}: ${token.rawName} takes no value, got "${token.value}".`);
    }
  }
  return { values: tokens.values as Parsed['values'], positionals: tokens.positionals };
}

/** The one positional argument a command takes. */
export function onePositional(command: string, parsed: Parsed, what: string): string {
  const [first, ...more] = parsed.positionals;
  if (first === undefined) throw new UsageError(`detcd ${command}: expected ${what}, got nothing.`);
  if (more.length > 0) {
    throw new UsageError(`detcd ${command}: expected only ${what}, got also "${more.join(' ')}".`);
  }
  return first;
}

/** A scenario of the catalogue by its name, or of a file by its path; then with what a trace says of the file. */
export function scenarioChosen(name: string): {
  readonly scenario: Scenario;
  readonly source?: ScenarioSource;
} {
  if (!namesFile(name)) return { scenario: scenarioNamed(name) };
  const { scenario, source } = loadScenario(name);
  return { scenario, source };
}

export function scenarioNamed(name: string): Scenario {
  const scenario = findScenario(name);
  if (scenario !== undefined) return scenario;
  const names = catalogue.map((known) => known.name);
  const near = names.find((known) => known.startsWith(name) || known.includes(name));
  const hint = near === undefined ? '`detcd list` shows all of them.' : `Did you mean ${near}?`;
  throw new UsageError(`there is no scenario "${name}". ${hint}`);
}

function text(parsed: Parsed, flag: string): string | undefined {
  const value = parsed.values[flag];
  return typeof value === 'string' ? value : undefined;
}

export function flagText(parsed: Parsed, flag: string): string | undefined {
  return text(parsed, flag);
}

/** Of a flag that may be given several times: its values in order. */
export function flagTexts(parsed: Parsed, flag: string): readonly string[] {
  const given = parsed.values[flag];
  return Array.isArray(given) ? (given as readonly string[]) : [];
}

export function flagInteger(parsed: Parsed, flag: string, low: number, high: number): number | undefined {
  const given = text(parsed, flag);
  if (given === undefined) return undefined;
  const value = /^\d+$/.test(given) ? Number(given) : NaN;
  if (Number.isSafeInteger(value) && value >= low && value <= high) return value;
  throw new UsageError(`--${flag}: expected a whole number from ${low} to ${high}, got "${given}".`);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const durationMsMin = 1000;

/** `1500ms`, `30s`, `10m`, `1h`. */
export function flagDurationMs(parsed: Parsed, flag: string): number | undefined {
  const given = text(parsed, flag);
  if (given === undefined) return undefined;
  const match = /^(\d+)(ms|s|m|h)$/.exec(given);
  const ms = match === null ? NaN : Number(match[1]) * (unitMs[match[2] as string] as number);
  if (ms >= durationMsMin && ms <= durationMsMax) return ms;
  throw new UsageError(
    `--${flag}: expected a time from 1s to 24h such as 1500ms, 30s or 10m, got "${given}".`,
  );
}

/** Flags that say which run, but for how many members: the directories that are imported say that. */
export const importRunFlags = {
  seed: { type: 'string' },
  clients: { type: 'string' },
  duration: { type: 'string' },
  bug: { type: 'string' },
} as const satisfies Options;

/** Flags that say which run: the same on every command that runs one. */
export const runFlags = { ...importRunFlags, members: { type: 'string' } } as const satisfies Options;

export interface RunChoice {
  readonly seed: string;
  readonly members?: number;
  readonly clients?: number;
  readonly durationMs?: number;
  readonly bugs: readonly BugId[];
}

export function runChoice(parsed: Parsed): RunChoice {
  const members = flagInteger(parsed, 'members', 1, membersMax);
  const clients = flagInteger(parsed, 'clients', 1, clientsMax);
  const durationMs = flagDurationMs(parsed, 'duration');
  return {
    seed: String(flagInteger(parsed, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 1),
    bugs: bugsNamed(text(parsed, 'bug')),
    ...(members === undefined ? {} : { members }),
    ...(clients === undefined ? {} : { clients }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

/** `--bug A,B`. */
function bugsNamed(given: string | undefined): BugId[] {
  if (given === undefined) return [];
  return given.split(',').map((name) => {
    if (isBugId(name)) return name;
    const known = plantedBugs.map((bug) => bug.id).join(', ');
    throw new UsageError(`--bug: there is no planted bug "${name}". Known: ${known}.`);
  });
}
