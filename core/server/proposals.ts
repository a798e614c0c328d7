import type { AuthInfo } from '../auth/index.ts';
import { type NodeId, noNode } from '../base/ids.ts';
import type { PendingRenewal } from '../lease/index.ts';
import { nsPerMs, requestBytesMax, requestTimeoutMs } from '../limits.ts';
import { type ConfChange, type RawNode } from '../raft/index.ts';
import { type V2Request, encodeV2Request } from '../v2store/index.ts';
import { type RaftRequest, encodeRaftRequest } from './api/index.ts';
import { ProposalIds } from './proposal_ids.ts';
import type { Ask, V2Ask } from './requests/ask.ts';

/** Who waits for an entry to be applied, and what is to be done then. */
export type Waiter = V3Waiter | { readonly kind: 'v2'; readonly ask: V2Ask };

export type V3Waiter =
  /** The entry's result is the client's answer. */
  | { readonly kind: 'client'; readonly ask: Ask }
  /** The checkpoint that a lease's renewal has to go behind. */
  | { readonly kind: 'renewal'; readonly ask: Ask; readonly pending: PendingRenewal }
  /** A login that is void if the auth revision moved since the password was compared. */
  | { readonly kind: 'authenticate'; readonly ask: Ask; readonly revision: number };

const noWaiters: readonly Waiter[] = [];

type Payload =
  | { readonly kind: 'entry'; readonly data: Uint8Array }
  | { readonly kind: 'confChange'; readonly change: ConfChange };

interface Pending {
  readonly id: number;
  readonly deadlineNs: number;
  readonly payload: Payload;
}

/**
 * Requests on their way through the log: proposed when there is a leader to propose to (as etcd's node blocks them until then),
 * matched with their entries by id, given up when their time is over.
 */
export class Proposer {
  private readonly ids: ProposalIds;
  private readonly waiters = new Map<number, Waiter>();
  private pending: Pending[] = [];

  /** `members`: who is in the cluster, as far as this member knows. */
  constructor(member: NodeId, members: () => readonly { readonly id: NodeId }[]) {
    this.ids = new ProposalIds(member, members);
  }

  /** An id that no other request of this cluster has. */
  nextId(nowNs: number): number {
    return this.ids.next(nowNs);
  }

  /** False if the entry would be too large; nothing is proposed then. */
  propose(request: RaftRequest, auth: AuthInfo | null, waiter: Waiter | null, nowNs: number): boolean {
    const ID = this.ids.next(nowNs);
    const header = auth === null ? { ID } : { ID, username: auth.username, auth_revision: auth.revision };
    const data = encodeRaftRequest({ header, request });
    if (data.length > requestBytesMax) return false;
    this.enqueue(ID, { kind: 'entry', data }, waiter, nowNs);
    return true;
  }

  /** False if the entry would be too large; nothing is proposed then. */
  proposeV2(request: V2Request, nowNs: number, waiter: Waiter | null = null): boolean {
    const id = this.ids.next(nowNs);
    const data = encodeV2Request({ ...request, id: BigInt(id) });
    if (data.length > requestBytesMax) return false;
    this.enqueue(id, { kind: 'entry', data }, waiter, nowNs);
    return true;
  }

  proposeConfChange(change: ConfChange, waiter: Waiter | null, nowNs: number): void {
    const id = this.ids.next(nowNs);
    this.enqueue(id, { kind: 'confChange', change: { ...change, id } }, waiter, nowNs);
  }

  private enqueue(id: number, payload: Payload, waiter: Waiter | null, nowNs: number): void {
    const deadlineNs = waiter?.ask.deadlineNs ?? nowNs + requestTimeoutMs * nsPerMs;
    if (waiter !== null) this.waiters.set(id, waiter);
    // Not `id` first: V8 gives objects that begin alike one hidden class, and wide ids would make doubles of raft's small ones.
    this.pending.push({ payload, id, deadlineNs });
  }

  /** Proposes what waits if a leader is known. Returns the waiters of what raft dropped: it is in no log. */
  flush(node: RawNode, nowNs: number): readonly Waiter[] {
    if (this.pending.length === 0 || node.leader === noNode) return noWaiters;
    const dropped: Waiter[] = [];
    const pending = this.pending;
    this.pending = [];
    for (const { id, payload, deadlineNs } of pending) {
      if (deadlineNs <= nowNs) continue;
      const refused =
        payload.kind === 'entry' ? node.propose(payload.data) : node.proposeConfChange(payload.change);
      const waiter = refused === null ? undefined : this.take(id);
      if (waiter !== undefined) dropped.push(waiter);
    }
    return dropped;
  }

  /** Removes and returns who waits for the entry, if it came from here and its time is not over. */
  take(id: number): Waiter | undefined {
    const waiter = this.waiters.get(id);
    if (waiter !== undefined) this.waiters.delete(id);
    return waiter;
  }

  /** When the time of what has waited longest for a leader is over; Infinity if nothing waits. */
  get oldestDeadlineNs(): number {
    return this.pending[0]?.deadlineNs ?? Infinity;
  }

  /** Removes and returns all whose deadline has come, in the order of their proposals. */
  takeExpired(nowNs: number): readonly Waiter[] {
    // What nobody waits for any more must not pile up while there is no leader.
    if (this.pending.length > 0) this.pending = this.pending.filter(({ deadlineNs }) => deadlineNs > nowNs);
    if (this.waiters.size === 0) return noWaiters;
    const out: Waiter[] = [];
    for (const [id, waiter] of this.waiters) {
      if (waiter.ask.deadlineNs > nowNs) continue;
      this.waiters.delete(id);
      out.push(waiter);
    }
    return out;
  }
}
