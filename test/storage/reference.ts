import { Backend, Buckets, ConsistentIndex } from '../../core/backend/index.ts';
import type { NodeIdTable } from '../../core/base/node_ids.ts';
import { MvccStore } from '../../core/mvcc/index.ts';
import { type Entry, EntryType, type Snapshot, confChangeOf, isV2 } from '../../core/raft/index.ts';
import { isRequestOp, readRaftEntry } from '../../core/server/api/index.ts';
import { applyRequest } from '../../core/server/apply/index.ts';
import { BackendSink, Membership, V2Sink } from '../../core/server/membership/index.ts';
import { V2Store } from '../../core/v2store/index.ts';
import { MemoryDisk } from '../bench/memory_disk.ts';

/** Everything about a store that two of the same log must agree on: revisions, HashKV, and the digest of the present state. */
export function stateText(store: MvccStore): string {
  const { currentRevision, compactRevision, digest } = store;
  return `revision ${currentRevision} compacted ${compactRevision} hash ${store.hashKv().hash} digest ${digest}`;
}

/**
 * A log applied entry by entry, with no raft, no disk and no crash: what a member that has applied up to an index must hold. It also
 * makes the snapshots that a leader with this log would send.
 */
export class Reference {
  readonly entries: Entry[] = [];
  private readonly texts: string[] = [];
  private readonly ids: NodeIdTable;
  private readonly disk = new MemoryDisk();
  private readonly consistentIndex = new ConsistentIndex();
  private readonly backend: Backend;
  private readonly store: MvccStore;
  private readonly membership: Membership;
  private readonly v2 = new V2Store();

  constructor(ids: NodeIdTable) {
    this.ids = ids;
    this.backend = Backend.open(this.disk, 'db', { stepToken: 1, hooks: this.consistentIndex });
    this.disk.settle(this.backend);
    const tx = this.backend.lock();
    for (const bucket of Object.values(Buckets)) tx.createBucket(bucket);
    this.backend.unlock();
    this.membership = new Membership(ids);
    this.store = MvccStore.open(this.backend);
    this.texts.push(stateText(this.store));
  }

  get lastIndex(): number {
    return this.entries.length;
  }

  /** The state after the entry with this index. */
  at(index: number): string {
    const text = this.texts[index];
    if (text === undefined) throw new Error(`the log ends at ${this.lastIndex}, not at ${index}`);
    return text;
  }

  apply(entry: Entry): void {
    if (entry.index !== this.lastIndex + 1) throw new Error(`${entry.index} follows ${this.lastIndex}`);
    this.entries.push(entry);
    this.consistentIndex.stage(entry);
    if (entry.type !== EntryType.normal) this.changeMembers(entry);
    else if (entry.data.length > 0) {
      const read = readRaftEntry(entry.data);
      if (read.kind === 'v3' && isRequestOp(read.request)) {
        applyRequest(this.store, read.request);
      }
    }
    this.consistentIndex.settle();
    this.texts.push(stateText(this.store));
  }

  private changeMembers(entry: Entry): void {
    const change = confChangeOf(entry, this.ids);
    if (isV2(change)) return;
    const sinks = [new V2Sink(this.v2, this.ids), new BackendSink(this.backend.lockForApply(), this.ids)];
    this.membership.apply(change, sinks);
    this.backend.unlock();
  }

  /** The present state as a leader sends it: what goes into the `.snap` file, and the database. */
  snapshot(): { readonly snapshot: Snapshot; readonly database: Uint8Array } {
    const voters = this.membership.list().map(({ id }) => id);
    const confState = { voters, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
    const last = this.entries.at(-1);
    const metadata = { confState, index: this.lastIndex, term: last?.term ?? 0 };
    return { snapshot: { data: this.v2.save(), metadata }, database: this.backend.snapshot() };
  }
}

/** The same log up to an index, for what happened after a crash. */
export function replayed(ids: NodeIdTable, entries: readonly Entry[]): Reference {
  const reference = new Reference(ids);
  for (const entry of entries) reference.apply(entry);
  return reference;
}
