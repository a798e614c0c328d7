/** Every bound and default of the core with its unit and its reason. Relations between them are asserted at the end. */
import { assert } from './base/assert.ts';

export const nsPerMs = 1_000_000;
export const nsPerSecond = 1_000_000_000;

/** etcd --heartbeat-interval: one raft tick. */
export const heartbeatIntervalMs = 100;
/** etcd --election-timeout in ticks; the randomized timeout is uniform in [electionTicks, 2 * electionTicks - 1]. */
export const electionTicks = 10;
export const heartbeatTicks = 1;

/** Largest total of entry bytes in one MsgApp (etcd: maxSizePerMsg). */
export const messageBytesMax = 1024 * 1024;
/** MsgApps a leader keeps unanswered to one follower (etcd: maxInflightMsgs = 4096 / 8). */
export const inflightMessagesMax = 512;

/** A marshalled request above this is refused before it is proposed (etcd --max-request-bytes, 1.5 MiB). */
export const requestBytesMax = 1536 * 1024;
/** Entries committed but not applied above which a member refuses requests (etcd: maxGapBetweenApplyAndCommitIndex). */
export const unappliedEntriesMax = 5000;
/** Operations of one txn, counted over nesting (etcd --max-txn-ops). */
export const txnOperationsMax = 128;
/** A request waits this long for its result: 5 s for queue and disk plus two election timeouts (etcd: ReqTimeout). */
export const requestTimeoutMs = 5000 + 2 * electionTicks * heartbeatIntervalMs;

/** A question to the leader for a linearizable read is asked again after this (etcd: readIndexRetryTime). */
export const readIndexRetryMs = 500;
/** Largest database before writes are refused (etcd --quota-backend-bytes). */
export const quotaBytes = 2 * 1024 * 1024 * 1024;
/** The leader compares the members' versions this often (etcd: monitorVersionInterval). */
export const versionCheckIntervalMs = 5000;
/** All members must have been connected for this long before the membership may be changed (etcd: HealthInterval). */
export const healthIntervalMs = 5000;
/** A member that was not heard from for this long is asked whether it is there (etcd: the streams' heartbeat, 5 s / 3). */
export const linkProbeIntervalMs = 1000;
/** A member that was not heard from for this long counts as disconnected. */
export const linkSilenceMs = 2500;
/** A learner may become a voter when it has this much of the leader's log, in percent (etcd: readyPercent). */
export const learnerReadyPercent = 90;
/** The leader lets keys of the v2 store expire this often (etcd: syncTicker). */
export const v2SyncIntervalMs = 500;
/** Revisions kept are looked at this often by automatic compaction (etcd: revInterval), in both modes. */
export const autoCompactionIntervalMs = 5 * 60 * 1000;
/** A member that was removed says goodbye for this long before it stops. */
export const removedGraceMs = 1000;

/** etcd: SegmentSizeBytes = 64 * 1000 * 1000. */
export const walSegmentBytes = 64_000_000;
/** Files that a purge leaves (etcd --max-wals, --max-snapshots). */
export const walFilesKept = 5;
export const snapshotFilesKept = 5;
/** Entries applied since the last snapshot above which a member takes the next (etcd 3.4 --snapshot-count). */
export const snapshotCount = 100_000;
/** Entries kept in memory behind a snapshot, so that a slow follower seldom needs all (etcd: SnapshotCatchUpEntries). */
export const catchUpEntries = 5000;
/** Snapshots on their way to followers at a time (etcd: maxInFlightMsgSnap). */
export const snapshotsInFlightMax = 16;
/** The log is not compacted for this long after a snapshot was sent, so that its receiver can catch up (etcd). */
export const releaseDelayAfterSnapshotMs = 30_000;
/** Files that nobody needs are removed this often (etcd: purgeFileInterval). */
export const purgeIntervalMs = 30_000;
/** The backend commits a batch this often, if there is anything in it, and as soon as it holds this many operations (etcd). */
export const batchIntervalMs = 100;
export const batchOperationsMax = 10_000;
/** Stored revisions that one step of a compaction looks at (etcd --experimental-compaction-batch-limit), and the pause between steps. */
export const compactionBatchLimit = 1000;
export const compactionPauseMs = 10;
/** Hashes of the latest compactions that a member keeps, so that members can be compared at them (etcd: hashStorageMaxSize). */
export const compactionHashesKept = 10;
/** Memory for decoded pairs, so that reads of what is in use do not decode: about 300,000 small pairs. */
export const pairCacheBytesMax = 64 * 1024 * 1024;
/** WAL frames are padded to 8 bytes so that a length field never straddles a sector. */
export const walFrameAlignmentBytes = 8;
/** What a disk writes whole or not at all. */
export const sectorBytes = 512;

/** Longest time to live of a lease (etcd: MaxLeaseTTL). */
export const leaseTtlSecondsMax = 9_000_000_000;
/** The primary looks for expired leases and due checkpoints this often (etcd: runLoop). */
export const leaseCheckIntervalMs = 500;
/** Leases revoked per second at most; each check hands out its part (etcd: leaseRevokeRate). */
export const leaseRevokesPerSecond = 1000;
/** An expired lease that is still there is handed out again after this time (etcd: defaultExpiredleaseRetryInterval). */
export const leaseRevokeRetryMs = 3000;
/** Revokes that a member has under way at a time (etcd: maxPendingRevokes). */
export const leaseRevokesPendingMax = 16;
/** The time left of long leases is written into the log this often, if checkpoints are on (etcd). */
export const leaseCheckpointIntervalMs = 5 * 60 * 1000;
/** Checkpoints in one raft entry (etcd: maxLeaseCheckpointBatchSize). */
export const leaseCheckpointBatchMax = 1000;
/** A leader that did not tick for this many intervals makes sure that it still leads before it touches leases (etcd 3.6). */
export const leaseStalledTicks = 3;

/** Answers that wait in a watch stream for the client's connection (etcd: chanBufLen, ctrlStreamBufLen). */
export const watchChannelSlots = 128;
export const watchControlSlots = 16;
/** Watchers that one round brings up to date, and revisions that one of them gets in it (etcd). */
export const watchersPerSync = 512;
export const watchBatchRevisionsMax = 1000;
/** Watchers that lag are served this often, and those whose channel was full this often (etcd). */
export const watchSyncIntervalMs = 100;
export const watchVictimIntervalMs = 10;
/** A silent watcher that asked for it is told its revision this often, up to a tenth later (etcd). */
export const watchProgressIntervalMs = 10 * 60 * 1000;
/** Answers above this are split for clients that understand it: the largest request and gRPC's overhead (etcd). */
export const watchResponseBytesMax = requestBytesMax + 512 * 1024;

/** Learners in a cluster at a time (etcd: maxLearners). */
export const learnersMax = 1;

/** A client that is sent away by a quorum of the members in a row waits this long, and up to a tenth more (etcd: clientv3). */
export const clientRetryMs = 25;
/** A watch stream that breaks is opened again after the first, then twice that, up to the second (etcd: clientv3). */
export const watchReopenMinMs = 1;
export const watchReopenMaxMs = 100;
/** Answers of a watch stream that may be on their way to a client that has not said that it took them. */
export const watchWindow = 32;
/** A lease whose renewal failed is renewed again after this, while it may still be there (etcd: retryConnWait). */
export const keepAliveRetryMs = 500;

/** Bounds of what a person may ask a simulation for. */
export const membersMax = 51;
export const clientsMax = 200;
export const durationMsMax = 24 * 60 * 60 * 1000;

assert(heartbeatTicks < electionTicks, 'a follower must see several heartbeats per election timeout');
assert(
  requestTimeoutMs > 2 * electionTicks * heartbeatIntervalMs,
  'a request must outlive one failed election',
);
assert(catchUpEntries < snapshotCount, 'a snapshot leaves something to compact');
assert(walSegmentBytes % walFrameAlignmentBytes === 0, 'a segment ends on a frame boundary');
assert(messageBytesMax < walSegmentBytes, 'one append fits into a segment');
assert(
  (leaseRevokesPerSecond * leaseCheckIntervalMs) % 1000 === 0,
  'a check hands out a whole number of leases',
);
assert(
  leaseTtlSecondsMax * 1000 < Number.MAX_SAFE_INTEGER / 2,
  'expiries in milliseconds stay exact integers',
);
assert(messageBytesMax < watchResponseBytesMax, 'a watch answer holds any single event');
assert(linkSilenceMs > 2 * linkProbeIntervalMs, 'one lost probe breaks no link');
assert(linkSilenceMs < healthIntervalMs, 'who was healthy just now was connected all the time');
assert(durationMsMax * nsPerMs < Number.MAX_SAFE_INTEGER, 'virtual time stays an exact integer');
