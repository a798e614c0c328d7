import type { KvOperation } from './checkers/history/kv_operation.ts';
import { checkLinearizability, type LinearizabilityReport } from './checkers/linearizability/index.ts';
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
  const damage = cluster.interventions.disks.damageReport();
  const history = judgeHistory(historyOf(cluster.history.calls), damage?.safetyLostNs ?? -1);
  const broken = endViolations(end, cluster.world.scheduler.nowNs);
  const exceeded = damage !== null && (damage.safetyLostNs >= 0 || damage.availabilityLost);
  const violations = [
    ...history.violations,
    ...invariantViolations(cluster.violations),
    ...(exceeded ? [] : broken),
  ];
  const expected = [
    ...history.expected,
    ...invariantViolations(cluster.expected),
    ...(exceeded ? broken : []),
  ];
  const checks = [...history.checks, ...invariantChecks(cluster), ...endChecks(end, exceeded)];
  const passed = checks.every(({ status }) => status === 'passed' || status === 'not promised');
  const verdict = {
    passed,
    checks,
    violations,
    ...(damage === null ? {} : { damage: { ...damage, expected } }),
  };
  return { verdict, linearizations: history.linearizations };
}

interface JudgedHistory extends Pick<LinearizabilityReport, 'violations' | 'linearizations'> {
  readonly checks: readonly CheckResult[];
  readonly expected: readonly Violation[];
}

/**
 * What clients saw is promised as long as safety is: when it was lost on the way, a history that does not hold is judged again by
 * what had happened until then.
 */
function judgeHistory(history: readonly KvOperation[], safetyLostNs: number): JudgedHistory {
  const whole = checkLinearizability(history, { stepsMax: searchStepsMax });
  if (safetyLostNs < 0 || whole.violations.length === 0) return { ...whole, expected: [] };
  const promised = checkLinearizability(historyUntil(history, safetyLostNs), { stepsMax: searchStepsMax });
  const checks = promised.checks.map((check, i): CheckResult => {
    if (check.status !== 'passed' || whole.checks[i]?.status !== 'violated') return check;
    return { ...check, status: 'not promised', detail: `held as long as it was promised: ${check.detail}` };
  });
  return { ...whole, checks, violations: promised.violations, expected: whole.violations };
}

/** What was known at this time: later answers had not come. */
function historyUntil(history: readonly KvOperation[], ns: number): KvOperation[] {
  const begun = history.filter(({ callNs }) => callNs < ns);
  return begun.map((operation) => {
    if (operation.returnNs === null || operation.returnNs < ns) return operation;
    return { ...operation, returnNs: null, returnSequence: null, outcome: { status: 'unknown' } };
  });
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
      'When the faults have ended, a client can write and read within a bounded virtual time (liveness).',
  },
  convergence: {
    name: 'members agree in the end',
    guarantee:
      'When all is quiet, every member has applied the same entries and has the same state (etcd: equal HashKV).',
  },
} as const;

function endViolations(end: Finale, atNs: number): Violation[] {
  const found: Violation[] = [];
  if (!end.judged) return found;
  const add = (check: string, sentence: string): void => {
    found.push({ check, atNs, sentence, lines: [], operations: [], events: [] });
  };
  if (end.stalled !== null) add(endGuarantees.progress.name, end.stalled);
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
