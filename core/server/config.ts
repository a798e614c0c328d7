import type { NodeId } from '../base/ids.ts';
import type { NodeIdTable } from '../base/node_ids.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import {
  catchUpEntries,
  compactionBatchLimit,
  electionTicks,
  heartbeatIntervalMs,
  leaseCheckpointIntervalMs,
  quotaBytes,
  snapshotCount,
  walSegmentBytes,
} from '../limits.ts';
import { type Failpoint, noFailpoint } from '../base/failpoint.ts';
import type { FailpointSite } from './failpoints.ts';
import type { AutoCompaction } from './services/compactor.ts';

/** A member as the cluster's first start knows it. */
export interface InitialMember {
  readonly id: NodeId;
  readonly name: string;
  readonly peerUrls: readonly string[];
}

export interface MemberConfig {
  readonly id: NodeId;
  readonly name: string;
  /** Where clients find this member; it tells the others. */
  readonly clientUrls: readonly string[];
  readonly clusterId: bigint;
  /** Every member of the cluster at its first start, this one included. */
  readonly initialMembers: readonly InitialMember[];
  /** True: the cluster is there already, and has added this member; it learns everything from the others. */
  readonly joins: boolean;
  /** The id for a member that is added with these addresses; as in etcd, never the same twice. */
  readonly newMemberId: (peerUrls: readonly string[], wallNs: bigint) => bigint;
  /** Serves everything that this member reads and writes, over all its starts. */
  readonly ids: NodeIdTable;
  readonly heartbeatIntervalMs: number;
  readonly electionTicks: number;
  /** Ask whether an election could be won before the term is raised (etcd --pre-vote). */
  readonly preVote: boolean;
  /** A snapshot is taken when more entries than this were applied since the last (etcd --snapshot-count). */
  readonly snapshotCount: number;
  /** Entries that stay in memory behind a snapshot, for followers that lag (etcd: SnapshotCatchUpEntries). */
  readonly catchUpEntries: number;
  /** Bytes of entries in one append, and of committed entries that are applied in one go; absent: etcd's (maxSizePerMsg). */
  readonly messageBytesMax?: number;
  /** A file of the log that has grown to this size is followed by a new one (etcd: SegmentSizeBytes). */
  readonly walSegmentBytes: number;
  /**
   * True: forget the other members and go on alone with what is committed here, as after the loss of a majority (etcd
   * --force-new-cluster).
   */
  readonly forceNewCluster: boolean;
  /** Database size above which writes are refused (etcd --quota-backend-bytes). */
  readonly quotaBytes: number;
  readonly autoCompaction: AutoCompaction;
  /** Stored revisions that one step of a compaction looks at (etcd --experimental-compaction-batch-limit). */
  readonly compactionBatchLimit: number;
  /** Refuse changes of the membership that could cost the quorum (etcd --strict-reconfig-check). */
  readonly strictReconfiguration: boolean;
  /** Write the time left of long leases into the log (etcd --experimental-enable-lease-checkpoint). */
  readonly leaseCheckpoints: boolean;
  /** How often, with `leaseCheckpoints` (etcd: the lessor's checkpoint interval). */
  readonly leaseCheckpointMs: number;
  /** What checkpoints say survives a restart (etcd --experimental-enable-lease-checkpoint-persist). */
  readonly persistLeaseCheckpoints: boolean;
  /** The leader compares the members' data this often; 0: never (etcd --experimental-corrupt-check-time). */
  readonly corruptCheckMs: number;
  readonly bugs: BugSwitches;
  /** Called at each place of `failpointSites` that the member passes. */
  readonly failpoint: Failpoint<FailpointSite>;
}

export const memberDefaults = {
  heartbeatIntervalMs,
  electionTicks,
  preVote: true,
  snapshotCount,
  catchUpEntries,
  walSegmentBytes,
  forceNewCluster: false,
  joins: false,
  quotaBytes,
  autoCompaction: { mode: 'off' },
  compactionBatchLimit,
  strictReconfiguration: true,
  leaseCheckpoints: false,
  leaseCheckpointMs: leaseCheckpointIntervalMs,
  persistLeaseCheckpoints: false,
  corruptCheckMs: 0,
  bugs: noBugs,
  failpoint: noFailpoint,
} as const;
