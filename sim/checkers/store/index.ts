/** Linearizability of etcd's whole store, by the revisions that its answers carry: `checkStore`. Linear in the history. */
import type { EtcdHistory } from '../history/etcd_history.ts';
import { grantedLease } from '../history/etcd_operation.ts';
import type { HistoryCheck } from '../linearizability/report.ts';
import { type TimeText, countText, milliseconds, plural } from '../linearizability/wording.ts';
import { checkBeside } from './beside.ts';
import { Candidates } from './candidates.ts';
import { type StoreViolation, StoreExplainer } from './explain.ts';
import { type Changes, changesOf } from './changes.ts';
import { Facts } from './facts.ts';
import { PackedHistory } from './packed.ts';
import { Role } from './roles.ts';
import { StoreSearch } from './search.ts';
import { Sightings } from './sightings.ts';
import { Slots } from './slots.ts';

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
  history: Pick<EtcdHistory, 'watches' | 'persisted'>,
  options: StoreOptions,
): StoreReport {
  const { stepsMax, time = milliseconds, initialRevision = 1 } = options;
  plan.finish(history.watches);
  if (plan.lastRevision < initialRevision) plan.lastRevision = initialRevision;
  const explainer = new StoreExplainer(plan, initialRevision, time);
  const report = (
    verdict: StoreReport['verdict'],
    violation: StoreViolation | null,
    steps: number,
    order: readonly number[] = [],
    detail = '',
    makers: Int32Array | null = null,
  ): StoreReport => ({
    verdict,
    check: checkOf(plan, verdict, detail),
    violation,
    order,
    steps,
    changes: () => (makers === null ? null : changesOf(plan, initialRevision, makers)),
  });

  if (plan.withoutRevision >= 0) return report('inapplicable', null, 0, [], 'an answer carries no revision');
  const missing = plan.lastRevision - initialRevision - plan.writes - plan.open.length;
  if (missing > 0) return report('violation', explainer.tooFew(missing), 0);
  const slots = new Slots(plan, initialRevision);
  if (slots.clash === null) slots.walk();
  if (slots.clash !== null) return report('violation', explainer.pair(slots.clash), 0);
  const ahead = plan.past.find((i) => pastIsAhead(plan, i));
  if (ahead !== undefined) return report('violation', explainer.readAhead(ahead), 0);
  for (const i of plan.beside) optionalGrant(plan, slots, i);
  const candidates =
    slots.open.length === 0
      ? null
      : new Candidates(plan, slots, new Facts(plan, slots, new Sightings(plan, slots, history)));
  if (candidates?.tooMany === true)
    return report('unknown', null, 0, [], 'too many operations without an answer');
  const found = new StoreSearch(plan, slots, candidates).run(stepsMax);
  if (found.verdict === 'violation') {
    return report('violation', explainer.clash(slots, candidates, found), found.steps);
  }
  if (found.verdict === 'unknown') {
    return report('unknown', null, found.steps, [], `undecided within ${countText(stepsMax)} steps`);
  }
  const beside = checkBeside(plan, slots);
  if (beside.undecided) return report('unknown', null, found.steps, [], 'compactions without an answer');
  if (beside.clash !== null) return report('violation', explainer.beside(beside.clash), found.steps);
  const order = Array.from(found.makers.subarray(1), (i) => plan.columns.id[i] as number);
  return report('linearizable', null, found.steps, order, '', found.makers);
}

function pastIsAhead(plan: PackedHistory, i: number): boolean {
  const { input } = plan.at(i);
  return input.kind === 'range' && (input.revision ?? 0) > (plan.columns.revision[i] as number);
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
