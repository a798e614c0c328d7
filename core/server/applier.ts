import { assert } from '../base/assert.ts';
import { noNode, type RequestId } from '../base/ids.ts';
import {
  type ConfState,
  type Entry,
  EntryType,
  type RawNode,
  confChangeOf,
  emptyConfState,
  isV2,
} from '../raft/index.ts';
import {
  type ClientResponse,
  type InternalRaftRequest,
  errors,
  isRequestOp,
  readRaftEntry,
} from './api/index.ts';
import { applyRequest } from './apply/index.ts';
import {
  type V2Request,
  applyV2,
  decodeV2Request,
  membershipWriteOf,
  parseAttributes,
} from '../v2store/index.ts';
import { BackendSink, type MembershipSink, V2Sink } from './membership/index.ts';
import type { MemberObserver } from './observer.ts';
import type { Waiters } from './proposals.ts';
import type { MemberState } from './state.ts';

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
  private readonly waiters: Waiters;
  private readonly respond: (request: RequestId, response: ClientResponse) => void;
  private readonly observer: MemberObserver | null;

  constructor(
    node: RawNode,
    state: MemberState,
    waiters: Waiters,
    respond: (request: RequestId, response: ClientResponse) => void,
    observer: MemberObserver | null,
  ) {
    this.node = node;
    this.state = state;
    this.waiters = waiters;
    this.respond = respond;
    this.observer = observer;
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
      const isNew = entry.index > consistentIndex.position.index;
      if (isNew) consistentIndex.stage(entry);
      if (entry.type !== EntryType.normal) this.applyConfChange(entry, isNew);
      // A new leader's first entry is empty.
      else if (entry.data.length > 0) this.applyNormal(entry, isNew);
      if (!isNew) continue;
      consistentIndex.settle();
      this.observer?.onApply(entry, store.currentRevision, store.digest);
    }
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
    if (write === null) applyV2(v2, request, 0n);
    else if (write.kind === 'clusterVersion') {
      this.withSinks(isNew, (sinks) => membership.setVersion(write.version, sinks));
    } else {
      const attributes = parseAttributes(write.json);
      const member = ids.local(write.member);
      this.withSinks(isNew, (sinks) => membership.setAttributes(member, attributes, sinks));
    }
  }

  private applyV3(entry: Entry, { header, request }: InternalRaftRequest): void {
    const waiter = this.waiters.take(header.ID);
    // A read changes nothing: only the member whose client asked needs the answer.
    if (request.kind === 'range' && waiter === undefined) return;
    const response = isRequestOp(request) ? applyRequest(this.state.store, request) : errors.notCapable;
    if (waiter === undefined) return;
    if (request.kind !== 'range' && response.kind !== 'error') {
      this.observer?.onWriteAcknowledged(entry.index, entry.term);
    }
    this.respond(waiter.request, response);
  }
}

function assertSnapshot({ snapshot }: MemberState) {
  assert(snapshot !== null, 'the state came with a snapshot');
  return snapshot;
}
