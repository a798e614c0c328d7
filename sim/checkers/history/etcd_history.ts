import type { EtcdOperation, EtcdRequest, Pair } from './etcd_operation.ts';

/** All that was recorded of a run from the outside, and what its members' disks said afterwards. */
export interface EtcdHistory {
  readonly operations: readonly EtcdOperation[];
  readonly watches: readonly WatchRecord[];
  /** What the members' WALs hold in the end. Absent: nobody looked. */
  readonly persisted?: readonly PersistedEntry[];
  /** Absent: the members' clocks ran as they should. */
  readonly clocks?: ClockBound;
}

/** How fast and how slow a member's clock may have run, in parts per million; a million slow: it stood still. */
export interface ClockBound {
  readonly fastPpm: number;
  readonly slowPpm: number;
}

/** A request found in a WAL, and the revision it was applied at if it changed the store. */
export interface PersistedEntry {
  readonly request: EtcdRequest;
  readonly revision?: number;
}

export interface WatchRequest {
  readonly key: string;
  readonly rangeEnd?: string;
  /** Absent or 0: from the next change on. */
  readonly startRevision?: number;
  readonly noPut?: boolean;
  readonly noDelete?: boolean;
  readonly prevKv?: boolean;
  readonly progressNotify?: boolean;
}

/** One watcher from its creation on, with all that it heard in the order it heard it. */
export interface WatchRecord {
  /** Unique among the watches of a history. */
  readonly id: number;
  readonly client?: string;
  readonly request: WatchRequest;
  readonly callNs: number;
  readonly callSequence: number;
  readonly responses: readonly WatchResponse[];
}

export interface WatchResponse {
  readonly kind: 'created' | 'events' | 'progress' | 'canceled';
  /** Of the header. */
  readonly revision: number;
  readonly ns: number;
  readonly sequence: number;
  readonly events?: readonly WatchEvent[];
  /** Of a cancelled watch: the revision below which the store was compacted. */
  readonly compactRevision?: number;
  /** More of the same revision follows in the next response (a watcher that asked for fragments). */
  readonly fragment?: boolean;
}

export interface WatchEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  /** Empty for a delete. */
  readonly value: string;
  /** Of the change. */
  readonly modRevision: number;
  readonly createRevision?: number;
  readonly version?: number;
  readonly lease?: string;
  /** Where it was told: whether the key did not exist before. */
  readonly isCreate?: boolean;
  /** Where it was asked for: the pair before the change, null if the store said that there is none (any more). */
  readonly prevKv?: Pair | null;
}
