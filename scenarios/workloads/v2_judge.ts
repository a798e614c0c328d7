import {
  type V2HistoryReport,
  type V2Operation,
  type V2Watch,
  type V2WatchEvent,
  type V2WatchGuarantee,
  checkV2History,
  v2Guarantee,
  v2WatchGuarantees,
} from '../../sim/checkers/v2/index.ts';
import { type V2WatchAsked, v2WatchTopics } from '../../sim/cluster/v2_watches.ts';
import type { Observed, ScenarioCheck } from '../../sim/scenario.ts';
import { firstOf, halvingsMax, historyOf } from './v2_traffic.ts';
import { v2WatcherTopics } from './v2_watchers.ts';

/** Histories are ten times as long as those of the traffic alone; what watchers heard is judged without a search. */
const usualStepsMax = 30_000;

/**
 * Operations and watches of the v2 API together. What watchers heard is judged whole; where the search for an order of the operations
 * gives up, it is tried with the first half of the history.
 */
export function judgeV2Watches(
  { notes }: Pick<Observed, 'notes'>,
  stepsMax = usualStepsMax,
): readonly ScenarioCheck[] {
  const operations = historyOf(notes);
  const watches = watchesOf(notes);
  const settled = settledIndex(notes, operations, watches);
  const whole = checkV2History({ operations, watches }, { stepsMax, settled });
  let events = 0;
  for (const watch of watches) events += watch.events.length;
  const heard = (Object.keys(v2WatchGuarantees) as V2WatchGuarantee[]).map((guarantee): ScenarioCheck => {
    const violations = whole.violations.filter((each) => each.guarantee === guarantee);
    return {
      ...v2WatchGuarantees[guarantee],
      detail: `${events} events of ${watches.length} watches`,
      violations: violations.map(({ sentence, atNs }) => ({ sentence, atNs })),
    };
  });
  return [storeCheck(operations, watches, whole, stepsMax), ...heard];
}

function storeCheck(
  operations: readonly V2Operation[],
  watches: readonly V2Watch[],
  whole: V2HistoryReport,
  stepsMax: number,
): ScenarioCheck {
  let { store } = whole;
  let { length } = operations;
  for (let halvings = 0; halvings < halvingsMax && store.verdict === 'unknown'; halvings++) {
    length >>= 1;
    const endNs = operations[length]?.callNs ?? Infinity;
    const first = { operations: firstOf(operations, length), watches: watchesUntil(watches, endNs) };
    ({ store } = checkV2History(first, { stepsMax }));
  }
  if (store.verdict === 'unknown') {
    return {
      ...v2Guarantee,
      detail: `none of ${operations.length} operations could be judged`,
      violations: [],
    };
  }
  return {
    ...v2Guarantee,
    detail: `${length} of ${operations.length} operations`,
    violations: store.violations.map(({ sentence, atNs }) => ({ sentence, atNs })),
  };
}

/** As they looked at this time. */
function watchesUntil(watches: readonly V2Watch[], endNs: number): readonly V2Watch[] {
  return watches
    .filter(({ callNs }) => callNs < endNs)
    .map((watch) => ({
      ...watch,
      returnNs: watch.returnNs !== null && watch.returnNs < endNs ? watch.returnNs : null,
      events: watch.events.filter(({ atNs }) => atNs < endNs),
    }));
}

/** The last index told before the first of the quorum reads behind which the watches were left open; 0: not all of them were. */
function settledIndex(
  notes: Observed['notes'],
  operations: readonly V2Operation[],
  watches: readonly V2Watch[],
): number {
  const left = notes.flatMap(({ topic, data }) =>
    topic === v2WatcherTopics.settled ? [data as { readonly id: number; readonly callNs: number }] : [],
  );
  const ids = new Set(left.map(({ id }) => id));
  if (watches.some(({ id, returnNs }) => returnNs === null && !ids.has(id))) return 0;
  const endNs = left.reduce((first, { callNs }) => Math.min(first, callNs), Infinity);
  let settled = 0;
  for (const { returnNs, outcome } of operations) {
    if (returnNs === null || returnNs >= endNs || outcome.status !== 'ok' || outcome.output.error !== null)
      continue;
    settled = Math.max(settled, outcome.output.node?.modifiedIndex ?? 0);
  }
  return settled;
}

interface Kept {
  readonly asked: V2WatchAsked;
  readonly client: string;
  readonly events: V2WatchEvent[];
  readonly skips: Skip[];
  returnNs: number | null;
}

/** A snapshot took the place of the member's store, at this index then. */
interface Skip {
  readonly index: number;
  readonly atNs: number;
}

/** In the order of their calls. */
export function watchesOf(notes: Observed['notes']): readonly V2Watch[] {
  const kept = new Map<number, Kept>();
  for (const { topic, client, ns, data } of notes) {
    if (topic === v2WatchTopics.asked) {
      const asked = data as V2WatchAsked;
      kept.set(asked.id, { asked, client: `c${client}`, events: [], skips: [], returnNs: null });
      continue;
    }
    const watch = kept.get((data as { readonly id?: number } | null)?.id ?? 0);
    if (watch === undefined) continue;
    if (topic === v2WatchTopics.heard) {
      watch.events.push((data as { readonly event: V2WatchEvent }).event);
    } else if (topic === v2WatchTopics.skipped) {
      watch.skips.push({ index: (data as { readonly index: number }).index, atNs: ns });
    } else if (topic === v2WatchTopics.ended) watch.returnNs = ns;
  }
  return [...kept.values()].flatMap(partsOf);
}

/**
 * Who waits at a member whose store is replaced by a snapshot hears nothing of what that jumped over, in etcd, too: from there on it is
 * judged as a watch that began then.
 */
function partsOf({ asked, client, events, skips, returnNs }: Kept): readonly V2Watch[] {
  const parts: V2Watch[] = [];
  let rest: V2Watch = { ...asked, client, events, returnNs };
  for (const { index, atNs } of skips) {
    const before = rest.events.filter((event) => event.index <= index);
    parts.push({ ...rest, returnNs: atNs, events: before });
    rest = {
      ...rest,
      callNs: atNs,
      waitIndex: rest.waitIndex > index ? rest.waitIndex : 0,
      etcdIndex: index,
      events: rest.events.filter((event) => event.index > index),
    };
  }
  return [...parts, rest];
}
