import { AuthStore, type PasswordHasher, SimpleTokens, type TokenProvider } from '../auth/index.ts';
import type { Backend, ConsistentIndex } from '../backend/index.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import type { BugSwitches } from '../bugs.ts';
import { Lessor } from '../lease/index.ts';
import { MvccStore } from '../mvcc/index.ts';
import type { Snapshot } from '../raft/index.ts';
import { V2Store } from '../v2store/index.ts';
import { WatchableStore } from '../watch/index.ts';
import { Alarms } from './alarms.ts';
import type { MemberConfig } from './config.ts';
import { Membership, readMembership } from './membership/index.ts';

export interface StateParts {
  readonly consistentIndex: ConsistentIndex;
  readonly backend: Backend;
  /** What the state is built on, null for nothing. */
  readonly snapshot: Snapshot | null;
  readonly tokens: TokenProvider;
  readonly hasher: PasswordHasher;
  /** Seconds. */
  readonly minTtl: number;
}

/** The replicated state of one member, what committed entries change, and who watches it. Throws what its parts throw on damage. */
export class MemberState {
  readonly ids: NodeIdTable;
  readonly bugs: BugSwitches;
  readonly consistentIndex: ConsistentIndex;
  readonly membership: Membership;
  readonly v2 = new V2Store();
  readonly lessor: Lessor;
  readonly store: MvccStore;
  readonly auth: AuthStore;
  readonly alarms = new Alarms();
  readonly watches: WatchableStore;
  backend: Backend;
  snapshot: Snapshot | null;

  constructor(config: MemberConfig, parts: StateParts) {
    const { backend, snapshot } = parts;
    this.ids = config.ids;
    this.bugs = config.bugs;
    this.consistentIndex = parts.consistentIndex;
    this.backend = backend;
    this.snapshot = snapshot;
    this.membership = new Membership(config.ids);
    this.recoverTree();
    const { bugs, failpoint } = config;
    this.lessor = new Lessor({
      minTtl: parts.minTtl,
      checkpoints: config.leaseCheckpoints,
      checkpointIntervalMs: config.leaseCheckpointMs,
      persistCheckpoints: config.persistLeaseCheckpoints,
      bugs,
    });
    // Before the keys, which are attached to leases.
    this.lessor.recover(backend);
    this.store = MvccStore.open(backend, this.lessor, failpoint, bugs);
    this.alarms.recover(backend);
    this.auth = AuthStore.open(backend, { tokens: parts.tokens, hasher: parts.hasher, bugs });
    this.watches = new WatchableStore(this.store, {}, bugs);
    this.store.onWrite = (revision, changes) => this.watches.onWrite(revision, changes);
  }

  /** A snapshot and its backend take the place of everything (etcd: applySnapshot). */
  replace(snapshot: Snapshot, backend: Backend): void {
    this.snapshot = snapshot;
    this.backend = backend;
    this.lessor.recover(backend);
    this.store.restore(backend);
    this.watches.onRestore();
    this.alarms.recover(backend);
    this.auth.recover(backend);
    this.recoverTree();
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

export function simpleTokens(random: ConstructorParameters<typeof SimpleTokens>[0]): TokenProvider {
  return new SimpleTokens(random);
}
