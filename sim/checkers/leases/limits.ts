import { nsPerMs, nsPerSecond } from '../../../core/limits.ts';
import type { EtcdOperation } from '../history/etcd_operation.ts';
import type { Life } from './life.ts';
import { type Reign, electionNs, reignsOf } from './reigns.ts';

/** Revokes of etcd: a look every 500 ms, once more after 3 s if one is lost, and time to commit. */
const revokeNs = 500 * nsPerMs + 3 * nsPerSecond + 500 * nsPerMs;
/** Revokes under way at one time (etcd: expired leases' channel of 16), and what a leader that lags may take for them. */
const revokesAtOnce = 16;
const revokesNs = 500 * nsPerMs;
/** With more leases than a leader revokes in a second, a new one lets three quarters of that end in each (etcd). */
const revokesPerSecond = 1000;
const spreadPerSecond = 750;
/** The shortest time to live, whatever was asked for (etcd: one and a half election timeouts). */
const shortestNs = (3 * electionNs) / 2;
const million = 1_000_000;
/** A clock that may stand still tells nothing. */
const slowestPpm = million / 2;

export interface FoundAlive {
  readonly operation: EtcdOperation;
  /** What held the lease last. */
  readonly held: EtcdOperation;
  readonly dueNs: number;
  readonly term: number;
  /** How long after that time its leader was surely at work. */
  readonly workedNs: number;
}

/**
 * When a lease had to be gone. Only a leader lets leases end, and each new one gives all of them their full time and an election's more.
 * So what counts is a leader whose clock over leases surely ran, and of whom answers prove that it led and could commit from then on:
 * the time to live goes by its clock, and the revoke takes only of the time in which it was at work.
 */
export class Limits {
  /** Leases that could be judged: a leader was at work long enough after their time. */
  judged = 0;
  private readonly reigns: ReadonlyMap<number, Reign>;
  private readonly leases: number;
  private readonly options: { readonly clockErrorNs: number; readonly slowPpm: number };

  constructor(operations: readonly EtcdOperation[], leases: number, options: Limits['options']) {
    this.reigns = leases === 0 || options.slowPpm > slowestPpm ? new Map() : reignsOf(operations);
    this.leases = leases;
    this.options = options;
  }

  /** The first that found the lease alive when it had to be gone; null: none. */
  foundAlive(life: Life): FoundAlive | null {
    let isJudged = false;
    for (const [term, reign] of this.reigns) {
      // Whatever the lease was given before, the leader starts its time anew; what it was given later is looked at below.
      const [grant] = life.holds;
      const runsNs = reign.clockRunsNs(grant?.operation.returnNs ?? Infinity, this.longestNs(2 * electionNs));
      if (runsNs === Infinity) continue;
      const found = this.under(life, term, reign, runsNs);
      if (found !== null) return found;
      isJudged ||= this.workedNs(reign, this.dueNs(life, runsNs), reign.lastNs) > this.graceNs;
    }
    if (isJudged) this.judged++;
    return null;
  }

  private under(life: Life, term: number, reign: Reign, runsNs: number): FoundAlive | null {
    const holds = byCall(life.holds.map(({ operation }) => operation));
    // A renewal without an answer may come at any time after its call.
    const sureUntilNs = life.maybeRenewed.reduce((least, { callNs }) => Math.min(least, callNs), Infinity);
    let heldNs = runsNs;
    let held = holds[0] as EtcdOperation;
    let next = 0;
    for (const operation of byCall([...life.alive, ...holds])) {
      const { callNs } = operation;
      if (callNs > reign.lastNs || (operation.returnNs ?? Infinity) >= sureUntilNs) break;
      for (; next < holds.length && (holds[next] as EtcdOperation).callNs < callNs; next++) {
        held = holds[next] as EtcdOperation;
        heldNs = Math.max(heldNs, held.returnNs ?? Infinity);
      }
      const dueNs = this.dueNs(life, heldNs);
      // Another renewal at the same time may be what it saw.
      const other = holds[next] === operation ? holds[next + 1] : holds[next];
      if (dueNs >= callNs || other?.callNs === callNs) continue;
      const workedNs = this.workedNs(reign, dueNs, callNs);
      if (workedNs > this.graceNs) return { operation, held, dueNs, term, workedNs };
    }
    return null;
  }

  private dueNs({ ttlNs }: Life, heldNs: number): number {
    const { clockErrorNs } = this.options;
    const spreadNs =
      this.leases < revokesPerSecond ? 0 : Math.ceil(this.leases / spreadPerSecond) * nsPerSecond;
    const lastsNs = Math.max(ttlNs, shortestNs) + electionNs + spreadNs;
    return heldNs + this.longestNs(lastsNs) + clockErrorNs;
  }

  private workedNs(reign: Reign, fromNs: number, toNs: number): number {
    return fromNs < toNs ? reign.workedNs(fromNs, toNs) : 0;
  }

  private get graceNs(): number {
    return this.longestNs(revokeNs) + Math.ceil(this.leases / revokesAtOnce) * revokesNs;
  }

  /** By the slowest clock. */
  private longestNs(ns: number): number {
    return Math.ceil((ns / (million - this.options.slowPpm)) * million);
  }
}

function byCall(operations: readonly EtcdOperation[]): EtcdOperation[] {
  return operations.toSorted((a, b) => a.callNs - b.callNs || a.id - b.id);
}
