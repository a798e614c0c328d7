import type { EtcdOperation } from '../history/etcd_operation.ts';
import type { PackedHistory } from './packed.ts';
import { Role } from './roles.ts';
import { type Slots, calledLater, returnedBefore } from './slots.ts';

export interface Compaction {
  readonly operation: number;
  readonly revision: number;
  /** The operation called last among those that must come before it. */
  after: number;
}

/** Compactions carry no revision of their own. Those that were answered are a chain in the order of what they compacted. */
export class Compactions {
  readonly chain: Compaction[] = [];
  /** Without an answer: they may have been done. */
  readonly maybe: Compaction[] = [];
  private readonly plan: PackedHistory;
  private readonly slots: Slots;
  /** Per place in the chain: the first to return from there on. */
  private readonly firstReturn: EtcdOperation[] = [];

  constructor(plan: PackedHistory, slots: Slots) {
    this.plan = plan;
    this.slots = slots;
    // Writes without an answer may have gone on behind the last revision that was seen.
    const reachable = slots.count + Math.max(0, plan.open.length - slots.open.length);
    for (const i of plan.beside) {
      const { input, outcome } = plan.at(i);
      if (input.kind !== 'compact') continue;
      const each = { operation: i, revision: input.revision, after: i };
      if (outcome.status === 'unknown') {
        if (input.revision - slots.initial <= reachable) this.maybe.push(each);
      }
      if (outcome.status === 'ok' && outcome.output.kind !== 'error') this.chain.push(each);
    }
    this.chain.sort(compareCompactions);
    this.maybe.sort(compareCompactions);
    for (let k = this.chain.length - 1; k >= 0; k--) {
      const own = plan.at((this.chain[k] as Compaction).operation);
      this.firstReturn[k] = firstToReturn(own, this.firstReturn[k + 1]);
    }
  }

  /** Place in the chain of the first that compacted more than what is below a revision. */
  placeAbove(revision: number): number {
    const { chain } = this;
    let [low, high] = [0, chain.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((chain[middle] as Compaction).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  firstAbove(revision: number): Compaction | null {
    return this.chain[this.placeAbove(revision)] ?? null;
  }

  /** Whether a write without an answer can have made a slot after a read of an older revision: it was not compacted yet. */
  allow(i: number, slot: number, revision: number): boolean {
    const first = this.firstReturn[this.placeAbove(revision)];
    if (first === undefined) return true;
    const latest = this.slots.latestCall(slot);
    return (
      !returnedBefore(first, this.plan.at(i)) && (latest < 0 || !returnedBefore(first, this.plan.at(latest)))
    );
  }

  /** The one called last of an operation and all that must come before it by its revision. */
  latestWith(i: number): number {
    const { role, revision } = this.plan.columns;
    const hasPlace = role[i] === Role.write || role[i] === Role.observe;
    if (!hasPlace) return i;
    return this.later(i, this.slots.latestCall((revision[i] as number) - this.slots.initial));
  }

  /** The one called last; -1 for none. */
  later(a: number, b: number): number {
    if (a < 0 || b < 0) return Math.max(a, b);
    return calledLater(this.plan.at(a), this.plan.at(b)) ? a : b;
  }
}

function compareCompactions(a: Compaction, b: Compaction): number {
  return a.revision - b.revision || a.operation - b.operation;
}

function firstToReturn(a: EtcdOperation, b: EtcdOperation | undefined): EtcdOperation {
  if (b === undefined) return a;
  const [x, y] = [a.returnNs ?? Infinity, b.returnNs ?? Infinity];
  if (x !== y) return x < y ? a : b;
  return (a.returnSequence ?? Infinity) <= (b.returnSequence ?? Infinity) ? a : b;
}
