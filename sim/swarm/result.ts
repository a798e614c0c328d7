import type { RunFile } from '../trace/codec.ts';
import type { RunInfo, RunOptions } from '../trace/run_info.ts';
import { eventsOfKind } from '../trace/trace.ts';
import { signatureOf } from './signature.ts';

/** What a swarm keeps of one run: plain JSON, one line of its results. */
export interface SwarmResult {
  readonly scenario: string;
  readonly seed: string;
  readonly canary: boolean;
  readonly members: number;
  readonly clients: number;
  readonly durationMs: number;
  readonly bugs: readonly string[];
  readonly passed: boolean;
  /** Of the whole trace; null if the run did not come to its end. */
  readonly digest: string | null;
  readonly virtualNs: number;
  readonly traceEvents: number;
  readonly operations: number;
  /** How long it took, and when it ended after its session's start, in real time. */
  readonly wallMs: number;
  readonly endedMs: number;
  /** Goals of the scenario that this run reached, and those it did not. */
  readonly reached: readonly string[];
  readonly missed: readonly string[];
  /** How often each kind of fault was done to the world. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often each failpoint ended a member, 0 for one that was only armed; absent if none was. */
  readonly failpoints?: Readonly<Record<string, number>>;
  /** Empty if it passed. The first is the one to look at. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly check: string;
  /** What failures of one cause have in common. */
  readonly signature: string;
  readonly sentence: string;
  readonly lines: readonly string[];
  readonly atNs: number;
}

export interface Timing {
  readonly wallMs: number;
  readonly endedMs: number;
}

const failuresMax = 3;
const linesMax = 12;
/** Of the list of interventions, these are no faults but words. */
const noFaults: ReadonlySet<string> = new Set(['note', 'goal', 'atlas']);

/** The result of a run that came to its end. */
export function resultOf(file: RunFile, canary: boolean, timing: Timing): SwarmResult {
  const { info } = file;
  const { scenario, seed, options, verdict, summary, sometimes } = info;
  const { ok, fail, unknown } = summary.operations;
  const goals = (reached: boolean): string[] =>
    sometimes.filter((mark) => mark.reached === reached).map(({ goal }) => goal);
  return {
    ...sizesOf(options),
    scenario,
    seed,
    canary,
    passed: verdict.passed,
    digest: info.digest,
    virtualNs: summary.virtualNs,
    traceEvents: summary.traceEvents,
    operations: ok + fail + unknown,
    ...timing,
    reached: goals(true),
    missed: goals(false),
    faults: faultsOf(info),
    ...failpointsOf(file),
    failures: verdict.passed ? [] : failuresOf(info),
  };
}

/** The result of a run that threw, or never ended. `reason`: one sentence; `lines`: where, if that is known. */
export function brokenResult(
  run: { readonly scenario: string; readonly seed: string; readonly canary: boolean },
  options: RunOptions,
  broken: { readonly check: string; readonly reason: string; readonly lines: readonly string[] },
  timing: Timing,
): SwarmResult {
  const { check, reason: sentence, lines } = broken;
  return {
    ...sizesOf(options),
    scenario: run.scenario,
    seed: run.seed,
    canary: run.canary,
    passed: false,
    digest: null,
    virtualNs: 0,
    traceEvents: 0,
    operations: 0,
    ...timing,
    reached: [],
    missed: [],
    faults: {},
    failures: [
      { check, signature: signatureOf(check, sentence), sentence, lines: lines.slice(0, linesMax), atNs: 0 },
    ],
  };
}

function sizesOf({ members, clients, durationMs, bugs }: RunOptions) {
  return { members, clients, durationMs, bugs: [...bugs] };
}

function faultsOf({ interventions }: RunInfo): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of interventions) {
    if (!noFaults.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return sortedRecord(counts);
}

/** What a member says when a failpoint has ended it. */
const endedAt = /^n\d+ ended at (\w+)$/;

function failpointsOf({ info, trace }: RunFile): Pick<SwarmResult, 'failpoints'> {
  const counts = new Map<string, number>();
  for (const action of info.interventions) if (action.kind === 'failpoint') counts.set(action.site, 0);
  if (counts.size === 0) return {};
  for (const row of eventsOfKind(trace, 'note')) {
    const site = endedAt.exec(trace.text(row, 0))?.[1];
    if (site !== undefined) counts.set(site, (counts.get(site) ?? 0) + 1);
  }
  return { failpoints: sortedRecord(counts) };
}

/** Keys in the order of their characters, so that equal counts are equal text. */
export function sortedRecord(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function failuresOf({ verdict }: RunInfo): Failure[] {
  const found = verdict.violations
    .slice(0, failuresMax)
    .map(({ check, sentence, lines, atNs }) => failure(check, sentence, lines, atNs));
  if (found.length > 0) return found;
  // Nothing broke, and yet it did not pass: a check that came to no end.
  return verdict.checks
    .filter(({ status }) => status === 'unknown' || status === 'violated')
    .slice(0, failuresMax)
    .map(({ name, status, detail }) => failure(name, `${status}: ${detail}`, [], 0));
}

function failure(check: string, sentence: string, lines: readonly string[], atNs: number): Failure {
  const signature = signatureOf(check, sentence);
  return { check, signature, sentence, lines: lines.slice(0, linesMax), atNs };
}
