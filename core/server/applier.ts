import { assert } from '../base/assert.ts';
import type { RequestId } from '../base/ids.ts';
import type { MvccStore } from '../mvcc/index.ts';
import { type Entry, EntryType, type RawNode, decodeConfChange, decodeConfChangeV2 } from '../raft/index.ts';
import { type ClientResponse, type InternalRaftRequest, decodeRaftRequest } from './api/index.ts';
import { applyRequest } from './apply/index.ts';
import type { MemberObserver } from './observer.ts';
import type { Waiters } from './proposals.ts';

/** Applies committed entries in log order and answers the requests that waited for them here. */
export class Applier {
  /** Index of the last applied entry. The state is rebuilt from the log's first entry at every start. */
  appliedIndex = 0;
  private readonly node: RawNode;
  private readonly store: MvccStore;
  private readonly waiters: Waiters;
  private readonly respond: (request: RequestId, response: ClientResponse) => void;
  private readonly observer: MemberObserver | null;

  constructor(
    node: RawNode,
    store: MvccStore,
    waiters: Waiters,
    respond: (request: RequestId, response: ClientResponse) => void,
    observer: MemberObserver | null,
  ) {
    this.node = node;
    this.store = store;
    this.waiters = waiters;
    this.respond = respond;
    this.observer = observer;
  }

  apply(entries: readonly Entry[]): void {
    for (const entry of entries) {
      assert(
        entry.index === this.appliedIndex + 1,
        `applying entry ${entry.index} after ${this.appliedIndex}`,
      );
      this.appliedIndex = entry.index;
      if (entry.type === EntryType.confChange) this.node.applyConfChange(decodeConfChange(entry.data));
      else if (entry.type === EntryType.confChangeV2)
        this.node.applyConfChange(decodeConfChangeV2(entry.data));
      // A new leader's first entry is empty.
      else if (entry.data.length > 0) this.applyNormal(entry);
      this.observer?.onApply(entry, this.store.currentRevision, this.store.digest);
    }
  }

  private applyNormal(entry: Entry): void {
    const { header, request }: InternalRaftRequest = decodeRaftRequest(entry.data);
    const waiter = this.waiters.take(header.ID);
    // A read changes nothing: only the member whose client asked needs the answer.
    if (request.kind === 'range' && waiter === undefined) return;
    const response = applyRequest(this.store, request);
    if (waiter === undefined) return;
    if (request.kind !== 'range' && response.kind !== 'error') {
      this.observer?.onWriteAcknowledged(entry.index, entry.term);
    }
    this.respond(waiter.request, response);
  }
}
