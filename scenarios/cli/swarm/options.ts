import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { BugId } from '../../../core/bugs.ts';
import type { Scenario } from '../../../sim/scenario.ts';
import {
  type Shard,
  type SwarmPlan,
  canary,
  canaryInterval,
  canaryRunsMin,
} from '../../../sim/swarm/plan.ts';
import { goalRunsDefault } from '../../../sim/swarm/tally.ts';
import { catalogue } from '../../catalogue.ts';
import { type Parsed, flagDurationMs, flagInteger, flagText, runChoice, scenarioNamed } from '../flags.ts';
import { type LoadedScenario, loadScenario, namesFile } from '../scenario_file.ts';
import { UsageError } from '../usage_error.ts';
import { resultsExtension } from './results_file.ts';
import type { RunSettings } from './run_one.ts';

export const swarmFlags = {
  seeds: { type: 'string' },
  time: { type: 'string' },
  from: { type: 'string' },
  jobs: { type: 'string' },
  shard: { type: 'string' },
  'stop-on-failure': { type: 'boolean' },
  collect: { type: 'boolean' },
  out: { type: 'string' },
  resume: { type: 'boolean' },
  canary: { type: 'boolean' },
  'no-canary': { type: 'boolean' },
  'goal-runs': { type: 'string' },
  'run-limit': { type: 'string' },
} as const;

export interface SwarmOptions {
  readonly plan: SwarmPlan;
  readonly settings: RunSettings;
  /** Every scenario of the plan, and the canary's. */
  readonly scenarios: readonly ChosenScenario[];
  readonly jobs: number;
  readonly timeMs: number;
  readonly runLimitMs: number;
  readonly stopOnFailure: boolean;
  readonly resume: boolean;
  readonly goalRuns: number;
  /** Where the results go. */
  readonly file: string;
}

export interface ChosenScenario {
  readonly scenario: Scenario;
  /** Of one that is not of the catalogue. */
  readonly own: (LoadedScenario & { readonly path: string }) | null;
}

const seedsDefault = 200;
const seedsMax = 1_000_000_000;
const jobsMax = 1024;
const runLimitMsDefault = 600_000;

/** Throws UsageError. */
export function swarmOptions(parsed: Parsed): SwarmOptions {
  const chosen = chosenScenarios(parsed.positionals);
  const { seed: _, bugs, ...sizes } = runChoice(parsed);
  const settings: RunSettings = { ...sizes, bugs };
  const timeMs = flagDurationMs(parsed, 'time') ?? Infinity;
  const runs = flagInteger(parsed, 'seeds', 1, seedsMax) ?? (timeMs === Infinity ? seedsDefault : Infinity);
  const shard = shardOf(parsed);
  const stopOnFailure = oneOf(parsed, 'stop-on-failure', 'collect') === 'stop-on-failure';
  const canaryEvery = hasCanary(parsed, runs, bugs) ? canaryInterval : 0;
  const firstSeed = flagInteger(parsed, 'from', 0, Number.MAX_SAFE_INTEGER - seedsMax) ?? 1;
  const plan = {
    scenarios: chosen.map(({ scenario }) => scenario.name),
    firstSeed,
    runs,
    shard,
    canaryEvery,
  };
  const jobs = flagInteger(parsed, 'jobs', 1, jobsMax) ?? availableParallelism();
  return {
    plan,
    settings,
    scenarios: chosen,
    jobs: Math.min(jobs, Math.ceil(runs / shard.count)),
    timeMs,
    runLimitMs: flagDurationMs(parsed, 'run-limit') ?? runLimitMsDefault,
    stopOnFailure,
    resume: parsed.values['resume'] === true,
    goalRuns: goalRunsOf(parsed, bugs),
    file: join(flagText(parsed, 'out') ?? join('runs', 'swarm'), fileName(shard)),
  };
}

function chosenScenarios(names: readonly string[]): ChosenScenario[] {
  if (names.length === 0) return catalogue.map((scenario) => ({ scenario, own: null }));
  const chosen = names.map((path): ChosenScenario => {
    if (!namesFile(path)) return { scenario: scenarioNamed(path), own: null };
    const own = loadScenario(path);
    return { scenario: own.scenario, own: { ...own, path } };
  });
  const seen = new Set<string>();
  for (const { scenario } of chosen) {
    if (seen.has(scenario.name)) throw new UsageError(`detcd swarm: ${scenario.name} is named twice.`);
    seen.add(scenario.name);
  }
  return chosen;
}

/** With a bug planted, nobody promises that a goal can be reached. */
function goalRunsOf(parsed: Parsed, bugs: readonly BugId[]): number {
  const given = flagInteger(parsed, 'goal-runs', 0, seedsMax);
  return given ?? (bugs.length > 0 ? 0 : goalRunsDefault);
}

function hasCanary(parsed: Parsed, runs: number, bugs: readonly BugId[]): boolean {
  const given = oneOf(parsed, 'canary', 'no-canary');
  if (given === 'canary') return true;
  // Whoever plants a bug looks for that one.
  return given === null && runs >= canaryRunsMin && bugs.length === 0;
}

function oneOf<Name extends string>(parsed: Parsed, ...flags: Name[]): Name | null {
  const given = flags.filter((flag) => parsed.values[flag] === true);
  if (given.length > 1) {
    throw new UsageError(`detcd swarm: --${given.join(' and --')} contradict each other; give one of them.`);
  }
  return given[0] ?? null;
}

function shardOf(parsed: Parsed): Shard {
  const given = flagText(parsed, 'shard');
  if (given === undefined) return { number: 1, count: 1 };
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(given);
  const shard = { number: Number(match?.[1]), count: Number(match?.[2]) };
  if (match !== null && shard.number >= 1 && shard.number <= shard.count) return shard;
  throw new UsageError(`--shard: expected I/N with I from 1 to N, such as 2/8, got "${given}".`);
}

function fileName({ number, count }: Shard): string {
  return count === 1 ? `results${resultsExtension}` : `results-${number}-of-${count}${resultsExtension}`;
}

/** The scenario of a name of the plan, or of the canary. */
export function scenarioIn(chosen: readonly ChosenScenario[], name: string): Scenario {
  const found = chosen.find(({ scenario }) => scenario.name === name)?.scenario;
  if (found !== undefined) return found;
  if (name !== canary.scenario) throw new Error(`the swarm has no scenario ${name}`);
  return scenarioNamed(name);
}
