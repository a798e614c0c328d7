import { assert } from '../base/assert.ts';
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
import { growthBytes } from './apply/quota.ts';
import { applyV3 } from './apply/v3.ts';
import {
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
import type { Proposer, Waiter } from './proposals.ts';
import type { MemberState } from './state.ts';

/** Who hears of what was applied. */
export interface ApplierHost {
  /** Somebody here waited for the entry. */
  onResult(waiter: Waiter, response: ClientResponse): void;
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
    const start = state.snapshot?.metadata;
    this.appliedIndex = start?.index ?? 0;
    this.appliedTerm = start?.term ?? 0;
    this.confState = start?.confState ?? emptyConfState;
  }

  apply(entries: readonly Entry[]): void {
    const { consistentIndex, store } = this.state;
    for (const entry of entries) {
      assert(
        entry.index === this.appliedIndex + 1,
        `applying entry ${entry.index} after ${this.appliedIndex}`,
      );
      this.appliedIndex = entry.index;
      this.appliedTerm = entry.term;
      const { position } = consistentIndex;
      const isNew = entry.index > position.index;
      if (isNew) consistentIndex.stage(entry);
      else if (this.isOwn(entry)) throw lostEntries(entry, position);
      this.failpoint(
        entry.type === EntryType.normal ? 'beforeApplyOneEntryNormal' : 'beforeApplyOneConfChange',
      );
      if (entry.type !== EntryType.normal) this.applyConfChange(entry, isNew);
      else if (entry.data.length > 0) this.applyNormal(entry, isNew);
      else this.host.onTermOpened(entry.term);
      if (!isNew) continue;
      consistentIndex.settle();
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
    this.observer?.onMembers?.(membership.list(), entry.index);
    this.host.onConfChange(this.proposer.take(change.id), change, refused);
  }

  private withSinks(isNew: boolean, change: (sinks: readonly MembershipSink[]) => void): void {
    const { backend, ids, v2 } = this.state;
    const tree = new V2Sink(v2, ids);
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
    if (write === null) applyV2(v2, request, this.clock.wallNs());
    else if (write.kind === 'clusterVersion') {
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
    let response = applyV3(state, header, request, at);
    if (request.kind === 'lease_revoke') host.onLeaseRevoked(request.lease_revoke.ID);
    if (!fits && response.kind !== 'error') {
      // It is done here as on every member, whatever their sizes; but nothing more is to come (etcd: quotaApplierV3).
      response = errors.noSpace;
      if (!state.alarms.has('NOSPACE')) host.onQuotaExceeded();
    }
    if (waiter === undefined) return;
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

function assertSnapshot({ snapshot }: MemberState) {
  assert(snapshot !== null, 'the state came with a snapshot');
  return snapshot;
}
