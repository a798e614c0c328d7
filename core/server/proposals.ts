import type { NodeId, RequestId } from '../base/ids.ts';

/** Microseconds that fit below a 6-bit member prefix in 53 bits: 4.4 years, then the ids wrap. */
const idSpan = 2 ** 47;
const memberPrefixes = 64;

/**
 * Ids that match an applied entry to the request that waits for it, as etcd's idutil: the member's prefix, then time, so that
 * an entry proposed before a restart is never taken for one proposed after it.
 */
export class ProposalIds {
  private readonly prefix: number;
  private last = 0;

  constructor(member: NodeId) {
    this.prefix = (member % memberPrefixes) * idSpan;
  }

  next(nowNs: number): number {
    const micros = Math.floor(nowNs / 1000) % idSpan;
    this.last = micros > this.last ? micros : this.last + 1;
    return this.prefix + this.last;
  }
}

export interface Waiter {
  readonly request: RequestId;
  readonly deadlineNs: number;
}

/** Requests whose entries are on their way through the log. Deadlines ascend, because every request waits equally long. */
export class Waiters {
  private readonly byProposal = new Map<number, Waiter>();

  get size(): number {
    return this.byProposal.size;
  }

  add(proposal: number, waiter: Waiter): void {
    this.byProposal.set(proposal, waiter);
  }

  has(proposal: number): boolean {
    return this.byProposal.has(proposal);
  }

  /** Removes and returns who waits for the proposal, if it came from here and hasn't timed out. */
  take(proposal: number): Waiter | undefined {
    const waiter = this.byProposal.get(proposal);
    if (waiter !== undefined) this.byProposal.delete(proposal);
    return waiter;
  }

  /** Removes and returns all whose deadline has come, oldest first. */
  expired(nowNs: number): Waiter[] {
    const out: Waiter[] = [];
    for (const [proposal, waiter] of this.byProposal) {
      if (waiter.deadlineNs > nowNs) break;
      this.byProposal.delete(proposal);
      out.push(waiter);
    }
    return out;
  }
}
