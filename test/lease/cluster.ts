import { expect } from 'vitest';
import type { Backend } from '../../core/backend/index.ts';
import { fromText } from '../../core/base/bytes.ts';
import { Lessor, type LessorOptions, type PendingRenewal } from '../../core/lease/index.ts';
import { nsPerMs, nsPerSecond } from '../../core/limits.ts';
import { MvccStore, type LeaseId } from '../../core/mvcc/index.ts';
import { memoryBackend } from './memory_backend.ts';

export const electionNs = nsPerSecond;

export type Entry =
  | { readonly kind: 'grant'; readonly id: LeaseId; readonly ttl: number }
  | { readonly kind: 'put'; readonly key: string; readonly lease: LeaseId }
  | { readonly kind: 'revoke'; readonly id: LeaseId; readonly takenNs: number | null }
  | {
      readonly kind: 'checkpoint';
      readonly id: LeaseId;
      readonly seconds: number;
      /** The renewal that waits for it at the leader. */
      readonly renewal: PendingRenewal | null;
    };

/** A member: what its log made of its lessor and its store. Its clock has an origin of its own. */
export class LeaseMember {
  private readonly options: LessorOptions;
  readonly clockOffsetNs: number;
  lessor: Lessor;
  store: MvccStore;
  private backend: Backend = memoryBackend();
  applied = 0;

  constructor(options: LessorOptions, clockOffsetNs: number) {
    this.options = options;
    this.clockOffsetNs = clockOffsetNs;
    [this.lessor, this.store] = this.opened();
  }

  private opened(): [Lessor, MvccStore] {
    const lessor = new Lessor(this.options);
    lessor.recover(this.backend);
    return [lessor, MvccStore.open(this.backend, lessor)];
  }

  restart(): void {
    [this.lessor, this.store] = this.opened();
  }

  /** The backend of another member that applied the same takes the place of this one's. */
  receive(sender: LeaseMember): void {
    this.backend = sender.backend;
    this.applied = sender.applied;
    this.lessor.recover(this.backend);
    this.store.restore(this.backend);
  }

  apply(entry: Entry, nowNs: number): boolean {
    this.applied++;
    if (entry.kind === 'grant') return typeof this.lessor.grant(entry.id, entry.ttl, nowNs) === 'object';
    if (entry.kind === 'revoke') return this.lessor.revoke(entry.id, this.store) === null;
    if (entry.kind === 'checkpoint') {
      this.lessor.checkpoint({ ID: entry.id, remaining_TTL: entry.seconds }, nowNs);
      return true;
    }
    if (!this.lessor.has(entry.lease)) return false;
    const txn = this.store.write();
    txn.put(fromText(entry.key), fromText('v'), entry.lease);
    txn.end();
    return true;
  }

  /** What all members that applied the same must have. */
  state(): string {
    const leases = this.lessor
      .list()
      .map(({ id, ttl, keys }) => `${id} ${ttl} ${[...keys].toSorted((a, b) => (a < b ? -1 : 1)).join(',')}`)
      .toSorted((a, b) => (a < b ? -1 : 1));
    return [`${this.store.currentRevision} ${this.store.digest}`, ...leases].join('\n');
  }
}

/** A cluster with a perfect log, and the promises it gave to its clients. */
export class LeaseCluster {
  readonly members: readonly LeaseMember[];
  private readonly options: LessorOptions;
  private readonly log: Entry[] = [];
  private proposals: Entry[] = [];
  private leader: LeaseMember;
  nowNs = 0;
  private lastId = 0n;
  /** No lease may be expired before this time: what the last acknowledged grant or renewal promised. */
  private readonly promisedNs = new Map<LeaseId, number>();
  readonly seen = { expired: 0, renewed: 0, renewedLate: 0, refused: 0, checkpoints: 0 };

  constructor(options: LessorOptions) {
    this.options = options;
    this.members = [0, 17, 1_000_000].map((ms) => new LeaseMember(options, ms * nsPerMs));
    this.leader = this.members[0] as LeaseMember;
    this.leader.lessor.promote(this.clock(this.leader), 0);
  }

  private clock(member: LeaseMember): number {
    return this.nowNs + member.clockOffsetNs;
  }

  get liveLeases(): number {
    return this.leader.lessor.list().length;
  }

  // --- clients

  grant(ttl: number): void {
    this.lastId++;
    this.proposals.push({ kind: 'grant', id: this.lastId, ttl });
  }

  /** A lease by its age, youngest first. */
  private lease(back: number): LeaseId {
    return this.lastId - BigInt(back);
  }

  put(key: string, back: number): void {
    this.proposals.push({ kind: 'put', key, lease: this.lease(back) });
  }

  revoke(back: number): void {
    this.proposals.push({ kind: 'revoke', id: this.lease(back), takenNs: null });
  }

  renew(back: number): void {
    const id = this.lease(back);
    const { lessor } = this.leader;
    const result = lessor.renew(id, this.clock(this.leader));
    if (result.kind === 'renewed') {
      this.seen.renewed++;
      this.promise(id, result.ttl);
    } else if (result.kind === 'checkpoint') {
      this.proposals.push({ kind: 'checkpoint', id, seconds: 0, renewal: result.pending });
    } else {
      this.seen.refused++;
      expect(result.kind).toBe(lessor.has(id) ? 'expired' : 'not-found');
    }
  }

  private promise(id: LeaseId, seconds: number): void {
    this.promisedNs.set(id, this.nowNs + seconds * nsPerSecond);
  }

  // --- the leader

  advance(ns: number): void {
    this.nowNs += ns;
  }

  check(): void {
    const { lessor } = this.leader;
    for (const id of lessor.takeExpired(this.clock(this.leader))) {
      this.proposals.push({ kind: 'revoke', id, takenNs: this.nowNs });
    }
    for (const { ID, remaining_TTL } of lessor.takeCheckpoints(this.clock(this.leader))) {
      this.seen.checkpoints++;
      this.proposals.push({ kind: 'checkpoint', id: ID, seconds: remaining_TTL, renewal: null });
    }
  }

  commit(count: number): void {
    for (const entry of this.proposals.splice(0, count)) {
      this.log.push(entry);
      this.applyAtLeader(entry);
    }
  }

  private applyAtLeader(entry: Entry): void {
    const done = this.leader.apply(entry, this.clock(this.leader));
    if (!done) return;
    if (entry.kind === 'grant') this.promise(entry.id, Math.max(entry.ttl, this.options.minTtl));
    if (entry.kind === 'revoke' && entry.takenNs !== null) {
      this.seen.expired++;
      expect(entry.takenNs, `lease ${entry.id} expired early`).toBeGreaterThanOrEqual(
        this.promisedNs.get(entry.id) ?? 0,
      );
    }
    if (entry.kind === 'checkpoint' && entry.renewal !== null) this.finish(entry.renewal);
  }

  private finish(pending: PendingRenewal): void {
    const result = this.leader.lessor.finishRenewal(pending, this.clock(this.leader));
    const { id } = pending.lease;
    if (result.kind === 'checkpoint') {
      this.proposals.push({ kind: 'checkpoint', id, seconds: 0, renewal: result.pending });
    } else if (result.kind === 'renewed') {
      this.seen.renewedLate++;
      this.promise(id, result.ttl);
    }
  }

  /** Brings a member up to date with the leader, entry by entry. */
  catchUp(index: number): void {
    const member = this.members[index] as LeaseMember;
    for (const entry of this.log.slice(member.applied)) member.apply(entry, this.clock(member));
  }

  /** Part of the old leader's proposals get through before, the rest is lost; nobody leads for a while. */
  elect(index: number, committed: number, downNs: number): void {
    this.commit(committed);
    this.proposals = [];
    this.leader.lessor.demote();
    this.advance(downNs);
    this.catchUp(index);
    this.leader = this.members[index] as LeaseMember;
    this.leader.lessor.promote(this.clock(this.leader), electionNs);
  }

  restart(index: number): void {
    const member = this.members[index] as LeaseMember;
    if (member !== this.leader) member.restart();
  }

  /** A follower gets the state of a member that applied everything. */
  snapshot(index: number): void {
    const member = this.members[index] as LeaseMember;
    if (member === this.leader) return;
    const sender = new LeaseMember(this.options, member.clockOffsetNs);
    for (const entry of this.log) sender.apply(entry, 0);
    member.receive(sender);
  }

  agree(): void {
    for (const index of this.members.keys()) this.catchUp(index);
    for (const member of this.members) expect(member.state()).toBe(this.leader.state());
  }
}
