import type { EtcdOperation } from '../history/etcd_operation.ts';
import { PackedHistory } from './packed.ts';
import { hasWritten } from './roles.ts';
import { returnedBefore } from './slots.ts';

export interface Contradiction {
  /** Held to their answers and times: they contradict each other whatever the others told. Positions, the culprit last. */
  readonly held: readonly number[];
  /** False if the budget ran out, so that it may be possible with fewer. */
  readonly smallest: boolean;
}

/** Whether a part of a history has an order; it may also be that nobody could tell. */
export type Judge = (part: PackedHistory) => 'linearizable' | 'violation' | 'unknown';

/** Longer histories are not taken apart: one look at them takes longer than people wait. */
const operationsMax = 200_000;

/**
 * The smallest part of a history that is a violation, by removing operations while it stays one. A write that is removed leaves
 * behind what it did at its revision, or else those who saw it would become liars, but says nothing else, and may have been done at
 * any time. What was not answered stays as it is.
 */
export class SubHistory {
  private readonly plan: PackedHistory;
  private readonly judge: Judge;
  private readonly culprit: number;
  private readonly scope: number[] = [];
  /** Operations that may still be looked at. */
  private left: number;
  private decided = true;

  constructor(plan: PackedHistory, judge: Judge, culprit: number) {
    this.plan = plan;
    this.judge = judge;
    this.culprit = culprit;
    this.left = plan.count > operationsMax ? 0 : 400_000 + 2 * plan.count;
    const last = culprit < 0 ? null : plan.at(culprit);
    for (let i = 0; i < plan.count && this.left > 0; i++) {
      const operation = plan.at(i);
      // Those of leases that ran out come with their grants. What began behind the culprit has nothing to do with it.
      if (operation.id >= 0 && (last === null || !returnedBefore(last, operation))) this.scope.push(i);
    }
  }

  /** Begins with those that were found to be wrong. */
  find(suspects: readonly number[]): Contradiction {
    const others = suspects.filter((i, at) => i !== this.culprit && suspects.indexOf(i) === at);
    if (this.contradicts([])) return { held: this.withCulprit([]), smallest: this.decided };
    if (this.contradicts(others)) return this.shrink(others);
    const answered = this.scope.filter((i) => i !== this.culprit && this.plan.at(i).outcome.status === 'ok');
    // Reads go first, so that what stays speaks of writes where it can.
    const isWrite = (i: number): boolean => hasEffect(this.plan.at(i));
    const all = [...answered.filter((i) => !isWrite(i)), ...answered.filter(isWrite)];
    if (this.contradicts(all)) return this.shrink(all);
    return { held: this.withCulprit(others), smallest: false };
  }

  /** Halves first, then ever smaller pieces, then one by one. */
  private shrink(from: readonly number[]): Contradiction {
    let held = [...from];
    for (let piece = Math.max(1, held.length >> 1); held.length > 0 && this.left > 0;) {
      let dropped = false;
      for (let at = 0; at < held.length && this.left > 0;) {
        const rest = [...held.slice(0, at), ...held.slice(at + piece)];
        if (this.contradicts(rest)) {
          held = rest;
          dropped = true;
        } else {
          at += piece;
        }
      }
      if (piece > 1) piece = Math.min(piece >> 1, Math.max(1, held.length >> 1));
      else if (!dropped) break;
    }
    return { held: this.withCulprit(held), smallest: this.decided && this.left > 0 };
  }

  private withCulprit(others: readonly number[]): number[] {
    const held = [...others].sort((a, b) => this.plan.at(a).id - this.plan.at(b).id);
    return this.culprit < 0 ? held : [...held, this.culprit];
  }

  private contradicts(others: readonly number[]): boolean {
    if (this.left <= 0) return false;
    const held = new Set(others).add(this.culprit);
    const part = new PackedHistory(this.scope.length + 1);
    for (const i of this.scope) {
      const operation = this.plan.at(i);
      if (held.has(i) || operation.outcome.status === 'unknown') part.add(operation);
      else if (hasEffect(operation)) addRemoved(part, operation);
    }
    this.left -= part.count + 1;
    const verdict = this.judge(part);
    this.decided &&= verdict !== 'unknown';
    return verdict === 'violation';
  }
}

/** What a removed operation leaves behind. */
function addRemoved(part: PackedHistory, operation: EtcdOperation): void {
  const timeless = { ...operation, callNs: -Infinity, returnNs: null, returnSequence: null };
  const { input, outcome } = timeless;
  if (outcome.status !== 'ok') return;
  if (input.kind === 'compact') part.add({ ...timeless, outcome: { status: 'unknown' } });
  else if (input.kind === 'leaseGrant' || input.kind === 'leaseRevoke') part.add(timeless);
  else part.addEffect(timeless, outcome.output);
}

/** Whether an answered operation may have mattered to others. */
function hasEffect({ input, outcome }: EtcdOperation): boolean {
  if (outcome.status !== 'ok' || outcome.output.kind === 'error') return false;
  const { kind } = input;
  return (
    kind === 'leaseGrant' || kind === 'leaseRevoke' || kind === 'compact' || hasWritten(input, outcome.output)
  );
}
