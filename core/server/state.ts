import { type Backend, ConsistentIndex } from '../backend/index.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import { MvccStore } from '../mvcc/index.ts';
import type { Snapshot } from '../raft/index.ts';
import { V2Store } from '../v2store/index.ts';
import { Membership, readMembership } from './membership/index.ts';

/** The replicated state of one member: what committed entries change. */
export class MemberState {
  readonly ids: NodeIdTable;
  readonly consistentIndex: ConsistentIndex;
  readonly store: MvccStore;
  readonly membership: Membership;
  readonly v2 = new V2Store();
  backend: Backend;
  /** What the state was built on, null for nothing. */
  snapshot: Snapshot | null;

  constructor(
    ids: NodeIdTable,
    consistentIndex: ConsistentIndex,
    backend: Backend,
    snapshot: Snapshot | null,
  ) {
    this.ids = ids;
    this.consistentIndex = consistentIndex;
    this.backend = backend;
    this.snapshot = snapshot;
    this.membership = new Membership(ids);
    this.recoverTree();
    this.store = MvccStore.open(backend);
  }

  /** A snapshot and its backend take the place of everything. */
  replace(snapshot: Snapshot, backend: Backend): void {
    this.snapshot = snapshot;
    this.backend = backend;
    this.recoverTree();
    this.store.restore(backend);
  }

  /** What a snapshot of the present state says besides its backend. */
  snapshotData(): Uint8Array {
    return this.v2.save();
  }

  private recoverTree(): void {
    if (this.snapshot === null) return;
    this.v2.recovery(this.snapshot.data);
    readMembership(this.v2, this.membership);
  }
}
