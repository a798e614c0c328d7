import { type InvariantName, invariantGuarantees } from './checkers/invariants.ts';
import type { Cluster, SeenViolation } from './cluster.ts';
import type { Finale } from './finale.ts';
import { judgeHistory } from './history_verdict.ts';
import type { Observed, Scenario, ScenarioCheck } from './scenario.ts';
import type { CheckResult, RunInfo, Verdict, Violation } from './trace/run_info.ts';

export interface Judged {
  readonly verdict: Verdict;
  readonly linearizations: RunInfo['linearizations'];
}

/** The linearizability violation comes first: it says in terms of the client's operations what went wrong. */
export function judge(cluster: Cluster, end: Finale, scenario: Pick<Scenario, 'judge'> = {}): Judged {
  const damage = cluster.interventions.disks.damageReport();
  const history = judgeHistory(cluster, damage?.safetyLostNs ?? -1);
  const broken = endViolations(end, cluster.world.scheduler.nowNs);
  const exceeded = damage !== null && (damage.safetyLostNs >= 0 || damage.availabilityLost);
  const own = scenario.judge?.(observedBy(cluster, end)) ?? [];
  const ownViolations = own.flatMap(violationsOf);
  const violations = [
    ...history.violations,
    ...(exceeded ? [] : ownViolations),
    ...invariantViolations(cluster.violations),
    ...(exceeded ? [] : broken),
  ];
  const expected = [
    ...history.expected,
    ...(exceeded ? ownViolations : []),
    ...invariantViolations(cluster.expected),
    ...(exceeded ? broken : []),
  ];
  const checks = [
    ...history.checks,
    ...own.map((check) => ownResult(check, exceeded)),
    ...invariantChecks(cluster),
    ...endChecks(end, exceeded),
  ];
  const passed = checks.every(({ status }) => status === 'passed' || status === 'not promised');
  const verdict = {
    passed,
    checks,
    violations,
    ...(damage === null ? {} : { damage: { ...damage, expected } }),
  };
  return { verdict, linearizations: history.linearizations };
}

/** What the scenario's own goals and checks go by. */
export function observedBy(cluster: Cluster, { healedNs, woundDown }: Finale): Observed {
  return { notes: cluster.world.notes, clients: cluster.clients.length, healedNs, woundDown };
}

function violationsOf({ name, violations }: ScenarioCheck): Violation[] {
  return violations.map(({ sentence, atNs }) => ({
    check: name,
    atNs,
    sentence,
    lines: [],
    operations: [],
    events: [],
  }));
}

function ownResult({ name, guarantee, detail, violations }: ScenarioCheck, exceeded: boolean): CheckResult {
  const status = violations.length === 0 ? 'passed' : exceeded ? 'not promised' : 'violated';
  return { name, guarantee, detail, status };
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
  const { broken, brokenAsExpected, looked } = cluster.world.invariants;
  return (Object.keys(invariantGuarantees) as InvariantName[]).map((key) => {
    const status = broken[key] > 0 ? 'violated' : brokenAsExpected[key] > 0 ? 'not promised' : 'passed';
    const count = broken[key] > 0 ? broken[key] : brokenAsExpected[key];
    const times = count === 1 ? 'broken once' : `broken ${count} times`;
    return {
      ...invariantGuarantees[key],
      status,
      detail: count === 0 ? `checked ${looked[key]} times` : times,
    };
  });
}

const endGuarantees = {
  progress: {
    name: 'progress after healing',
    guarantee:
      'When the faults have ended, at first for a random quorum alone and then for all, a client can write and read within a bounded virtual time (liveness).',
  },
  convergence: {
    name: 'members agree in the end',
    guarantee:
      'When all is quiet, every member has applied the same entries and has the same state (etcd: equal HashKV), and every watcher was handed all of it.',
  },
} as const;

function endViolations(end: Finale, atNs: number): Violation[] {
  const found: Violation[] = [];
  if (!end.judged) return found;
  const add = (check: string, sentence: string, lines: readonly string[] = []): void => {
    found.push({ check, atNs, sentence, lines, operations: [], events: [] });
  };
  if (end.stalled !== null) add(endGuarantees.progress.name, end.stalled, end.waiting);
  if (end.diverged !== null) add(endGuarantees.convergence.name, end.diverged);
  return found;
}

function endChecks(end: Finale, exceeded: boolean): CheckResult[] {
  const { lost, stalled, diverged } = end;
  const without =
    lost.length === 0
      ? ''
      : `without ${lost.map((member) => `n${member}`).join(', ')}: disk damaged for good`;
  return [
    { ...endGuarantees.progress, ...statusOf(stalled, end.judged, exceeded, '') },
    { ...endGuarantees.convergence, ...statusOf(diverged, end.judged, exceeded, without) },
  ];
}

function statusOf(
  fault: string | null,
  judged: boolean,
  exceeded: boolean,
  detail: string,
): Pick<CheckResult, 'status' | 'detail'> {
  if (!judged) return { status: 'unknown', detail: 'not judged: an invariant had broken before' };
  if (fault === null) return { status: 'passed', detail };
  return exceeded ? { status: 'not promised', detail: fault } : { status: 'violated', detail };
}
