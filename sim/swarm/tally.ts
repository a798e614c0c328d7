import { canary as canaryOf } from './plan.ts';
import { type Failure, type SwarmResult, sortedRecord } from './result.ts';

/** All results of a swarm, counted. */
export interface SwarmTally {
  /** Without canaries. */
  readonly runs: number;
  readonly failedRuns: number;
  readonly virtualNs: number;
  readonly traceEvents: number;
  readonly wallMs: number;
  readonly scenarios: readonly ScenarioTally[];
  readonly groups: readonly FailureGroup[];
  readonly faults: Readonly<Record<string, number>>;
  /** How often each failpoint fired; empty where there are none. */
  readonly failpoints: Readonly<Record<string, number>>;
  readonly canary: CanaryTally;
  /** The same run with two digests: what ran was not deterministic. */
  readonly disagreements: readonly Disagreement[];
}

export interface ScenarioTally {
  readonly scenario: string;
  readonly runs: number;
  readonly failedRuns: number;
  readonly virtualNs: number;
  readonly traceEvents: number;
  /** Of all its runs, one after another, in real time. */
  readonly wallMs: number;
  readonly goals: readonly GoalTally[];
}

export interface GoalTally {
  readonly goal: string;
  /** Runs that reached it, of those that say whether they did. */
  readonly reached: number;
  readonly of: number;
}

export interface FailureGroup {
  readonly signature: string;
  /** Of the run with the lowest seed. */
  readonly example: Failure;
  readonly runs: readonly SwarmResult[];
}

export interface CanaryTally {
  readonly bug: string;
  readonly runs: number;
  readonly found: number;
}

export interface Disagreement {
  readonly scenario: string;
  readonly seed: string;
  readonly digests: readonly string[];
}

/** Counts results, in whatever order they came. The same run twice counts once. */
export function tally(results: readonly SwarmResult[]): SwarmTally {
  const { once, disagreements } = withoutRepeats([...results].sort(compareResults));
  const canaries = once.filter((result) => result.canary);
  const runs = once.filter((result) => !result.canary);
  return {
    runs: runs.length,
    failedRuns: runs.filter(({ passed }) => !passed).length,
    virtualNs: sum(runs, ({ virtualNs }) => virtualNs),
    traceEvents: sum(runs, ({ traceEvents }) => traceEvents),
    wallMs: sum(runs, ({ wallMs }) => wallMs),
    scenarios: scenariosOf(runs),
    groups: groupsOf(runs),
    faults: totals(runs.map(({ faults }) => faults)),
    failpoints: totals(runs.map(({ failpoints }) => failpoints ?? {})),
    canary: {
      bug: canaryOf.bug,
      runs: canaries.length,
      // One that threw has found nothing: it is the swarm that is broken.
      found: canaries.filter(({ passed, digest }) => !passed && digest !== null).length,
    },
    disagreements,
  };
}

/** Why a swarm is red, a sentence each; none if it is green. */
export function redReasons(counted: SwarmTally, goalRuns: number): string[] {
  const reasons: string[] = [];
  const { failedRuns, runs, canary, disagreements } = counted;
  if (failedRuns > 0) reasons.push(`${failedRuns} of ${runs} runs failed`);
  for (const { scenario, goal, of } of unreachedGoals(counted, goalRuns)) {
    reasons.push(`${scenario} never reached this in ${of} runs: ${goal}`);
  }
  if (canary.runs > 0 && canary.found === 0) {
    reasons.push(`the canary, ${canary.bug}, was not found in ${canary.runs} runs`);
  }
  for (const { scenario, seed, digests } of disagreements) {
    reasons.push(`${scenario} seed ${seed} is not deterministic: it gave the digests ${digests.join(', ')}`);
  }
  return reasons;
}

/** A goal that fewer than so many runs of its scenario could reach is not judged: chance may have missed it. */
export const goalRunsDefault = 10;

/** Goals that no run reached though at least `goalRuns` could. With 0, none: goals are not judged. */
export function unreachedGoals(
  { scenarios }: SwarmTally,
  goalRuns: number,
): (GoalTally & { readonly scenario: string })[] {
  if (goalRuns === 0) return [];
  return scenarios.flatMap(({ scenario, goals }) =>
    goals.filter(({ reached, of }) => reached === 0 && of >= goalRuns).map((goal) => ({ scenario, ...goal })),
  );
}

/** Names a run within a campaign. */
export function runKey(result: Pick<SwarmResult, 'scenario' | 'seed' | 'canary'>): string {
  return `${result.canary ? 'canary ' : ''}${result.scenario}/${result.seed}`;
}

/** Names a run among those of all campaigns: what its digest is a function of. */
function wholeKey(result: SwarmResult): string {
  const { members, clients, durationMs, bugs } = result;
  return [runKey(result), members, clients, durationMs, ...bugs].join(' ');
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Seeds of swarms are numbers. */
function compareResults(a: SwarmResult, b: SwarmResult): number {
  return (
    compareTexts(a.scenario, b.scenario) ||
    Number(a.canary) - Number(b.canary) ||
    Number(a.seed) - Number(b.seed) ||
    compareTexts(a.digest ?? '', b.digest ?? '')
  );
}

function withoutRepeats(sorted: readonly SwarmResult[]): {
  readonly once: SwarmResult[];
  readonly disagreements: Disagreement[];
} {
  const seen = new Map<string, { readonly first: SwarmResult; readonly digests: Set<string> }>();
  for (const result of sorted) {
    const key = wholeKey(result);
    const known = seen.get(key);
    const digests = known?.digests ?? new Set<string>();
    if (result.digest !== null) digests.add(result.digest);
    // A run that failed is not hidden by one that passed.
    if (known === undefined || (known.first.passed && !result.passed))
      seen.set(key, { first: result, digests });
  }
  const all = [...seen.values()];
  return {
    once: all.map(({ first }) => first),
    disagreements: all
      .filter(({ digests }) => digests.size > 1)
      .map(({ first: { scenario, seed }, digests }) => ({ scenario, seed, digests: [...digests] })),
  };
}

function sum(results: readonly SwarmResult[], of: (result: SwarmResult) => number): number {
  return results.reduce((total, result) => total + of(result), 0);
}

function scenariosOf(runs: readonly SwarmResult[]): ScenarioTally[] {
  const byName = grouped(runs, ({ scenario }) => scenario);
  return [...byName].map(([scenario, own]) => ({
    scenario,
    runs: own.length,
    failedRuns: own.filter(({ passed }) => !passed).length,
    virtualNs: sum(own, ({ virtualNs }) => virtualNs),
    traceEvents: sum(own, ({ traceEvents }) => traceEvents),
    wallMs: sum(own, ({ wallMs }) => wallMs),
    goals: goalsOf(own),
  }));
}

function goalsOf(runs: readonly SwarmResult[]): GoalTally[] {
  const counts = new Map<string, { reached: number; of: number }>();
  const count = (goal: string, reached: number): void => {
    const known = counts.get(goal) ?? { reached: 0, of: 0 };
    counts.set(goal, { reached: known.reached + reached, of: known.of + 1 });
  };
  for (const { reached, missed } of runs) {
    for (const goal of reached) count(goal, 1);
    for (const goal of missed) count(goal, 0);
  }
  return [...counts].map(([goal, both]) => ({ goal, ...both })).sort((a, b) => compareTexts(a.goal, b.goal));
}

/** The most frequent first. */
function groupsOf(runs: readonly SwarmResult[]): FailureGroup[] {
  const failed = runs.filter(({ failures }) => failures.length > 0);
  const bySignature = grouped(failed, ({ failures }) => (failures[0] as Failure).signature);
  return [...bySignature]
    .map(([signature, own]) => ({ signature, example: own[0]?.failures[0] as Failure, runs: own }))
    .sort((a, b) => b.runs.length - a.runs.length || compareTexts(a.signature, b.signature));
}

function grouped(
  results: readonly SwarmResult[],
  keyOf: (result: SwarmResult) => string,
): Map<string, SwarmResult[]> {
  const groups = new Map<string, SwarmResult[]>();
  for (const result of results) {
    const key = keyOf(result);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [result]);
    else group.push(result);
  }
  return groups;
}

function totals(each: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const record of each) {
    for (const [name, count] of Object.entries(record)) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return sortedRecord(counts);
}
