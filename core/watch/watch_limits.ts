import {
  watchBatchRevisionsMax,
  watchChannelSlots,
  watchControlSlots,
  watchersPerSync,
  watchProgressIntervalMs,
  watchResponseBytesMax,
} from '../limits.ts';

/** The bounds of watching; smaller ones bring out sooner what happens at them. */
export interface WatchLimits {
  /** Answers that wait in a stream's channel, shared by its watchers. */
  readonly channelSlots: number;
  /** Answers to the client's own requests that wait beside them. */
  readonly controlSlots: number;
  /** Watchers that one round brings up to date. */
  readonly watchersPerSync: number;
  /** Revisions that a watcher gets in one round. */
  readonly batchRevisionsMax: number;
  readonly progressIntervalMs: number;
  /** Answers above this are split for clients that asked for fragments. */
  readonly responseBytesMax: number;
}

/** etcd's. */
export const watchLimits: WatchLimits = {
  channelSlots: watchChannelSlots,
  controlSlots: watchControlSlots,
  watchersPerSync,
  batchRevisionsMax: watchBatchRevisionsMax,
  progressIntervalMs: watchProgressIntervalMs,
  responseBytesMax: watchResponseBytesMax,
};
