/** Linearizability of etcd's whole store, by the revisions that its answers carry: `checkStore`. Linear in the history. */
import type { EtcdHistory } from '../history/etcd_history.ts';
import { grantedLease } from '../history/etcd_operation.ts';
import type { HistoryCheck } from '../linearizability/report.ts';
import { type TimeText, countText, milliseconds, plural } from '../linearizability/wording.ts';
import { checkBeside } from './beside.ts';
import { Candidates } from './candidates.ts';
import { type Finding, type StoreViolation, StoreExplainer } from './explain.ts';
import { type Changes, changesOf } from './changes.ts';
import { Compactions } from './compactions.ts';
import { Facts } from './facts.ts';
import { PackedHistory } from './packed.ts';
import { type PastRead, comparePastReads, watchReads } from './past_reads.ts';
import { Role } from './roles.ts';
import { StoreSearch, type StoreSearchResult } from './search.ts';
import { Sightings } from './sightings.ts';
import { Slots } from './slots.ts';
import { SubHistory } from './smallest.ts';

export { PackedHistory } from './packed.ts';
export type { StoreViolation } from './explain.ts';

export const storeGuarantee = {
  name: 'linearizability of the store',
  guarantee:
    'All answers are those of one order of all operations on all keys, in which revisions count the changes and nothing moves before its call or behind its answer (etcd: KV API guarantees, strict serializability).',
} as const;

export interface StoreOptions {
  /** Attempts to fill revisions that nobody said they made; then the answer is "unknown", which is not a pass. */
  readonly stepsMax: number;
  /** How sentences tell times; milliseconds unless told. */
  readonly time?: TimeText;
  /** Revision of the empty store that the history begins with; etcd's is 1. */
  readonly initialRevision?: number;
}

export interface StoreReport {
  /** `inapplicable`: an answer carries no revision, so that this check can't tell. */
  readonly verdict: 'linearizable' | 'violation' | 'unknown' | 'inapplicable';
  readonly check: HistoryCheck;
  readonly violation: StoreViolation | null;
  /** Ids of the operations that made the revisions from the first on; -1 - n for a lease that ran out. Empty unless linearizable. */
  readonly order: readonly number[];
  readonly steps: number;
  /** Every change of every key, for the checks of watches; null unless linearizable. */
  readonly changes: () => Changes | null;
}

/** Judges a history by revisions. */
export function checkStore(history: EtcdHistory, options: StoreOptions): StoreReport {
  const packed = new PackedHistory(history.operations.length);
  for (const operation of history.operations) packed.add(operation);
  return checkPacked(packed, history, options);
}

/** The same for a history that was packed while it was recorded or read; `history` holds what was seen beside its operations. */
export function checkPacked(
  plan: PackedHistory,
  history: Beside,
  { stepsMax, time = milliseconds, initialRevision = 1 }: StoreOptions,
): StoreReport {
  const explainer = new StoreExplainer(plan, initialRevision, time);
  const { verdict, detail, steps, finding, makers } = judge(
    plan,
    history,
    explainer,
    stepsMax,
    initialRevision,
  );
  const violation = finding === null ? null : explained(plan, history, explainer, finding, initialRevision);
  const order = makers === null ? [] : Array.from(makers.subarray(1), (i) => plan.columns.id[i] as number);
  return {
    verdict,
    check: checkOf(plan, verdict, detail),
    violation,
    order,
    steps,
    changes: () => (makers === null ? null : changesOf(plan, initialRevision, makers)),
  };
}

type Beside = Pick<EtcdHistory, 'watches' | 'persisted'>;

interface Judged {
  readonly verdict: StoreReport['verdict'];
  readonly detail: string;
  readonly steps: number;
  /** Of a violation. */
  readonly finding: Finding | null;
  /** Per slot the operation that made it; null unless linearizable. */
  readonly makers: Int32Array | null;
}

function judge(
  plan: PackedHistory,
  history: Beside,
  explainer: StoreExplainer,
  stepsMax: number,
  initialRevision: number,
): Judged {
  plan.finish(history.watches);
  if (plan.lastRevision < initialRevision) plan.lastRevision = initialRevision;
  const violation = (finding: Finding, steps = 0): Judged => {
    return { verdict: 'violation', detail: '', steps, finding, makers: null };
  };
  const undecided = (verdict: 'unknown' | 'inapplicable', detail: string, steps = 0): Judged => {
    return { verdict, detail, steps, finding: null, makers: null };
  };
  if (plan.withoutRevision >= 0) return undecided('inapplicable', 'an answer carries no revision');
  const missing = plan.lastRevision - initialRevision - plan.writes - plan.open.length;
  if (missing > 0) return violation(explainer.tooFew(missing));
  const slots = new Slots(plan, initialRevision);
  if (slots.clash === null) slots.walk();
  if (slots.clash !== null) return violation(explainer.pair(slots.clash));
  const ahead = plan.past.find((read) => isAhead(plan, read));
  if (ahead !== undefined) return violation(explainer.readAhead(ahead.by));
  for (const i of plan.beside) optionalGrant(plan, slots, i);
  const compactions = new Compactions(plan, slots);
  const { found, candidates } = searchWith(plan, slots, compactions, history, stepsMax);
  if (found === null) return undecided('unknown', 'too many operations without an answer');
  const { steps } = found;
  if (found.verdict === 'violation') return violation(explainer.clash(slots, candidates, found), steps);
  if (found.verdict === 'unknown')
    return undecided('unknown', `undecided within ${countText(stepsMax)} steps`, steps);
  const beside = checkBeside(plan, slots, compactions, plan.past);
  if (beside !== null) return violation(explainer.beside(beside), steps);
  return { verdict: 'linearizable', detail: '', steps, finding: null, makers: found.makers };
}

/** Steps for one question of an explanation. */
const explainingStepsMax = 20_000;

function explained(
  plan: PackedHistory,
  history: Beside,
  explainer: StoreExplainer,
  finding: Finding,
  initialRevision: number,
): StoreViolation {
  const parts = new SubHistory(
    plan,
    (packed) => {
      const words = new StoreExplainer(packed, initialRevision, milliseconds);
      const { verdict } = judge(packed, history, words, explainingStepsMax, initialRevision);
      return verdict === 'inapplicable' ? 'unknown' : verdict;
    },
    finding.culprit,
  );
  return explainer.violation(finding, parts.find(finding.others));
}

interface Searched {
  /** Null: too much to list. */
  readonly found: StoreSearchResult | null;
  readonly candidates: Candidates | null;
}

/**
 * Searches with all that watchers told. If nothing explains that, then without what they told beyond the changes: whether that was
 * a watcher's mistake is for the checks of watches to say.
 */
function searchWith(
  plan: PackedHistory,
  slots: Slots,
  compactions: Compactions,
  history: Beside,
  stepsMax: number,
): Searched {
  const search = (past: readonly PastRead[]): Searched => {
    const candidates =
      slots.open.length === 0
        ? null
        : new Candidates(plan, slots, new Facts(plan, slots, new Sightings(plan, slots, history, past)));
    if (candidates?.tooMany === true) return { found: null, candidates };
    const found = new StoreSearch(plan, slots, candidates, compactions, past).run(stepsMax);
    return { found, candidates };
  };
  const watched = slots.open.length === 0 ? [] : watchReads(history.watches, slots);
  if (watched.length === 0) return search(plan.past);
  const withAll = search([...plan.past, ...watched].sort(comparePastReads));
  return withAll.found?.verdict === 'linearizable' ? withAll : search(plan.past);
}

/** A read of a revision that was not there yet: a write's own is not there for its reads. */
function isAhead({ columns }: PackedHistory, { by, revision }: PastRead): boolean {
  const own = columns.role[by] === Role.write ? 1 : 0;
  return revision > (columns.revision[by] as number) - own;
}

/** A grant without an answer may have made its lease: from the first moment that real time allows. */
function optionalGrant(plan: PackedHistory, slots: Slots, i: number): void {
  const { leases, columns } = plan;
  const operation = plan.at(i);
  if (
    columns.role[i] !== Role.beside ||
    operation.input.kind !== 'leaseGrant' ||
    operation.outcome.status !== 'unknown'
  )
    return;
  const lease = grantedLease(operation);
  if (lease !== null) leases.granted(leases.intern(lease), slots.initial + slots.lowestSlot(i) - 1);
}

function checkOf(
  { count, lastRevision }: PackedHistory,
  verdict: StoreReport['verdict'],
  detail: string,
): HistoryCheck {
  const status = verdict === 'linearizable' ? 'passed' : verdict === 'violation' ? 'violated' : 'unknown';
  const size = `${plural(count, 'operation')} up to revision ${countText(lastRevision)}`;
  return { ...storeGuarantee, status, detail: detail === '' ? size : `${size}; ${detail}` };
}
