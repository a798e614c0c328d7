import type { Reading } from '../backend/index.ts';
import type { ByteString } from '../base/bytes.ts';
import type { BugSwitches } from '../bugs.ts';
import type { KeyRange, LeaseId } from '../mvcc/index.ts';
import type { Lease } from './lease.ts';

/** What the lessor needs of a write transaction of the backend. */
export interface LeaseTx extends Reading {
  createBucket(name: ByteString): void;
  put(bucket: ByteString, key: ByteString, value: Uint8Array): void;
  delete(bucket: ByteString, key: ByteString): void;
}

/** What the lessor needs of the backend. */
export interface LeaseBackend {
  lock(): LeaseTx;
  lockForApply(): LeaseTx;
  unlock(): void;
}

/** What a revoke needs of the key-value store: its write transaction and the backend's, which are one. */
export interface RevokeStore {
  write(): RevokeTxn;
}

export interface RevokeTxn {
  readonly batch: LeaseTx;
  deleteRange(range: KeyRange): number;
  end(): number;
}

export interface LessorOptions {
  /** Seconds; shorter times are raised to it. See `minimumTtl`. */
  readonly minTtl: number;
  /** Write the time left into the log every so often (etcd 3.4: --experimental-enable-lease-checkpoint). Off by default. */
  readonly checkpoints?: boolean;
  /** Keep what checkpoints say in the backend, too (etcd: ...-checkpoint-persist). Off by default. */
  readonly persistCheckpoints?: boolean;
  readonly checkpointIntervalMs?: number;
  readonly bugs?: BugSwitches;
}

export type GrantError = 'not-found' | 'ttl-too-large' | 'exists';

/**
 * `checkpoint`: a checkpoint of 0 seconds left must be proposed now, and `finishRenewal` be called when it was applied.
 * `expired`: it is being revoked; asking again later tells how that ended.
 * `not-primary`: ask the leader.
 */
export type Renewal =
  | { readonly kind: 'renewed'; readonly ttl: number }
  | { readonly kind: 'checkpoint'; readonly pending: PendingRenewal }
  | { readonly kind: 'expired' }
  | { readonly kind: 'not-primary' }
  | { readonly kind: 'not-found' };

/** A renewal that waits for its checkpoint. */
export interface PendingRenewal {
  readonly lease: Lease;
  /** Checkpoints of the lease that were handed out before. */
  readonly checkpointsTaken: number;
}

export type TimeToLive =
  | {
      readonly kind: 'alive';
      /** Seconds left, rounded down; 0 or less if the lease has expired and is not revoked yet. */
      readonly ttl: number;
      readonly grantedTtl: number;
      /** In byte order. */
      readonly keys: readonly ByteString[];
    }
  | { readonly kind: 'not-primary' }
  | { readonly kind: 'not-found' };

export interface LeaseCheckpoint {
  readonly ID: LeaseId;
  /** Seconds. */
  readonly remaining_TTL: number;
}
