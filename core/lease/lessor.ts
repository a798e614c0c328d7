import { Buckets } from '../backend/index.ts';
import { assert } from '../base/assert.ts';
import { compareStrings, emptyByteString, type ByteString } from '../base/bytes.ts';
import { type BugSwitches, noBugs } from '../bugs.ts';
import {
  leaseCheckIntervalMs,
  leaseCheckpointBatchMax,
  leaseCheckpointIntervalMs,
  leaseRevokeRetryMs,
  leaseRevokesPerSecond,
  leaseTtlSecondsMax,
  nsPerMs,
} from '../limits.ts';
import { noLease, type LeaseAttachments, type LeaseId } from '../mvcc/index.ts';
import {
  compareExpiries,
  expiryClockMs,
  forever,
  isExpired,
  secondsToRun,
  type Lease,
  type LeaseState,
} from './lease.ts';
import { decodeLease, encodeLease, leaseKey } from './lease_record.ts';
import type {
  GrantError,
  LeaseBackend,
  LeaseCheckpoint,
  LessorOptions,
  PendingRenewal,
  Renewal,
  RevokeStore,
  TimeToLive,
} from './lessor_types.ts';
import { spreadPileUps } from './spread.ts';
import { TimeHeap } from './time_heap.ts';

/**
 * etcd's lessor: the leases of one member. All members hold the same leases with the same keys, because grants, revokes and
 * checkpoints come out of the log. Time runs on the primary alone, which is the leader: it hands out what has expired, and a
 * revoke goes through the log; nobody removes a lease by itself.
 */
export class Lessor implements LeaseAttachments {
  private readonly options: LessorOptions;
  private readonly bugs: BugSwitches;
  private readonly checkpointIntervalMs: number;
  private backend: LeaseBackend | null = null;
  private readonly leases = new Map<LeaseId, LeaseState>();
  private readonly leaseOfKey = new Map<ByteString, LeaseId>();
  private readonly expiries = new TimeHeap();
  private readonly dueCheckpoints = new TimeHeap();
  private primary = false;

  constructor(options: LessorOptions) {
    assert(options.minTtl > 0, `the shortest lease lasts ${options.minTtl} s`);
    this.options = options;
    this.bugs = options.bugs ?? noBugs;
    this.checkpointIntervalMs = options.checkpointIntervalMs ?? leaseCheckpointIntervalMs;
  }

  /**
   * Takes over the leases that a backend holds, at the start or after a snapshot replaced it. Comes before the key-value store
   * is restored, because that attaches keys to leases. Throws ProtobufError on a record that is no lease.
   */
  recover(backend: LeaseBackend): void {
    this.demote();
    this.backend = backend;
    this.leases.clear();
    this.leaseOfKey.clear();
    const tx = backend.lock();
    tx.createBucket(Buckets.lease);
    tx.visit(Buckets.lease, emptyByteString, undefined, (_key, value) => {
      const { id, ttl, remainingTtl } = decodeLease(value);
      // The shortest time may have been raised since the lease was granted.
      this.add(id, Math.max(ttl, this.options.minTtl), remainingTtl);
      return true;
    });
    backend.unlock();
  }

  private add(id: LeaseId, ttl: number, remainingTtl: number): LeaseState {
    const lease: LeaseState = {
      id,
      ttl,
      remainingTtl,
      expiryMs: forever,
      checkpointsTaken: 0,
      checkpointsOver: 0,
      keys: new Set(),
    };
    this.leases.set(id, lease);
    return lease;
  }

  // --- out of the log, alike on every member

  /** Adds a lease of `ttl` seconds, raised to the shortest. `nowNs` counts on the primary only. */
  grant(id: LeaseId, ttl: number, nowNs: number): Lease | GrantError {
    if (id === noLease) return 'not-found';
    if (ttl > leaseTtlSecondsMax) return 'ttl-too-large';
    if (this.leases.has(id)) return 'exists';
    const lease = this.add(id, Math.max(ttl, this.options.minTtl), 0);
    if (this.primary) this.restart(lease, nowNs, 0);
    this.persist(lease);
    return lease;
  }

  /** Deletes the lease's keys and the lease, all in one transaction of the backend. */
  revoke(id: LeaseId, store: RevokeStore): 'not-found' | null {
    const lease = this.leases.get(id);
    if (lease === undefined) return 'not-found';
    const txn = store.write();
    // The order decides the sub revisions, so it must be the same everywhere (etcd issue 6559).
    const keys = this.bugs.has('revokes-in-map-order') ? [...lease.keys] : keysOf(lease);
    for (const key of keys) txn.deleteRange({ kind: 'point', key });
    txn.batch.delete(Buckets.lease, leaseKey(id));
    this.forget(lease);
    txn.end();
    return null;
  }

  private forget(lease: Lease): void {
    // The store detaches what it deletes, and every key that is attached exists.
    assert(lease.keys.size === 0, `lease ${lease.id} has keys that the store does not have`);
    this.leases.delete(lease.id);
    this.expiries.delete(lease.id);
    this.dueCheckpoints.delete(lease.id);
  }

  /** Takes note of the time left, so that the next primary does not start the lease anew. A missing lease is no error. */
  checkpoint({ ID, remaining_TTL }: LeaseCheckpoint, nowNs: number): void {
    const lease = this.leases.get(ID);
    if (lease === undefined) return;
    lease.remainingTtl = remaining_TTL;
    if (this.options.persistCheckpoints === true) this.persist(lease);
    if (this.primary) this.scheduleCheckpoint(lease, nowNs);
  }

  private persist(lease: Lease): void {
    assert(this.backend !== null, 'a lessor recovers before it grants');
    const tx = this.backend.lockForApply();
    tx.put(Buckets.lease, leaseKey(lease.id), encodeLease(lease));
    this.backend.unlock();
  }

  /**
   * Binds a key to a lease; a key has one lease at most. A lease that is missing is ignored: a restored store may hold keys whose
   * lease it does not know.
   */
  attach(id: LeaseId, key: ByteString): void {
    const lease = this.leases.get(id);
    if (lease === undefined) return;
    const before = this.leaseOfKey.get(key);
    if (before !== undefined && before !== id) this.leases.get(before)?.keys.delete(key);
    lease.keys.add(key);
    this.leaseOfKey.set(key, id);
  }

  /** Releases the key if it is bound to this lease: a put may have bound it to another one before. */
  detach(id: LeaseId, key: ByteString): void {
    if (this.leaseOfKey.get(key) !== id) return;
    this.leaseOfKey.delete(key);
    this.leases.get(id)?.keys.delete(key);
  }

  // --- the primary's clock

  /**
   * The member leads and has applied its own term's first entry. Every lease gets its full time again, and `extendNs` (one
   * election timeout) for the time without a leader, because it is not known when it was renewed last.
   */
  promote(nowNs: number, extendNs: number): void {
    this.primary = true;
    for (const lease of this.leases.values()) this.restart(lease, nowNs, extendNs);
    spreadPileUps(this.leases.values(), expiryClockMs(nowNs), (lease, byMs) => {
      this.restart(this.leases.get(lease.id) as LeaseState, nowNs, extendNs + byMs * nsPerMs);
    });
    // Checkpoints go on under every leader, or all would start from what the first one left (etcd pull request 13508).
    if (this.bugs.has('checkpoints-end')) this.dueCheckpoints.clear();
  }

  /** The member does not lead any more: nothing expires here until it leads again. */
  demote(): void {
    this.primary = false;
    this.expiries.clear();
    this.dueCheckpoints.clear();
    for (const lease of this.leases.values()) {
      lease.expiryMs = forever;
      // What was under way is in the log before the next primary's first entry, or lost.
      lease.checkpointsOver = lease.checkpointsTaken;
    }
  }

  get isPrimary(): boolean {
    return this.primary;
  }

  private restart(lease: LeaseState, nowNs: number, extendNs: number): void {
    lease.expiryMs = expiryClockMs(nowNs + extendNs) + secondsToRun(lease) * 1000;
    this.expiries.set(lease.id, lease.expiryMs);
    this.scheduleCheckpoint(lease, nowNs);
  }

  private scheduleCheckpoint(lease: Lease, nowNs: number): void {
    if (this.options.checkpoints !== true) return;
    if (secondsToRun(lease) * 1000 <= this.checkpointIntervalMs) this.dueCheckpoints.delete(lease.id);
    else this.dueCheckpoints.set(lease.id, expiryClockMs(nowNs) + this.checkpointIntervalMs);
  }

  /** A client keeps the lease alive. The caller has made sure that this member still leads: see `leadershipIsFresh`. */
  renew(id: LeaseId, nowNs: number): Renewal {
    if (!this.primary) return { kind: 'not-primary' };
    const lease = this.leases.get(id);
    if (lease === undefined) return { kind: 'not-found' };
    // It may have been handed out already; a success now could be followed by its end at any time.
    if (isExpired(lease, nowNs)) return { kind: 'expired' };
    // The next primary would start from a checkpoint made before this renewal and end the lease early.
    if (lease.remainingTtl > 0 || lease.checkpointsOver < lease.checkpointsTaken) {
      return { kind: 'checkpoint', pending: { lease, checkpointsTaken: lease.checkpointsTaken } };
    }
    return this.extend(lease, nowNs);
  }

  private extend(lease: LeaseState, nowNs: number): Renewal {
    lease.expiryMs = expiryClockMs(nowNs) + lease.ttl * 1000;
    this.expiries.set(lease.id, lease.expiryMs);
    return { kind: 'renewed', ttl: lease.ttl };
  }

  /**
   * Goes on after the checkpoint that `renew` asked for was applied. Much may have happened meanwhile: the lease may be gone, or
   * gone and granted anew (etcd issue 20616), or there may be a later checkpoint to clear.
   */
  finishRenewal({ lease, checkpointsTaken }: PendingRenewal, nowNs: number): Renewal {
    const present = this.leases.get(lease.id);
    const looksAgain = !this.bugs.has('renews-dead-lease');
    if (looksAgain && this.primary && present !== lease) return { kind: 'not-found' };
    // Proposals keep their order, so all that were handed out before this one have been applied or are lost.
    if (present !== undefined) {
      present.checkpointsOver = Math.max(present.checkpointsOver, checkpointsTaken);
    }
    if (looksAgain) return this.renew(lease.id, nowNs);
    return present === undefined ? { kind: 'renewed', ttl: lease.ttl } : this.extend(present, nowNs);
  }

  /**
   * Leases that have expired and are to be revoked through the log, earliest first. Call it every `leaseCheckIntervalMs`. Each
   * comes again after `leaseRevokeRetryMs` as long as it is there, because a proposal may be lost. Empty unless primary.
   */
  takeExpired(nowNs: number): LeaseId[] {
    const limit = (leaseRevokesPerSecond * leaseCheckIntervalMs) / 1000;
    const nowMs = Math.floor(nowNs / nsPerMs);
    const expired: LeaseId[] = [];
    for (let due = this.expiries.first; due !== undefined && due.atMs <= nowMs; due = this.expiries.first) {
      if (expired.length === limit) break;
      expired.push(due.id);
      this.expiries.set(due.id, nowMs + leaseRevokeRetryMs);
    }
    return expired;
  }

  /**
   * Checkpoints that are due and are to go through the log as one entry. Call it again while it returns
   * `leaseCheckpointBatchMax` of them. Empty unless primary and `checkpoints` is on.
   */
  takeCheckpoints(nowNs: number): LeaseCheckpoint[] {
    const nowMs = expiryClockMs(nowNs);
    const taken: LeaseCheckpoint[] = [];
    let due = this.dueCheckpoints.first;
    for (; due !== undefined && due.atMs <= nowMs; due = this.dueCheckpoints.first) {
      if (taken.length === leaseCheckpointBatchMax) break;
      const lease = this.leases.get(due.id) as LeaseState;
      // Once more if the entry gets lost; if it is applied, the interval starts again.
      this.dueCheckpoints.set(due.id, nowMs + this.checkpointIntervalMs);
      const remaining = Math.ceil((lease.expiryMs - nowMs) / 1000);
      if (remaining <= 0) this.dueCheckpoints.delete(due.id);
      else if (remaining < lease.ttl) {
        lease.checkpointsTaken++;
        taken.push({ ID: lease.id, remaining_TTL: remaining });
      }
    }
    return taken;
  }

  // --- reading

  /** Whether a put may name the lease. */
  has(id: LeaseId): boolean {
    return this.leases.has(id);
  }

  lookup(id: LeaseId): Lease | undefined {
    return this.leases.get(id);
  }

  /** The lease the key is bound to, or `noLease`. */
  leaseOf(key: ByteString): LeaseId {
    return this.leaseOfKey.get(key) ?? noLease;
  }

  /** The time left is known to the primary only. Keys are listed if asked for. */
  timeToLive(id: LeaseId, nowNs: number, withKeys: boolean): TimeToLive {
    if (!this.primary) return { kind: 'not-primary' };
    const lease = this.leases.get(id);
    if (lease === undefined) return { kind: 'not-found' };
    const ttl = Math.trunc((lease.expiryMs - expiryClockMs(nowNs)) / 1000);
    return { kind: 'alive', ttl, grantedTtl: lease.ttl, keys: withKeys ? keysOf(lease) : [] };
  }

  /** All leases: who expires first (on the primary), then by id. */
  list(): Lease[] {
    return [...this.leases.values()].sort(compareExpiries);
  }
}

function keysOf(lease: Lease): ByteString[] {
  return [...lease.keys].sort(compareStrings);
}
