import {
  type EtcdOperation,
  type EtcdRequest,
  type TxnOperation,
  grantedLease,
} from '../history/etcd_operation.ts';
import type { Compaction, Compactions } from './compactions.ts';
import type { PackedHistory } from './packed.ts';
import type { PastRead } from './past_reads.ts';
import { Role } from './roles.ts';
import { type Slots, returnedBefore } from './slots.ts';

/** An operation without a revision that has no place in real time, and those that leave it none. */
export interface BesideClash {
  readonly operation: number;
  readonly others: readonly number[];
  readonly text: string;
}

/**
 * Compactions and errors carry no revision. They are placed in real time: each has a lower bound (an operation called after
 * which it must come) and an upper one (its own return). Null: all have a place.
 */
export function checkBeside(
  plan: PackedHistory,
  slots: Slots,
  compactions: Compactions,
  past: readonly PastRead[],
): BesideClash | null {
  return new Beside(plan, slots, compactions, past).run();
}

class Beside {
  private readonly plan: PackedHistory;
  private readonly slots: Slots;
  private readonly compactions: Compactions;
  /** Answered reads of older revisions, by those. */
  private readonly past: readonly PastRead[];
  private clash: BesideClash | null = null;

  constructor(plan: PackedHistory, slots: Slots, compactions: Compactions, past: readonly PastRead[]) {
    this.plan = plan;
    this.slots = slots;
    this.compactions = compactions;
    this.past = past.filter(({ by }) => by >= 0 && plan.columns.role[by] !== Role.stale);
  }

  run(): BesideClash | null {
    const { plan } = this;
    this.chain();
    if (this.clash === null) this.possible();
    for (const i of plan.open) if (plan.columns.role[i] === Role.revoke) this.revoked(i);
    for (const i of plan.beside) {
      if (this.clash !== null) break;
      const { input, outcome } = this.operation(i);
      if (outcome.status !== 'ok' || outcome.output.kind !== 'error') continue;
      if (outcome.output.error === 'futureRevision') this.future(i, input);
      else if (outcome.output.error === 'compacted') this.compacted(i, input);
      else this.lease(i, input, outcome.output.error);
    }
    return this.clash;
  }

  private operation(i: number): EtcdOperation {
    return this.plan.at(i);
  }

  private fail(operation: number, others: readonly number[], text: string): void {
    this.clash ??= { operation, others: others.filter((other) => other !== operation), text };
  }

  /** Places the compactions: after the write of their revision, after the reads that were not refused, after each other. */
  private chain(): void {
    const { slots } = this;
    const { chain } = this.compactions;
    for (let k = 0; k < chain.length; k++) {
      const each = chain[k] as Compaction;
      const before = chain[k - 1];
      if (before?.revision === each.revision) {
        this.fail(each.operation, [before.operation], `revision ${each.revision} was compacted twice`);
      }
      if (each.revision - slots.initial > slots.count) {
        this.fail(each.operation, [], `the store never reached revision ${each.revision}`);
        return;
      }
      this.behindItsWrite(each);
    }
    for (const { by, revision } of this.past) {
      // It came before the first compaction above what it read.
      const first = this.compactions.firstAbove(revision);
      if (first !== null) this.putBehind(first, this.compactions.latestWith(by));
    }
    for (let k = 0; k < chain.length; k++) {
      const each = chain[k] as Compaction;
      const before = chain[k - 1];
      if (before !== undefined) this.putBehind(each, before.after);
      if (returnedBefore(this.operation(each.operation), this.operation(each.after))) {
        this.fail(each.operation, [each.after], 'it had returned before');
      }
    }
  }

  private putBehind(compaction: Compaction, operation: number): void {
    compaction.after = this.compactions.later(compaction.after, operation);
  }

  private behindItsWrite(compaction: Compaction): void {
    const { slots } = this;
    const slot = Math.min(slots.count, Math.max(0, compaction.revision - slots.initial));
    this.putBehind(compaction, slots.latestCall(slot));
  }

  /** Those without an answer: behind their write, the reads that were not refused, and the smaller compactions. */
  private possible(): void {
    const { chain, maybe } = this.compactions;
    let [k, read, latest] = [0, 0, -1];
    for (const each of maybe) {
      for (; k < chain.length && (chain[k] as Compaction).revision < each.revision; k++)
        latest = this.compactions.later(latest, (chain[k] as Compaction).after);
      for (; read < this.past.length && (this.past[read] as PastRead).revision < each.revision; read++)
        latest = this.compactions.later(
          latest,
          this.compactions.latestWith((this.past[read] as PastRead).by),
        );
      this.behindItsWrite(each);
      if (latest >= 0) this.putBehind(each, latest);
    }
  }

  /** "Compacted" was answered: a compaction above the revision read, or at least at the one to compact, came before. */
  private compacted(i: number, input: EtcdRequest): void {
    const asked = input.kind === 'compact' ? input.revision - 1 : oldestAsked(input);
    if (asked === null) return;
    const operation = this.operation(i);
    const first = this.compactions.firstAbove(asked);
    if (first !== null && !returnedBefore(operation, this.operation(first.after))) return;
    // Had it been done, an answered compaction of the same revision would have been refused.
    const possible = this.compactions.maybe.some(
      ({ revision, after }) =>
        revision > asked &&
        this.compactions.firstAbove(revision - 1)?.revision !== revision &&
        !returnedBefore(operation, this.operation(after)),
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

  /** Whether a grant was certainly done when another operation began: it had returned, or somebody at a later revision had. */
  private isAhead(grant: number, i: number): boolean {
    if (returnedBefore(this.operation(grant), this.operation(i))) return true;
    const { role, revision } = this.plan.columns;
    const next = (revision[grant] as number) - this.slots.initial + 1;
    if (role[grant] !== Role.grant || next > this.slots.count) return false;
    return !this.slots.fits(i, next) || this.writtenBefore(next, i);
  }

  /** Whether a grant's revision was made by somebody who began when an operation had returned. */
  private isBehind(grant: number, operation: EtcdOperation): boolean {
    const { role, revision } = this.plan.columns;
    if (role[grant] !== Role.grant) return false;
    const latest = this.slots.latestCall((revision[grant] as number) - this.slots.initial);
    return latest >= 0 && returnedBefore(operation, this.operation(latest));
  }

  /** A lease that was ended had been granted: revisions do not tell, for a grant makes none. */
  private revoked(i: number): void {
    const operation = this.operation(i);
    const { input } = operation;
    if (input.kind !== 'leaseRevoke') return;
    const { grants } = this.lifeOf(input.lease);
    if (grants.some((other) => !returnedBefore(operation, this.operation(other)))) return;
    this.fail(i, grants, `nobody had granted lease ${input.lease} until then`);
  }

  /** "Lease not found": there is a moment without it. "Lease exists": there is one with it. Decided by real time. */
  private lease(i: number, input: EtcdRequest, error: 'leaseNotFound' | 'leaseExists'): void {
    const named = leasesOf(input);
    if (named.length !== 1) return;
    const operation = this.operation(i);
    const { grants, ends } = this.lifeOf(named[0] as string);
    const granted =
      grants.find((other) => {
        const isLate = returnedBefore(operation, this.operation(other)) || this.isBehind(other, operation);
        return error === 'leaseExists' ? !isLate : this.isAhead(other, i);
      }) ?? -1;
    // An end of an earlier life does not count.
    const ended = ends.some((other) => {
      const each = this.operation(other);
      const isAfter = granted < 0 || !returnedBefore(each, this.operation(granted));
      return other !== i && isAfter && !returnedBefore(operation, each);
    });
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
