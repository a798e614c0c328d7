/** Whether what waited for changes of the v2 store heard what it was promised: `checkV2History`. */
import type { HistoryCheck, LinearizabilityReport } from '../linearizability/report.ts';
import { type TimeText, countText, milliseconds, plural } from '../linearizability/wording.ts';
import { settle } from './evidence.ts';
import { checkV2 } from './order.ts';
import type { V2Operation, V2Watch } from './operation.ts';
import { ToldChanges } from './told.ts';
import { type V2WatchGuarantee, type V2WatchViolation, v2WatchGuarantees } from './watch_guarantees.ts';
import { V2WatchReader } from './watch_reader.ts';

export interface V2History {
  readonly operations: readonly V2Operation[];
  readonly watches: readonly V2Watch[];
}

export interface V2HistoryOptions {
  readonly stepsMax: number;
  /** How much earlier than its time to live a node may expire because clocks differ, in nanoseconds. */
  readonly clockErrorNs?: number;
  /** Up to this index every watch that was open to the end had the time to hear; 0: not known. */
  readonly settled?: number;
  readonly time?: TimeText;
}

export interface V2HistoryReport {
  readonly verdict: LinearizabilityReport['verdict'];
  readonly checks: readonly HistoryCheck[];
  /** Of each watch the first, then what no operation explains. */
  readonly violations: readonly V2WatchViolation[];
  readonly store: LinearizabilityReport;
}

/**
 * Judges watches against each other and against the answers, whose indexes tell what the store did and when; what is told of an index
 * that no answer names settles an operation without an answer, or an expiry. Then the store is judged by all that is known.
 */
export function checkV2History(
  { operations, watches }: V2History,
  { stepsMax, clockErrorNs = 0, settled = 0, time = milliseconds }: V2HistoryOptions,
): V2HistoryReport {
  const told = new ToldChanges(operations, watches);
  const found = settle(operations, told, { clockErrorNs, time });
  const store = checkV2(found.operations, { stepsMax, clockErrorNs, expired: found.expired, time });
  const violations = [
    ...watches.flatMap((watch) => new V2WatchReader(watch, told, { settled, time }).read() ?? []),
    ...found.violations,
  ];
  return {
    verdict: violations.length > 0 ? 'violation' : store.verdict,
    checks: [...store.checks, ...(watches.length > 0 ? watchChecks(watches, violations) : [])],
    violations,
    store,
  };
}

function watchChecks(
  watches: readonly V2Watch[],
  violations: readonly V2WatchViolation[],
): readonly HistoryCheck[] {
  let events = 0;
  for (const watch of watches) events += watch.events.length;
  const seen = `${plural(events, 'event')} of ${watches.length === 1 ? '1 watch' : `${countText(watches.length)} watches`}`;
  return (Object.keys(v2WatchGuarantees) as V2WatchGuarantee[]).map((guarantee): HistoryCheck => {
    const broken = violations.filter((each) => each.guarantee === guarantee).length;
    return {
      ...v2WatchGuarantees[guarantee],
      status: broken > 0 ? 'violated' : 'passed',
      detail: broken > 0 ? `${seen}; broken ${plural(broken, 'time')}` : seen,
    };
  });
}
