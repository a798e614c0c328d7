/** Scenarios as tests: `simTest('nothing is lost', { seeds: 100 }, scenario)` in a file of vitest's. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { it } from 'vitest';
import type { BugId } from '../../core/bugs.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { checkScenario } from '../../sim/scenario_form.ts';
import { goalRunsDefault } from '../../sim/swarm/tally.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import { findScenario } from '../catalogue.ts';
import { reproducingLine } from './report.ts';

export interface SimTestOptions {
  /** New seeds to run, after those of the corpus. */
  readonly seeds: number;
  /** The first new seed (default 1). */
  readonly from?: number;
  readonly members?: number;
  readonly clients?: number;
  readonly durationMs?: number;
  readonly bugs?: readonly BugId[];
  /** Whether each goal must be reached by some seed (default: from 10 new seeds on). */
  readonly goals?: boolean;
  /** The scenario's own file, if it has one: then the line that runs it without vitest is printed, too. */
  readonly file?: string;
  /** Real time for all seeds, in ms (default 10 s for each). */
  readonly timeoutMs?: number;
}

/** Seeds that have failed before, by the name of the test: JSON beside the test, to be committed. */
export type Corpus = Readonly<Record<string, readonly string[]>>;

/** A seed failed, or a goal was never reached: the message has the sentence and the lines that do it again. */
export class SimTestError extends Error {
  override readonly name = 'SimTestError';
}

const msPerSeed = 10_000;

/**
 * A test that runs a scenario: first the seeds of the corpus file (`testdata/TESTFILE.seeds.json` beside the test), then new ones. The
 * first that fails is appended to the corpus, and fails the test with its sentence and the lines that run it again.
 * DETCD_SEED=N runs only that seed.
 */
export function simTest(name: string, options: SimTestOptions, scenario: Scenario): void {
  const fault = checkScenario(scenario);
  if (fault !== null) throw new TypeError(`simTest('${name}'): expected a Scenario: ${fault}`);
  if (!Number.isInteger(options.seeds) || options.seeds < 0) {
    throw new TypeError(
      `simTest('${name}'): expected \`seeds\` to be a whole number, found ${options.seeds}`,
    );
  }
  const timeout = options.timeoutMs ?? msPerSeed * (options.seeds + 10);
  it(name, { timeout }, ({ task }) => runSimTest(name, options, scenario, task.file.filepath));
}

/** What the test does, for the test file at `testPath`. Throws SimTestError. */
export async function runSimTest(
  name: string,
  options: SimTestOptions,
  scenario: Scenario,
  testPath: string,
): Promise<void> {
  const corpusFile = corpusPath(testPath);
  const corpus = readCorpus(corpusFile);
  const known = corpus[name] ?? [];
  const missed = new Set(scenario.sometimes.map(({ goal }) => goal));
  for (const seed of seedsFor(options, known)) {
    const failure = runSeed(seed, options, scenario, missed);
    if (failure !== null) {
      if (!known.includes(seed)) writeCorpus(corpusFile, { ...corpus, [name]: [...known, seed] });
      throw new SimTestError(failureText(failure, name, scenario, seed, options, testPath));
    }
    // Vitest's thread must answer in between.
    await new Promise((resolve) => setImmediate(resolve)); // oxlint-disable-line no-await-in-loop
  }
  const judged =
    process.env['DETCD_SEED'] === undefined && (options.goals ?? options.seeds >= goalRunsDefault);
  if (judged && missed.size > 0) {
    throw new SimTestError(`no seed of ${options.seeds} reached this goal: ${[...missed].join('; ')}`);
  }
}

function seedsFor({ seeds, from = 1 }: SimTestOptions, known: readonly string[]): readonly string[] {
  const only = process.env['DETCD_SEED'];
  if (only !== undefined) return [only];
  const fresh = Array.from({ length: seeds }, (_, at) => String(from + at));
  return [...known, ...fresh.filter((seed) => !known.includes(seed))];
}

interface SeedFailure {
  readonly sentence: string;
  readonly lines: readonly string[];
  /** Null if it threw. */
  readonly info: RunInfo | null;
}

/** Null if all held; the goals that it reached are taken out of `missed`. */
function runSeed(
  seed: string,
  { members, clients, durationMs, bugs }: SimTestOptions,
  scenario: Scenario,
  missed: Set<string>,
): SeedFailure | null {
  let info: RunInfo;
  try {
    info = runScenario({
      scenario,
      seed,
      ...(members === undefined ? {} : { members }),
      ...(clients === undefined ? {} : { clients }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(bugs === undefined ? {} : { bugs }),
    }).info;
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { sentence: 'the run threw', lines: stack.split('\n'), info: null };
  }
  for (const { goal, reached } of info.sometimes) if (reached) missed.delete(goal);
  if (info.verdict.passed) return null;
  const [first] = info.verdict.violations;
  if (first !== undefined) return { sentence: `${first.check}: ${first.sentence}`, lines: first.lines, info };
  const check = info.verdict.checks.find(({ status }) => status !== 'passed' && status !== 'not promised');
  return {
    sentence: `${check?.name ?? 'a check'}: ${check?.status ?? ''} ${check?.detail ?? ''}`,
    lines: [],
    info,
  };
}

function failureText(
  { sentence, lines, info }: SeedFailure,
  name: string,
  scenario: Scenario,
  seed: string,
  { file }: SimTestOptions,
  testPath: string,
): string {
  const path = relative(process.cwd(), testPath).replaceAll('\\', '/');
  const out = [`${scenario.name} seed ${seed}: ${sentence}`, ...lines.map((line) => `  ${line}`), ''];
  out.push(`again: DETCD_SEED=${seed} npx vitest run ${path} -t '${name.replaceAll("'", "'\\''")}'`);
  const runnable = file ?? (findScenario(scenario.name) === scenario ? scenario.name : null);
  if (info !== null && runnable !== null) out.push(`or:    ${reproducingLine(info, { scenario: runnable })}`);
  return out.join('\n');
}

/** `a/b.test.ts` keeps its seeds in `a/testdata/b.seeds.json`. */
export function corpusPath(testPath: string): string {
  const base = basename(testPath).replace(/(?:\.(?:test|spec))?\.[cm]?[jt]sx?$/, '');
  return join(dirname(testPath), 'testdata', `${base}.seeds.json`);
}

function readCorpus(path: string): Corpus {
  if (!existsSync(path)) return {};
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SimTestError(`${path}: expected JSON: ${String(error)}`);
  }
  const lists = typeof value === 'object' && value !== null ? Object.values(value) : [null];
  const isSeed = (seed: unknown): boolean => typeof seed === 'string' && /^\d+$/.test(seed);
  if (lists.every((list) => Array.isArray(list) && list.every(isSeed))) return value as Corpus;
  throw new SimTestError(`${path}: expected lists of seeds by the names of tests, found something else`);
}

function writeCorpus(path: string, corpus: Corpus): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(corpus, null, 2)}\n`);
}
