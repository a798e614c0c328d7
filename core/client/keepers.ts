import { assert } from '../base/assert.ts';
import { keepAliveRetryMs, nsPerMs, nsPerSecond } from '../limits.ts';
import type { Token } from '../ports.ts';
import type { LeaseId } from '../server/api/index.ts';
import { errors } from '../server/api/index.ts';
import type { KeeperState } from './api.ts';
import type { Calls } from './calls.ts';
import type { Outcome } from './outcome.ts';
import type { ClientPorts, WaitId } from './ports.ts';
import type { KeeperId } from './task.ts';
import type { Timers } from './timers.ts';

interface Keeper {
  readonly id: KeeperId;
  readonly lease: LeaseId;
  ttlNs: number;
  state: KeeperState;
  /** When the present renewal was begun. */
  askedNs: number;
  /** Without a renewal until then the lease counts as lost. */
  deadline: Token;
  waiting: { readonly wait: WaitId; readonly timer: Token } | null;
}

/**
 * Keeps leases alive: each is renewed at once, and again a third of its time to live after every answer. A renewal that failed is tried
 * again while the lease may still be there (etcd: clientv3, lessor). Times count from when a renewal was asked for, which is before any
 * member renewed the lease.
 */
export class Keepers {
  private readonly ports: ClientPorts;
  private readonly timers: Timers;
  private readonly calls: Pick<Calls, 'begin'>;
  private readonly keepers = new Map<KeeperId, Keeper>();
  private nextId = 1;

  constructor(ports: ClientPorts, timers: Timers, calls: Pick<Calls, 'begin'>) {
    this.ports = ports;
    this.timers = timers;
    this.calls = calls;
  }

  begin(lease: LeaseId, ttlSeconds: number): KeeperId {
    assert(ttlSeconds > 0, 'a lease has a time to live');
    const id = this.nextId++;
    const nowNs = this.timers.nowNs();
    const ttlNs = ttlSeconds * nsPerSecond;
    const keeper: Keeper = {
      id,
      lease,
      ttlNs,
      // Nobody has answered yet that the lease is there.
      state: { kind: 'kept', untilNs: nowNs },
      askedNs: nowNs,
      deadline: this.timers.arm(ttlNs, { kind: 'keeperDeadline', keeper: id }),
      waiting: null,
    };
    this.keepers.set(id, keeper);
    this.renew(keeper);
    return id;
  }

  state(id: KeeperId): KeeperState {
    return this.keepers.get(id)?.state ?? { kind: 'stopped' };
  }

  /** The state if nothing is kept any more; else null, and `wait` is resumed when that is so, or with null when the time is up. */
  lost(id: KeeperId, timeoutNs: number, wait: WaitId): KeeperState | null {
    const keeper = this.keepers.get(id);
    if (keeper?.state.kind !== 'kept') return this.state(id);
    assert(keeper.waiting === null, 'one script at a time waits for a keeper');
    const timer = this.timers.arm(Math.max(0, timeoutNs), { kind: 'keeperWait', keeper: id, wait });
    keeper.waiting = { wait, timer };
    return null;
  }

  onWaitTimeout(id: KeeperId, wait: WaitId): void {
    const keeper = this.keepers.get(id);
    if (keeper?.waiting?.wait !== wait) return;
    keeper.waiting = null;
    this.ports.resume(wait, null);
  }

  stop(id: KeeperId): void {
    const keeper = this.keepers.get(id);
    if (keeper?.state.kind === 'kept') this.end(keeper, { kind: 'stopped' });
  }

  stopAll(): void {
    for (const id of this.keepers.keys()) this.stop(id);
  }

  // --- renewals

  onRenew(id: KeeperId): void {
    const keeper = this.keepers.get(id);
    if (keeper?.state.kind === 'kept') this.renew(keeper);
  }

  private renew(keeper: Keeper): void {
    keeper.askedNs = this.timers.nowNs();
    const request = { kind: 'lease_keep_alive', lease_keep_alive: { ID: keeper.lease } } as const;
    this.calls.begin(request, {}, { kind: 'keeper', keeper: keeper.id });
  }

  onOutcome(id: KeeperId, outcome: Outcome): void {
    const keeper = this.keepers.get(id);
    if (keeper?.state.kind !== 'kept') return;
    if (outcome.status === 'ok' && outcome.response.kind === 'lease_keep_alive') {
      this.answered(keeper, outcome.response.lease_keep_alive.TTL);
    } else if (outcome.status !== 'ok' && outcome.message === errors.leaseNotFound.message) {
      this.end(keeper, { kind: 'lost', reason: 'expired' });
    } else {
      this.timers.arm(keepAliveRetryMs * nsPerMs, { kind: 'keeperRenew', keeper: id });
    }
  }

  private answered(keeper: Keeper, ttlSeconds: number): void {
    if (ttlSeconds <= 0) {
      this.end(keeper, { kind: 'lost', reason: 'expired' });
      return;
    }
    const { timers } = this;
    keeper.ttlNs = ttlSeconds * nsPerSecond;
    const untilNs = keeper.askedNs + keeper.ttlNs;
    keeper.state = { kind: 'kept', untilNs };
    timers.cancel(keeper.deadline);
    const leftNs = Math.max(0, untilNs - timers.nowNs());
    keeper.deadline = timers.arm(leftNs, { kind: 'keeperDeadline', keeper: keeper.id });
    timers.arm(Math.floor(keeper.ttlNs / 3), { kind: 'keeperRenew', keeper: keeper.id });
  }

  onDeadline(id: KeeperId): void {
    const keeper = this.keepers.get(id);
    if (keeper?.state.kind === 'kept') this.end(keeper, { kind: 'lost', reason: 'silent' });
  }

  private end(keeper: Keeper, state: KeeperState): void {
    keeper.state = state;
    this.timers.cancel(keeper.deadline);
    const { waiting } = keeper;
    if (waiting === null) return;
    keeper.waiting = null;
    this.timers.cancel(waiting.timer);
    this.ports.resume(waiting.wait, state);
  }
}
