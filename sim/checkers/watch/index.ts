/** What watchers heard, against what they were promised: `checkWatches`. Linear in the events (and the changes per range watch). */
import type { EtcdHistory, WatchRecord } from '../history/etcd_history.ts';
import type { HistoryCheck } from '../linearizability/report.ts';
import { type TimeText, countText, milliseconds, plural } from '../linearizability/wording.ts';
import type { Changes } from '../store/changes.ts';
import { type WatchGuarantee, watchGuarantees } from './guarantees.ts';
import { WatchReader, type WatchViolation } from './watch_reader.ts';

export { watchGuarantees, type WatchGuarantee } from './guarantees.ts';
export type { WatchViolation } from './watch_reader.ts';

export interface WatchReport {
  readonly verdict: 'passed' | 'violation' | 'unknown';
  readonly checks: readonly HistoryCheck[];
  /** Of each watch the first, in the order of the history's watches. */
  readonly violations: readonly WatchViolation[];
}

/** These can't be told without knowing all changes. */
const needChanges: readonly WatchGuarantee[] = ['resumable', 'reliable', 'isCreate', 'prevKv'];

/**
 * Judges all watches of a history. `changes` are those of the order that the store's check found; without them (null) only
 * what a watcher's own answers contradict is found, and the rest is `unknown`.
 */
export function checkWatches(
  { watches, operations }: Pick<EtcdHistory, 'watches' | 'operations'>,
  changes: Changes | null,
  time: TimeText = milliseconds,
): WatchReport {
  let compacted = 0;
  for (const { input, outcome } of operations) {
    if (input.kind === 'compact' && outcome.status !== 'fail')
      compacted = Math.max(compacted, input.revision);
  }
  const violations: WatchViolation[] = [];
  let events = 0;
  for (const watch of watches) {
    const reader = new WatchReader(watch, changes, compacted, time);
    const found = reader.read();
    events += reader.events;
    if (found !== null) violations.push(found);
  }
  const undecided = changes === null && watches.length > 0;
  const verdict = violations.length > 0 ? 'violation' : undecided ? 'unknown' : 'passed';
  const detail = `${plural(events, 'event')} of ${countWatches(watches)}`;
  const checks = (Object.keys(watchGuarantees) as WatchGuarantee[]).map((guarantee): HistoryCheck => {
    const broken = violations.filter((each) => each.guarantee === guarantee).length;
    const unknown = undecided && needChanges.includes(guarantee);
    const status = broken > 0 ? 'violated' : unknown ? 'unknown' : 'passed';
    return {
      ...watchGuarantees[guarantee],
      status,
      detail:
        broken > 0
          ? `${detail}; broken on ${countText(broken)}`
          : unknown
            ? 'the changes of the store are not known'
            : detail,
    };
  });
  return { verdict, checks, violations };
}

function countWatches(watches: readonly WatchRecord[]): string {
  return watches.length === 1 ? '1 watch' : `${countText(watches.length)} watches`;
}
