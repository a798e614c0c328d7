import { AssertionError, assert } from '../base/assert.ts';
import type { Failpoint } from '../base/failpoint.ts';
import { noNode } from '../base/ids.ts';
import type { LeaseId } from '../mvcc/index.ts';
import type { Clock } from '../ports.ts';
import {
  type ConfChange,
  type ConfState,
  type Entry,
  EntryType,
  type RawNode,
  confChangeOf,
  emptyConfState,
  isV2,
} from '../raft/index.ts';
import { type ClientResponse, type InternalRaftRequest, errors, readRaftEntry } from './api/index.ts';
import { isAuthRequest } from './apply/auth_operations.ts';
import { growthBytes } from './apply/quota.ts';
import { withoutReads } from './apply/read_only.ts';
import { applyV3 } from './apply/v3.ts';
import {
  type AppliedV2,
  type V2Request,
  applyV2,
  decodeV2Request,
  membershipWriteOf,
  parseAttributes,
} from '../v2store/index.ts';
import type { AppliedPosition } from '../backend/index.ts';
import { WalError } from '../wal/index.ts';
import { walDirectory } from './paths.ts';
import { BackendSink, type MembershipError, type MembershipSink, V2Sink } from './membership/index.ts';
import type { FailpointSite } from './failpoints.ts';
import type { MemberObserver } from './observer.ts';
import type { Proposer, V3Waiter, Waiter } from './proposals.ts';
import type { V2Ask } from './requests/ask.ts';
import type { MemberState } from './state.ts';

/** Who hears of what was applied. */
export interface ApplierHost {
  /** Somebody here waited for the entry. */
  onResult(waiter: V3Waiter, response: ClientResponse): void;
  /** The same for a request of the v2 API. */
  onV2Result(ask: V2Ask, applied: AppliedV2): void;
  /** A conf change was made, or refused, that somebody here may have asked for. */
  onConfChange(waiter: Waiter | undefined, change: ConfChange, refused: MembershipError | null): void;
  /** The first entry of a leader's term, an empty one, is applied: if it is this member's, its leadership counts from now. */
  onTermOpened(term: number): void;
  /** A put or a lease was applied that does not fit the quota. */
  onQuotaExceeded(): void;
  onLeaseRevoked(lease: LeaseId): void;
}

/**
 * Applies committed entries in log order and answers the requests that waited for them here. The backend may be ahead of the log
 * after a restart: what it holds already is not done again (its consistent index says up to where), but what only memory knows
 * (raft's configuration, the membership, the v2 store) follows every entry.
 */
export class Applier {
  /** Index and term of the last applied entry. */
  appliedIndex: number;
  appliedTerm: number;
  /** The configuration as of that entry. */
  confState: ConfState;
  private readonly node: RawNode;
  private readonly state: MemberState;
  private readonly proposer: Proposer;
  private readonly clock: Clock;
  private readonly quotaBytes: number;
  private readonly host: ApplierHost;
  private readonly observer: MemberObserver | null;
  private readonly failpoint: Failpoint<FailpointSite>;
  /** Only with the planted bug: a change of auth is saved without the position that it was made at (etcd issue 11651). */
  private readonly forgetsPlace: boolean;

  constructor(parts: {
    readonly node: RawNode;
    readonly state: MemberState;
    readonly proposer: Proposer;
    readonly clock: Clock;
    readonly quotaBytes: number;
    readonly host: ApplierHost;
    readonly observer: MemberObserver | null;
    readonly failpoint: Failpoint<FailpointSite>;
  }) {
    const { state } = parts;
    this.node = parts.node;
    this.state = state;
    this.proposer = parts.proposer;
    this.clock = parts.clock;
    this.quotaBytes = parts.quotaBytes;
    this.host = parts.host;
    this.observer = parts.observer;
    this.failpoint = parts.failpoint;
    this.forgetsPlace = state.bugs.has('auth-applied-twice');
    const start = state.snapshot?.metadata;
    this.appliedIndex = start?.index ?? 0;
    this.appliedTerm = start?.term ?? 0;
    this.confState = start?.confState ?? emptyConfState;
  }

  apply(entries: readonly Entry[]): void {
    const { consistentIndex, store, bugs } = this.state;
    const { position } = consistentIndex;
    const countedEarly = bugs.has('index-before-data') ? entries.at(-1) : undefined;
    for (const entry of entries) {
      if (entry.index !== this.appliedIndex + 1)
        throw new AssertionError(`applying entry ${entry.index} after ${this.appliedIndex}`);
      this.appliedIndex = entry.index;
      this.appliedTerm = entry.term;
      const isNew = entry.index > position.index;
      if (isNew) consistentIndex.stage(countedEarly ?? entry);
      else if (this.isOwn(entry)) throw lostEntries(entry, position);
      if (countedEarly !== undefined) consistentIndex.settle();
      this.failpoint(
        entry.type === EntryType.normal ? 'beforeApplyOneEntryNormal' : 'beforeApplyOneConfChange',
      );
      if (entry.type !== EntryType.normal) this.applyConfChange(entry, isNew);
      else if (entry.data.length > 0) this.applyNormal(entry, isNew);
      else this.host.onTermOpened(entry.term);
      if (!isNew) continue;
      if (!this.forgetsPlace || !isAuthChange(entry)) consistentIndex.settle();
      this.observer?.onApply(entry, store.currentRevision, store.digest);
    }
  }

  /** What a leader has in its own term it has proposed since its start: the backend can't have applied that before. */
  private isOwn(entry: Entry): boolean {
    return this.node.role === 'leader' && entry.term === this.node.term;
  }

  /** A snapshot has replaced the state. */
  restart(): void {
    const { metadata } = assertSnapshot(this.state);
    this.appliedIndex = metadata.index;
    this.appliedTerm = metadata.term;
    this.confState = metadata.confState;
  }

  private applyConfChange(entry: Entry, isNew: boolean): void {
    const { membership, ids } = this.state;
    const change = confChangeOf(entry, ids);
    if (isV2(change)) {
      this.confState = this.node.applyConfChange(change);
      return;
    }
    const refused = membership.check(change);
    // Raft is told of a change that can't be made as one of nobody, because it waits for it (etcd).
    this.confState = this.node.applyConfChange(refused === null ? change : { ...change, nodeId: noNode });
    if (refused === null) this.withSinks(isNew, (sinks) => membership.apply(change, sinks));
    this.observer?.onMembers?.(membership.list(), entry.index, true);
    this.host.onConfChange(this.proposer.take(change.id), change, refused);
  }

  private withSinks(isNew: boolean, change: (sinks: readonly MembershipSink[]) => void): void {
    const { backend, ids, v2, bugs } = this.state;
    const tree = new V2Sink(v2, ids, bugs);
    if (!isNew) {
      change([tree]);
      return;
    }
    change([tree, new BackendSink(backend.lockForApply(), ids)]);
    backend.unlock();
  }

  private applyNormal(entry: Entry, isNew: boolean): void {
    const read = readRaftEntry(entry.data);
    if (read.kind === 'v2') this.applyV2(decodeV2Request(read.bytes), isNew);
    else if (isNew && read.kind === 'v3') this.applyV3(entry, read);
  }

  private applyV2(request: V2Request, isNew: boolean): void {
    const { membership, v2, ids } = this.state;
    const write = membershipWriteOf(request);
    if (write === null) {
      const applied = applyV2(v2, request, this.clock.wallNs());
      const waiter = this.proposer.take(Number(request.id));
      if (waiter?.kind === 'v2') this.host.onV2Result(waiter.ask, applied);
    } else if (write.kind === 'clusterVersion') {
      this.withSinks(isNew, (sinks) => membership.setVersion(write.version, sinks));
    } else {
      const attributes = parseAttributes(write.json);
      const member = ids.local(write.member);
      this.withSinks(isNew, (sinks) => membership.setAttributes(member, attributes, sinks));
    }
  }

  private applyV3(entry: Entry, { header, request }: InternalRaftRequest): void {
    const { state, host } = this;
    const waiter = this.proposer.take(header.ID);
    // A read changes nothing: only the member whose client asked needs the answer.
    if (request.kind === 'range' && waiter === undefined) return;
    const growth = growthBytes(request);
    const fits = growth === 0 || state.backend.sizeBytes + growth < this.quotaBytes;
    const at = { index: entry.index, nowNs: this.clock.nowNs() };
    // With the planted bugs a member does not do the same as all others.
    const refuses = !fits && state.bugs.has('quota-refuses-at-apply');
    const skips = waiter === undefined && state.bugs.has('txn-reads-skipped');
    const done = skips && request.kind === 'txn' ? withoutReads(request) : request;
    let response = refuses ? errors.noSpace : applyV3(state, header, done, at);
    if (request.kind === 'lease_revoke') host.onLeaseRevoked(request.lease_revoke.ID);
    if (!fits && (refuses || response.kind !== 'error')) {
      // It is done here as on every member, whatever their sizes; but nothing more is to come (etcd: quotaApplierV3).
      response = errors.noSpace;
      if (!state.alarms.has('NOSPACE')) host.onQuotaExceeded();
    }
    if (waiter === undefined || waiter.kind === 'v2') return;
    if (response.kind !== 'error') this.observer?.onWriteAcknowledged(entry.index, entry.term);
    host.onResult(waiter, response);
  }
}

/**
 * The log was shortened below what the backend has applied. Going on would leave this entry out of the state without a word.
 */
function lostEntries(entry: Entry, applied: AppliedPosition): WalError {
  const expected = `entries up to ${applied.index}, which the backend has applied`;
  return new WalError('gap', walDirectory, 0, expected, `an end below ${entry.index}`);
}

function isAuthChange({ type, data }: Entry): boolean {
  if (type !== EntryType.normal || data.length === 0) return false;
  const read = readRaftEntry(data);
  return read.kind === 'v3' && isAuthRequest(read.request);
}

function assertSnapshot({ snapshot }: MemberState) {
  assert(snapshot !== null, 'the state came with a snapshot');
  return snapshot;
}
