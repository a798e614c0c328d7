import {
  type EtcdOperation,
  type EtcdRequest,
  type TxnOperation,
  grantedLease,
} from '../history/etcd_operation.ts';
import type { PackedHistory } from './packed.ts';
import { Role, pastRevision } from './roles.ts';
import { type Slots, returnedBefore } from './slots.ts';

/** An operation without a revision that has no place in real time, and those that leave it none. */
export interface BesideClash {
  readonly operation: number;
  readonly others: readonly number[];
  readonly text: string;
}

export interface BesideResult {
  readonly clash: BesideClash | null;
  /** Compactions without an answer may explain it: not decided. */
  readonly undecided: boolean;
}

/**
 * Compactions and errors carry no revision. They are placed in real time: each has a lower bound (an operation called after
 * which it must come) and an upper one (its own return), and the compactions are a chain in the order of what they compacted.
 */
export function checkBeside(plan: PackedHistory, slots: Slots): BesideResult {
  return new Beside(plan, slots).run();
}

interface Compaction {
  readonly operation: number;
  readonly revision: number;
  /** The operation called last among those that must come before it. */
  after: number;
}

class Beside {
  private readonly plan: PackedHistory;
  private readonly slots: Slots;
  private readonly compactions: Compaction[] = [];
  private readonly maybe: Compaction[] = [];
  private clash: BesideClash | null = null;

  constructor(plan: PackedHistory, slots: Slots) {
    this.plan = plan;
    this.slots = slots;
  }

  run(): BesideResult {
    const { plan } = this;
    for (const i of plan.beside) {
      const { input, outcome } = this.operation(i);
      if (input.kind !== 'compact') continue;
      const each = { operation: i, revision: input.revision, after: i };
      if (outcome.status === 'unknown') this.maybe.push(each);
      else if (outcome.status === 'ok' && outcome.output.kind !== 'error') this.compactions.push(each);
    }
    this.compactions.sort((a, b) => a.revision - b.revision || a.operation - b.operation);
    this.chain();
    for (const i of plan.beside) {
      if (this.clash !== null) break;
      const { input, outcome } = this.operation(i);
      if (outcome.status !== 'ok' || outcome.output.kind !== 'error') continue;
      if (outcome.output.error === 'futureRevision') this.future(i, input);
      else if (outcome.output.error === 'compacted') this.compacted(i, input);
      else this.lease(i, input, outcome.output.error);
    }
    return { clash: this.clash, undecided: this.clash !== null && this.maybe.length > 0 };
  }

  private operation(i: number): EtcdOperation {
    return this.plan.at(i);
  }

  private later(a: number, b: number): number {
    const [x, y] = [this.operation(a), this.operation(b)];
    return x.callNs > y.callNs || (x.callNs === y.callNs && x.callSequence > y.callSequence) ? a : b;
  }

  private fail(operation: number, others: readonly number[], text: string): void {
    this.clash ??= { operation, others: others.filter((other) => other !== operation), text };
  }

  /** Places the compactions: after the write of their revision, after the reads that were not refused, after each other. */
  private chain(): void {
    const { compactions, slots, plan } = this;
    for (let k = 0; k < compactions.length; k++) {
      const each = compactions[k] as Compaction;
      const before = compactions[k - 1];
      if (before?.revision === each.revision) {
        this.fail(each.operation, [before.operation], `revision ${each.revision} was compacted twice`);
      }
      if (each.revision - slots.initial > slots.count) {
        this.fail(each.operation, [], `the store never reached revision ${each.revision}`);
        return;
      }
      const write = slots.latestCall(Math.max(0, each.revision - slots.initial));
      if (write >= 0) each.after = this.later(each.after, write);
    }
    for (const i of plan.past) this.readable(i);
    for (let k = 0; k < compactions.length; k++) {
      const each = compactions[k] as Compaction;
      const before = compactions[k - 1];
      if (before !== undefined) each.after = this.later(each.after, before.after);
      if (returnedBefore(this.operation(each.operation), this.operation(each.after))) {
        this.fail(each.operation, [each.after], 'it had returned before');
      }
    }
  }

  /** A read of an old revision was answered: it came before the first compaction above that revision. */
  private readable(i: number): void {
    const revision = pastRevision(this.operation(i));
    const first = this.firstAbove(revision);
    if (first === null || this.plan.columns.role[i] === Role.stale) return;
    first.after = this.later(first.after, i);
  }

  private firstAbove(revision: number): Compaction | null {
    const { compactions } = this;
    let [low, high] = [0, compactions.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((compactions[middle] as Compaction).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return compactions[low] ?? null;
  }

  /** "Compacted" was answered: a compaction above the revision read, or at least at the one to compact, came before. */
  private compacted(i: number, input: EtcdRequest): void {
    const asked = input.kind === 'compact' ? input.revision - 1 : oldestAsked(input);
    if (asked === null) return;
    const operation = this.operation(i);
    const first = this.firstAbove(asked);
    if (first !== null && !returnedBefore(operation, this.operation(first.after))) return;
    const possible = this.maybe.some(
      ({ operation: other, revision }) =>
        revision > asked && !returnedBefore(operation, this.operation(other)),
    );
    if (possible) return;
    this.fail(
      i,
      first === null ? [] : [first.operation, first.after],
      `revision ${asked + (input.kind === 'compact' ? 1 : 0)} was not compacted yet`,
    );
  }

  /** "A future revision" was answered: the revision was not made yet. */
  private future(i: number, input: EtcdRequest): void {
    const asked = input.kind === 'compact' ? input.revision : newestAsked(input);
    if (asked === null) return;
    const slot = asked - this.slots.initial;
    if (slot > this.slots.count) return;
    if (slot <= 0) this.fail(i, [], `the store had revision ${asked} from the beginning`);
    // Somebody behind the write of that revision had returned before this was called.
    else if (!this.slots.fits(i, slot) || this.writtenBefore(slot, i)) {
      const write = this.slots.owner[slot] as number;
      this.fail(i, write >= 0 ? [write] : [], `the store had reached revision ${asked} before it began`);
    }
  }

  private writtenBefore(slot: number, i: number): boolean {
    const write = this.slots.owner[slot] as number;
    return write >= 0 && returnedBefore(this.operation(write), this.operation(i));
  }

  private lives: Map<string, { readonly grants: number[]; readonly ends: number[] }> | null = null;

  /** What made the lease and what ended it, or may have. */
  private lifeOf(lease: string): { readonly grants: readonly number[]; readonly ends: readonly number[] } {
    this.lives ??= this.findLives();
    return this.lives.get(lease) ?? { grants: [], ends: [] };
  }

  private findLives(): Map<string, { readonly grants: number[]; readonly ends: number[] }> {
    const lives = new Map<string, { readonly grants: number[]; readonly ends: number[] }>();
    for (let i = 0; i < this.plan.count; i++) {
      if (this.plan.isPlain(i)) continue;
      const operation = this.operation(i);
      const { input, outcome } = operation;
      if (outcome.status === 'fail' || (outcome.status === 'ok' && outcome.output.kind === 'error')) continue;
      const lease = input.kind === 'leaseRevoke' ? input.lease : grantedLease(operation);
      if (lease === null) continue;
      const life = lives.get(lease) ?? { grants: [], ends: [] };
      lives.set(lease, life);
      if (input.kind === 'leaseRevoke') life.ends.push(i);
      else life.grants.push(i);
    }
    return lives;
  }

  /** "Lease not found": there is a moment without it. "Lease exists": there is one with it. Decided by real time. */
  private lease(i: number, input: EtcdRequest, error: 'leaseNotFound' | 'leaseExists'): void {
    const named = leasesOf(input);
    if (named.length !== 1) return;
    const operation = this.operation(i);
    const { grants, ends } = this.lifeOf(named[0] as string);
    const granted =
      grants.find((other) => {
        const each = this.operation(other);
        return error === 'leaseExists' ? !returnedBefore(operation, each) : returnedBefore(each, operation);
      }) ?? -1;
    const ended = ends.some((other) => other !== i && !returnedBefore(operation, this.operation(other)));
    if (error === 'leaseExists' && granted === -1)
      this.fail(i, [], `nobody had granted lease ${named[0]} until then`);
    if (error === 'leaseNotFound' && granted !== -1 && !ended) {
      this.fail(i, [granted], `lease ${named[0]} had been granted before, and nothing ended it until then`);
    }
  }
}

function rangesOf(input: EtcdRequest | TxnOperation): number[] {
  if (input.kind === 'range') return (input.revision ?? 0) > 0 ? [input.revision as number] : [];
  return input.kind === 'txn' ? [...input.success, ...input.failure].flatMap(rangesOf) : [];
}

function oldestAsked(input: EtcdRequest): number | null {
  const asked = rangesOf(input);
  return asked.length === 0 ? null : asked.reduce((a, b) => Math.min(a, b));
}

function newestAsked(input: EtcdRequest): number | null {
  const asked = rangesOf(input);
  return asked.length === 0 ? null : asked.reduce((a, b) => Math.max(a, b));
}

function leasesOf(input: EtcdRequest | TxnOperation): string[] {
  if (input.kind === 'put') return input.lease === undefined || input.lease === '0' ? [] : [input.lease];
  if (input.kind === 'txn') return [...input.success, ...input.failure].flatMap(leasesOf);
  return input.kind === 'leaseGrant' || input.kind === 'leaseRevoke' || input.kind === 'leaseKeepAlive'
    ? [input.lease]
    : [];
}
