import { onFastestClock } from './checkers/history/clock_bound.ts';
import type { EtcdHistory } from './checkers/history/etcd_history.ts';
import type { Operation } from './checkers/history/operation.ts';
import { leaseGuarantees } from './checkers/leases/guarantees.ts';
import { checkLeases } from './checkers/leases/index.ts';
import { checkLinearizability, type LinearizabilityReport } from './checkers/linearizability/index.ts';
import { checkStore, storeGuarantee, type StoreReport } from './checkers/store/index.ts';
import { checkWatches, watchGuarantees } from './checkers/watch/index.ts';
import type { Cluster } from './cluster.ts';
import { etcdHistoryOf, registersOf } from './history.ts';
import type { CheckResult, Violation } from './trace/run_info.ts';

/** Steps a search may take, for the registers per key; beyond, the answer is "unknown", and the run has not passed. */
const searchStepsMax = 5_000_000;

interface Found {
  readonly checks: readonly CheckResult[];
  readonly violations: readonly Violation[];
}

export interface JudgedHistory extends Found {
  readonly linearizations: LinearizabilityReport['linearizations'];
  /** What broke, but was not promised any more. */
  readonly expected: readonly Violation[];
}

/**
 * What the clients of a run saw: single keys by their values, and, if they used more of etcd than that, the whole store by its
 * revisions, watches and leases. It is promised as long as safety is: when safety was lost on the way, a history that does not hold
 * is judged again by what had happened until then.
 */
export function judgeHistory(cluster: Cluster, safetyLostNs: number): JudgedHistory {
  const registers = registersOf(cluster.history);
  const keys = checkLinearizability(registers, { stepsMax: searchStepsMax });
  const { linearizations } = keys;
  const byKeys = promised(keys, safetyLostNs, () =>
    checkLinearizability(until(registers, safetyLostNs), { stepsMax: searchStepsMax }),
  );
  if (!isMoreThanKeys(cluster)) return { ...byKeys, linearizations };
  const { fastestPpm: fastPpm, slowestPpm: slowPpm } = cluster.interventions.clocks;
  const history = { ...etcdHistoryOf(cluster.history), clocks: { fastPpm, slowPpm } };
  const ofStore = promised(judgeStore(history), safetyLostNs, () =>
    judgeStore(historyUntil(history, safetyLostNs)),
  );
  return {
    checks: [...byKeys.checks, ...ofStore.checks],
    violations: [...byKeys.violations, ...ofStore.violations],
    expected: [...byKeys.expected, ...ofStore.expected],
    linearizations,
  };
}

/** Keys by themselves are judged by their values already. Where members began on foreign data, nobody knows the store's start. */
function isMoreThanKeys({ history, world }: Cluster): boolean {
  return history.requests.length + history.watches.length > 0 && world.options.imported === undefined;
}

function promised(
  whole: Found,
  safetyLostNs: number,
  again: () => Found,
): Found & { readonly expected: readonly Violation[] } {
  if (safetyLostNs < 0 || whole.violations.length === 0) return { ...whole, expected: [] };
  const before = again();
  const checks = before.checks.map((check): CheckResult => {
    const broken = whole.checks.some(({ name, status }) => name === check.name && status === 'violated');
    if (check.status !== 'passed' || !broken) return check;
    return { ...check, status: 'not promised', detail: `held as long as it was promised: ${check.detail}` };
  });
  return { checks, violations: before.violations, expected: whole.violations };
}

// --- the whole store

function judgeStore(history: EtcdHistory): Found {
  const { clocks } = history;
  const store = checkStore(onFastestClock(history, clocks?.fastPpm ?? 0), { stepsMax: searchStepsMax });
  const changes = store.changes();
  const watches = checkWatches(history, changes);
  const leases = checkLeases(history, { changes, ...clocks });
  const watchViolations = watches.violations.map((each) =>
    violation(watchGuarantees[each.guarantee].name, each, []),
  );
  const leaseViolations = leases.violations.map((each) =>
    violation(leaseGuarantees[each.guarantee].name, each, each.operations),
  );
  const hasLeases = history.operations.some(({ input }) => input.kind === 'leaseGrant');
  return {
    checks: [
      store.check,
      ...(history.watches.length > 0 ? watches.checks : []),
      ...(hasLeases ? leases.checks : []),
    ],
    violations: [...storeViolations(store), ...watchViolations, ...leaseViolations],
  };
}

function storeViolations({ violation: found }: StoreReport): Violation[] {
  if (found === null) return [];
  const { culprit, contradiction } = found;
  const others = contradiction.filter((id) => id !== culprit);
  return [violation(storeGuarantee.name, found, culprit === null ? others : [culprit, ...others])];
}

function violation(
  check: string,
  { atNs, sentence, lines }: Pick<Violation, 'atNs' | 'sentence' | 'lines'>,
  operations: readonly number[],
): Violation {
  return { check, atNs, sentence, lines, operations, events: [] };
}

// --- what was known at some time: later answers had not come

function historyUntil({ operations, watches, ...more }: EtcdHistory, ns: number): EtcdHistory {
  return {
    ...more,
    operations: until(operations, ns),
    watches: watches
      .filter(({ callNs }) => callNs < ns)
      .map((watch) => ({ ...watch, responses: watch.responses.filter((each) => each.ns < ns) })),
  };
}

function until<Input, Output>(
  history: readonly Operation<Input, Output>[],
  ns: number,
): Operation<Input, Output>[] {
  const begun = history.filter(({ callNs }) => callNs < ns);
  return begun.map((operation) => {
    if (operation.returnNs === null || operation.returnNs < ns) return operation;
    return { ...operation, returnNs: null, returnSequence: null, outcome: { status: 'unknown' } };
  });
}
