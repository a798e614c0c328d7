import { checkLinearizability } from './checkers/linearizability/index.ts';
import { type InvariantName, invariantGuarantees } from './checkers/invariants.ts';
import type { Cluster, SeenViolation } from './cluster.ts';
import type { Finale } from './finale.ts';
import { historyOf } from './history.ts';
import type { CheckResult, RunInfo, Verdict, Violation } from './trace/run_info.ts';

export interface Judged {
  readonly verdict: Verdict;
  readonly linearizations: RunInfo['linearizations'];
}

/** Steps the search for a linearization may take per key; beyond, the answer is "unknown", and the run has not passed. */
const searchStepsMax = 5_000_000;

/** The linearizability violation comes first: it says in terms of the client's operations what went wrong. */
export function judge(cluster: Cluster, end: Finale): Judged {
  const history = historyOf(cluster.history.calls);
  const linearizability = checkLinearizability(history, { stepsMax: searchStepsMax });
  const violations = [
    ...linearizability.violations,
    ...invariantViolations(cluster.violations),
    ...ending(end, cluster.world.scheduler.nowNs),
  ];
  const checks = [...linearizability.checks, ...invariantChecks(cluster), ...endingChecks(end)];
  const passed = checks.every((check) => check.status === 'passed');
  return { verdict: { passed, checks, violations }, linearizations: linearizability.linearizations };
}

function invariantViolations(seen: readonly SeenViolation[]): Violation[] {
  return seen.map(({ invariant, sentence, atNs, event }) => ({
    check: invariantGuarantees[invariant].name,
    atNs,
    sentence,
    lines: [],
    operations: [],
    events: [event],
  }));
}

function invariantChecks(cluster: Cluster): CheckResult[] {
  const { invariants } = cluster.world;
  return (Object.keys(invariantGuarantees) as InvariantName[]).map((key) => {
    const { name, guarantee } = invariantGuarantees[key];
    const count = invariants.broken[key];
    return {
      name,
      guarantee,
      status: count === 0 ? 'passed' : 'violated',
      detail:
        count === 0
          ? `checked ${invariants.looked[key]} times`
          : count === 1
            ? 'broken once'
            : `broken ${count} times`,
    };
  });
}

const endGuarantees = {
  progress: {
    name: 'progress after healing',
    guarantee:
      'When the faults have ended, a client can write and read within a bounded virtual time (liveness).',
  },
  convergence: {
    name: 'members agree in the end',
    guarantee:
      'When all is quiet, every member has applied the same entries and has the same state (etcd: equal HashKV).',
  },
} as const;

function ending(end: Finale, atNs: number): Violation[] {
  const found: Violation[] = [];
  if (!end.judged) return found;
  const add = (check: string, sentence: string): void => {
    found.push({ check, atNs, sentence, lines: [], operations: [], events: [] });
  };
  if (end.stalled !== null) add(endGuarantees.progress.name, end.stalled);
  if (end.diverged !== null) add(endGuarantees.convergence.name, end.diverged);
  return found;
}

function endingChecks(end: Finale): CheckResult[] {
  return [
    { ...endGuarantees.progress, ...statusOf(end.stalled, end.judged) },
    { ...endGuarantees.convergence, ...statusOf(end.diverged, end.judged) },
  ];
}

function statusOf(fault: string | null, judged: boolean): Pick<CheckResult, 'status' | 'detail'> {
  if (!judged) return { status: 'unknown', detail: 'not judged: an invariant had broken before' };
  return { status: fault === null ? 'passed' : 'violated', detail: '' };
}
