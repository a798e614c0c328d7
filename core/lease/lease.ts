import type { ByteString } from '../base/bytes.ts';
import { nsPerMs } from '../limits.ts';
import type { LeaseId } from '../mvcc/index.ts';

/** Expiry of every lease on a member that is not the primary: only the leader's lessor measures time. */
export const forever = Infinity;

/** A time to live that keys are attached to. */
export interface Lease {
  readonly id: LeaseId;
  /** Seconds granted; a renewal starts them anew. */
  readonly ttl: number;
  /** Seconds left at the last checkpoint; 0: there was none since the last renewal. */
  readonly remainingTtl: number;
  /** Milliseconds of the member's own clock, or `forever`. */
  readonly expiryMs: number;
  /** In the order of attachment; whatever leaves the lessor is sorted. */
  readonly keys: ReadonlySet<ByteString>;
}

/** The lessor's own view of it. Plain data. */
export interface LeaseState extends Lease {
  remainingTtl: number;
  expiryMs: number;
  /** Checkpoints that this member handed out as the primary, and how many of them are known to be over. */
  checkpointsTaken: number;
  checkpointsOver: number;
  readonly keys: Set<ByteString>;
}

/** Seconds that a lease gets when a primary starts to measure it: what a checkpoint left of it, or all. */
export function secondsToRun(lease: Lease): number {
  return lease.remainingTtl > 0 ? lease.remainingTtl : lease.ttl;
}

/**
 * Leases count in whole milliseconds, because their longest time in nanoseconds is above 2^53. Rounding up makes a lease
 * expire up to a millisecond late, never early.
 */
export function expiryClockMs(nowNs: number): number {
  return Math.ceil(nowNs / nsPerMs);
}

/** Whether the time is over. Compares like with like: a clock that is rounded up here would expire leases early. */
export function isExpired(lease: Lease, nowNs: number): boolean {
  return Math.floor(nowNs / nsPerMs) >= lease.expiryMs;
}

/** Total order for lists and for spreading: who expires first, then the id. */
export function compareExpiries(a: Lease, b: Lease): number {
  if (a.expiryMs !== b.expiryMs) return a.expiryMs < b.expiryMs ? -1 : 1;
  return compareLeaseIds(a.id, b.id);
}

export function compareLeaseIds(a: LeaseId, b: LeaseId): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The shortest time to live in seconds: one and a half elections, rounded up, so that a lease outlives the change of the
 * leader (etcd: minTTL).
 */
export function minimumTtl(electionTicks: number, heartbeatIntervalMs: number): number {
  return Math.ceil((Math.floor((3 * electionTicks) / 2) * heartbeatIntervalMs) / 1000);
}
