import type { ClusterMember } from './membership/index.ts';
import type { Entry } from '../raft/index.ts';

/**
 * Told what a member did, while it does it. For traces and invariants: nothing in the member depends on an observer, and an
 * observer must not call back into the member.
 */
export interface MemberObserver {
  /** Entries entered the member's log (its memory and the WAL's page cache), behind an entry of `previousTerm`. */
  onAppend(entries: readonly Entry[], previousTerm: number): void;
  /** An entry was applied; `revision` and `digest` are the store's afterwards. */
  onApply(entry: Entry, revision: number, digest: number): void;
  /** A client is being told that its write, the entry (index, term), succeeded. */
  onWriteAcknowledged(index: number, term: number): void;
  /** A snapshot of the state after the entry (index, term) is durable, and the log may begin behind it. */
  onSnapshotSaved(index: number, term: number): void;
  /** A snapshot from the leader has replaced the state; `revision` and `digest` are the store's now. */
  onSnapshotInstalled(index: number, term: number, revision: number, digest: number): void;
  /**
   * Who is in the cluster after the entry at `index`, as far as this member has applied. `isChange`: that entry is a change of the
   * membership; else a snapshot of it was installed.
   */
  onMembers?(members: readonly ClusterMember[], index: number, isChange: boolean): void;
  /** The member has read its disk and takes part from now on. */
  onRecovered(facts: RecoveryFacts): void;
  /** The member can't go on (a disk error): it stops, as etcd does. */
  onFailed(reason: string): void;
}

export interface RecoveryFacts {
  readonly term: number;
  readonly vote: number;
  readonly commitIndex: number;
  /** Where the log that was found begins: the entry (0, 0), or the one that its snapshot covers last. */
  readonly snapshotIndex: number;
  readonly snapshotTerm: number;
  /** The snapshot's backend was beside the old one and took its place only now. */
  readonly backendReplaced: boolean;
  /** Index of the last entry whose effects the backend held. */
  readonly consistentIndex: number;
  readonly entries: readonly Entry[];
  /** The members that the snapshot names; none without one. */
  readonly members: readonly ClusterMember[];
  /** Bytes of a torn tail that the WAL's repair cut off. */
  readonly cutBytes: number;
}
