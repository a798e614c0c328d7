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

/** etcd: SegmentSizeBytes = 64 * 1000 * 1000. */
export const walSegmentBytes = 64_000_000;
/** Files that a purge leaves (etcd --max-wals, --max-snapshots). */
export const walFilesKept = 5;
export const snapshotFilesKept = 5;
/** The backend commits a batch this often, if there is anything in it, and as soon as it holds this many operations (etcd). */
export const batchIntervalMs = 100;
export const batchOperationsMax = 10_000;
/** WAL frames are padded to 8 bytes so that a length field never straddles a sector. */
export const walFrameAlignmentBytes = 8;
/** What a disk writes whole or not at all. */
export const sectorBytes = 512;

/** Bounds of what a person may ask a simulation for. */
export const membersMax = 51;
export const clientsMax = 200;
export const durationMsMax = 24 * 60 * 60 * 1000;

assert(heartbeatTicks < electionTicks, 'a follower must see several heartbeats per election timeout');
assert(
  requestTimeoutMs > 2 * electionTicks * heartbeatIntervalMs,
  'a request must outlive one failed election',
);
assert(walSegmentBytes % walFrameAlignmentBytes === 0, 'a segment ends on a frame boundary');
assert(messageBytesMax < walSegmentBytes, 'one append fits into a segment');
assert(durationMsMax * nsPerMs < Number.MAX_SAFE_INTEGER, 'virtual time stays an exact integer');
