/** When one leader could commit, as far as answers prove it: their headers tell terms. */
import { nsPerMs, nsPerSecond } from '../../../core/limits.ts';
import { type EtcdOperation, isLocalRead } from '../history/etcd_operation.ts';

/** More members than a cluster of etcd should have (etcd: FAQ, 7 at most), with room. */
const membersMax = 9;
/** etcd's default. A leader that does not hear of a quorum for two of them steps down. */
export const electionNs = 1000 * nsPerMs;
/** Between two answers that needed a quorum, this near to each other, the leader was at work now and then. */
const stallNs = electionNs;
/** A leader that led for so long without a renewal to prove it has applied what it found in its log. */
const lagNs = 5 * nsPerSecond;

/** The leadership of one term, from when it is certain to where it is last seen. */
export class Reign {
  /** Answers that needed a quorum, one after the other: each was called when the one before had come. */
  private readonly calls: number[] = [];
  private readonly returns: number[] = [];
  /** The same of renewals. */
  private readonly renewalCalls: number[] = [];
  private readonly renewalReturns: number[] = [];

  /** By the order of the returns. */
  addQuorum(callNs: number, returnNs: number): void {
    if (callNs < (this.returns.at(-1) ?? 0)) return;
    this.calls.push(callNs);
    this.returns.push(returnNs);
  }

  addRenewal(callNs: number, returnNs: number): void {
    if (callNs < (this.renewalReturns.at(-1) ?? 0)) return;
    this.renewalCalls.push(callNs);
    this.renewalReturns.push(returnNs);
  }

  /**
   * A member that answers in a term may have heard of it from a candidate just before, and have had the answer from an older
   * leader; each can do so once. So of as many answers in a row as there are members, and one more, one is the leader's own.
   */
  get certainNs(): number {
    return this.returns[membersMax] ?? Infinity;
  }

  /** Up to here no other term's leader committed anything. */
  get lastNs(): number {
    return this.calls.at(-1) ?? -Infinity;
  }

  /**
   * When the leader's own clock over leases surely ran and knew of all that was answered before `afterNs`: it renewed one, which
   * waits until it has applied what it committed; or it had the time to. An older leader could have renewed until it
   * stepped down, which takes it at most `stepDownNs`.
   */
  clockRunsNs(afterNs: number, stepDownNs: number): number {
    const fromNs = Math.max(afterNs, this.certainNs + stepDownNs);
    return Math.min(this.renewalReturns[firstFrom(this.renewalCalls, fromNs)] ?? Infinity, fromNs + lagNs);
  }

  /** How much of the time between the two the leader was surely at work. */
  workedNs(fromNs: number, toNs: number): number {
    const { calls, returns } = this;
    let worked = 0;
    for (let at = firstFrom(calls, fromNs); at + 1 < calls.length; at++) {
      const [call, end] = [calls[at] as number, returns[at + 1] as number];
      if (end > toNs) break;
      if (end - call <= stallNs) worked += end - (returns[at] as number);
    }
    return worked;
  }
}

function firstFrom(sorted: readonly number[], from: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By term. Empty where answers do not tell it. */
export function reignsOf(operations: readonly EtcdOperation[]): ReadonlyMap<number, Reign> {
  const reigns = new Map<number, Reign>();
  const told = operations.flatMap((operation) => {
    const { outcome, returnNs, callNs, input } = operation;
    if (outcome.status !== 'ok' || returnNs === null) return [];
    const term = outcome.output.term ?? 0;
    return term > 0 && !isLocalRead(input) ? [{ term, callNs, returnNs, input }] : [];
  });
  told.sort((a, b) => a.returnNs - b.returnNs || a.callNs - b.callNs);
  for (const { term, callNs, returnNs, input } of told) {
    const reign = reigns.get(term) ?? new Reign();
    reigns.set(term, reign);
    // What it does not ask a quorum for proves nothing but that it is there.
    if (input.kind === 'leaseKeepAlive') reign.addRenewal(callNs, returnNs);
    else reign.addQuorum(callNs, returnNs);
  }
  return reigns;
}
