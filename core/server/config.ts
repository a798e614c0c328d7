import type { NodeId } from '../base/ids.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import { catchUpEntries, electionTicks, heartbeatIntervalMs, snapshotCount } from '../limits.ts';

/** A member as the cluster's first start knows it. */
export interface InitialMember {
  readonly id: NodeId;
  readonly name: string;
  readonly peerUrls: readonly string[];
}

export interface MemberConfig {
  readonly id: NodeId;
  readonly clusterId: bigint;
  /** Every member of the cluster at its first start, this one included. */
  readonly initialMembers: readonly InitialMember[];
  /** Serves everything that this member reads and writes, over all its starts. */
  readonly ids: NodeIdTable;
  readonly heartbeatIntervalMs: number;
  readonly electionTicks: number;
  /** A snapshot is taken when more entries than this were applied since the last (etcd --snapshot-count). */
  readonly snapshotCount: number;
  /** Entries that stay in memory behind a snapshot, for followers that lag (etcd: SnapshotCatchUpEntries). */
  readonly catchUpEntries: number;
  /**
   * True: forget the other members and go on alone with what is committed here, as after the loss of a majority (etcd
   * --force-new-cluster).
   */
  readonly forceNewCluster: boolean;
  readonly bugs: BugSwitches;
}

export const memberDefaults = {
  heartbeatIntervalMs,
  electionTicks,
  snapshotCount,
  catchUpEntries,
  forceNewCluster: false,
  bugs: noBugs,
} as const;
