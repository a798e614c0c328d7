import type { EtcdOperation } from '../history/etcd_operation.ts';
import type { PackedHistory } from './packed.ts';
import { Role } from './roles.ts';

/** `a` had returned before `b` was called. */
export function returnedBefore(a: EtcdOperation, b: EtcdOperation): boolean {
  const { returnNs } = a;
  if (returnNs === null || a.outcome.status !== 'ok') return false;
  if (returnNs !== b.callNs) return returnNs < b.callNs;
  return (a.returnSequence ?? Infinity) < b.callSequence;
}

/** `a` was called behind `b`. */
export function calledLater(a: EtcdOperation, b: EtcdOperation): boolean {
  return a.callNs > b.callNs || (a.callNs === b.callNs && a.callSequence > b.callSequence);
}

/** Two operations that contradict each other by their revisions alone. */
export interface PairClash {
  readonly kind: 'same revision' | 'initial revision' | 'real time';
  readonly first: number;
  readonly second: number;
}

/**
 * A slot per revision with the write that made it, and a bucket with those who saw the state it left. Revisions are counted
 * from the initial one: slot 0 holds nothing, bucket 0 saw the empty store.
 */
export class Slots {
  readonly initial: number;
  /** Slots 1 to `count` are the revisions that somebody saw. */
  readonly count: number;
  /** Operation that made each revision, -1 if nobody said so. */
  readonly owner: Int32Array;
  /** Operations of bucket s: `bucket[bucketStart[s]]` up to `bucketStart[s + 1]`. */
  readonly bucket: Int32Array;
  readonly bucketStart: Int32Array;
  readonly open: readonly number[];
  /** Per slot: how many open slots there are below it. */
  private readonly openBelow: Int32Array;
  clash: PairClash | null = null;
  private readonly plan: PackedHistory;
  /** Per slot: which of the operations behind it returned first; -1 if none did. Made on demand. */
  private firstReturnBehind: Int32Array | null = null;
  private latest: Int32Array | null = null;
  /** Where `lowestSlot` begins to look. */
  private near = 1;

  constructor(plan: PackedHistory, initial: number) {
    this.plan = plan;
    this.initial = initial;
    this.count = plan.lastRevision - initial;
    this.owner = new Int32Array(this.count + 1).fill(-1);
    this.bucketStart = new Int32Array(this.count + 2);
    this.bucket = this.fill();
    const open: number[] = [];
    this.openBelow = new Int32Array(this.count + 2);
    for (let s = 1; s <= this.count; s++) {
      this.openBelow[s] = open.length;
      if (this.owner[s] === -1) open.push(s);
    }
    this.openBelow[this.count + 1] = open.length;
    this.open = open;
  }

  private fill(): Int32Array {
    const { columns, count } = this.plan;
    const { role, revision } = columns;
    const { owner, bucketStart, initial } = this;
    for (let i = 0; i < count; i++) {
      const each = role[i] as number;
      if (each === Role.none || each === Role.open || each === Role.beside) continue;
      const slot = (revision[i] as number) - initial;
      if (each !== Role.write) {
        if (slot < 0) this.clash ??= { kind: 'initial revision', first: i, second: i };
        else bucketStart[slot + 1] = (bucketStart[slot + 1] as number) + 1;
      } else if (slot <= 0) {
        this.clash ??= { kind: 'initial revision', first: i, second: i };
      } else if (owner[slot] !== -1) {
        this.clash ??= { kind: 'same revision', first: owner[slot] as number, second: i };
      } else {
        owner[slot] = i;
      }
    }
    for (let s = 1; s < bucketStart.length; s++) {
      bucketStart[s] = (bucketStart[s] as number) + (bucketStart[s - 1] as number);
    }
    const bucket = new Int32Array(bucketStart[bucketStart.length - 1] as number);
    const next = bucketStart.slice();
    for (let i = 0; i < count; i++) {
      const each = role[i] as number;
      if (each === Role.none || each === Role.open || each === Role.beside || each === Role.write) continue;
      const slot = (revision[i] as number) - initial;
      if (slot < 0) continue;
      bucket[next[slot] as number] = i;
      next[slot] = (next[slot] as number) + 1;
    }
    return bucket;
  }

  /** Whether `a` had returned before `b` was called; by position. */
  private ended(a: number, b: number): boolean {
    const { returnNs, returnSequence, callNs, callSequence } = this.plan.columns;
    const difference = (returnNs[a] as number) - (callNs[b] as number);
    return (
      difference < 0 || (difference === 0 && (returnSequence[a] as number) < (callSequence[b] as number))
    );
  }

  private calledLater(a: number, b: number): boolean {
    const { callNs, callSequence } = this.plan.columns;
    const difference = (callNs[a] as number) - (callNs[b] as number);
    return difference > 0 || (difference === 0 && (callSequence[a] as number) > (callSequence[b] as number));
  }

  /**
   * Walks write 1, those who saw it, write 2, ...: nobody may have returned before somebody at an earlier place was called.
   * Those in one bucket have no order among themselves.
   */
  walk(): void {
    const { role } = this.plan.columns;
    const { owner, bucket, bucketStart } = this;
    let latest = -1;
    for (let s = 0; s <= this.count; s++) {
      const write = owner[s] as number;
      if (write >= 0) {
        if (latest >= 0 && this.ended(write, latest)) return this.outOfTime(write, latest);
        if (latest < 0 || this.calledLater(write, latest)) latest = write;
      }
      const end = bucketStart[s + 1] as number;
      let next = latest;
      for (let at = bucketStart[s] as number; at < end; at++) {
        const i = bucket[at] as number;
        if (role[i] === Role.stale) continue;
        if (latest >= 0 && this.ended(i, latest)) return this.outOfTime(i, latest);
        if (next < 0 || this.calledLater(i, next)) next = i;
      }
      latest = next;
    }
  }

  private outOfTime(early: number, late: number): void {
    this.clash = { kind: 'real time', first: early, second: late };
  }

  /** Whether nobody said that they made the slot's revision. */
  isOpen(slot: number): boolean {
    return slot > 0 && slot <= this.count && this.owner[slot] === -1;
  }

  /** Whether there is an open slot in [from, to]. */
  openBetween(from: number, to: number): boolean {
    const { openBelow, count } = this;
    const low = Math.max(0, from);
    const high = Math.min(count, to);
    return low <= high && (openBelow[high + 1] as number) > (openBelow[low] as number);
  }

  /** How many open slots there are up to a slot, itself included: the index of the first above it. */
  openBelowOrAt(slot: number): number {
    return this.openBelow[Math.max(0, Math.min(this.count, slot)) + 1] as number;
  }

  /** Whether an operation called then can have made a revision: nobody behind it had returned before. */
  fits(operation: number, slot: number): boolean {
    this.firstReturnBehind ??= this.returnsBehind();
    const first = this.firstReturnBehind[slot] as number;
    return first === -1 || !this.ended(first, operation);
  }

  /** The lowest slot an operation fits; `fits` is monotone. Asked in the order of calls, more or less, it is near the one before. */
  lowestSlot(operation: number): number {
    let [low, high, step] = [1, this.count + 1, 64];
    const { near } = this;
    if (near < high && this.fits(operation, near)) {
      for (high = near; high - step >= low && this.fits(operation, high - step); step *= 2) high -= step;
      low = Math.max(low, high - step + 1);
    } else if (near < high) {
      for (low = near + 1; low + step < high && !this.fits(operation, low + step); step *= 2) low += step + 1;
      high = Math.min(high, low + step);
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.fits(operation, middle)) high = middle;
      else low = middle + 1;
    }
    this.near = Math.max(1, low - 1);
    return low;
  }

  private returnsBehind(): Int32Array {
    const { role, returnNs, returnSequence } = this.plan.columns;
    const first = new Int32Array(this.count + 1).fill(-1);
    let [earliest, earliestNs, earliestSequence] = [-1, Infinity, Infinity];
    const take = (i: number): void => {
      if (role[i] === Role.stale) return;
      const ns = returnNs[i] as number;
      if (earliest !== -1 && ns > earliestNs) return;
      const sequence = returnSequence[i] as number;
      if (earliest !== -1 && ns === earliestNs && sequence >= earliestSequence) return;
      [earliest, earliestNs, earliestSequence] = [i, ns, sequence];
    };
    const compacted = this.plan.beside.filter((i) => this.compactedSlot(i) > 0);
    compacted.sort((a, b) => this.compactedSlot(a) - this.compactedSlot(b) || a - b);
    for (let s = this.count; s >= 0; s--) {
      for (; compacted.length > 0 && this.compactedSlot(compacted.at(-1) as number) >= s; compacted.pop()) {
        take(compacted.at(-1) as number);
      }
      for (let at = this.bucketStart[s] as number; at < (this.bucketStart[s + 1] as number); at++) {
        take(this.bucket[at] as number);
      }
      first[s] = earliest;
      if (this.owner[s] !== -1) take(this.owner[s] as number);
    }
    return first;
  }

  /** A compaction that was answered came after the revision that it compacted; 0 for other operations. */
  private compactedSlot(i: number): number {
    const { input, outcome } = this.plan.at(i);
    if (input.kind !== 'compact' || outcome.status !== 'ok' || outcome.output.kind === 'error') return 0;
    return input.revision - this.initial;
  }

  /** The operation, among all at or before slot s (its write included, those who saw it not), that was called last; -1: none. */
  latestCall(slot: number): number {
    this.latest ??= this.latestCalls();
    return this.latest[slot] as number;
  }

  private latestCalls(): Int32Array {
    const { role } = this.plan.columns;
    const calls = new Int32Array(this.count + 1).fill(-1);
    let latest = -1;
    const take = (i: number): void => {
      if (role[i] === Role.stale) return;
      if (latest === -1 || this.calledLater(i, latest)) latest = i;
    };
    for (let s = 0; s <= this.count; s++) {
      if (this.owner[s] !== -1) take(this.owner[s] as number);
      calls[s] = latest;
      for (let at = this.bucketStart[s] as number; at < (this.bucketStart[s + 1] as number); at++) {
        take(this.bucket[at] as number);
      }
    }
    return calls;
  }
}
