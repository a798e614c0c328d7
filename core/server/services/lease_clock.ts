import {
  leaseCheckIntervalMs,
  leaseCheckpointBatchMax,
  leaseRevokesPendingMax,
  nsPerMs,
} from '../../limits.ts';
import type { LeaseId } from '../../mvcc/index.ts';
import type { RequestContext } from '../requests/context.ts';
import { Timer } from '../tokens.ts';

/** The leader's clock over the leases: what has expired is revoked, and long times are checkpointed, through the log. */
export class LeaseClock {
  private readonly context: RequestContext;
  private armed = false;
  /** Expired leases whose revokes wait for their turn, earliest first. */
  private readonly waiting = new Set<LeaseId>();
  /** Revokes proposed and not applied yet. */
  private readonly underWay = new Set<LeaseId>();

  constructor(context: RequestContext) {
    this.context = context;
  }

  /** This member has applied its own term's first entry: from now on time runs here. */
  promote(): void {
    const { config, state, ports } = this.context;
    const electionNs = config.electionTicks * config.heartbeatIntervalMs * nsPerMs;
    state.lessor.promote(ports.clock.nowNs(), electionNs);
    this.forget();
    this.arm();
  }

  demote(): void {
    this.context.state.lessor.demote();
    this.forget();
  }

  private forget(): void {
    this.waiting.clear();
    this.underWay.clear();
  }

  private arm(): void {
    if (this.armed) return;
    this.armed = true;
    this.context.ports.clock.armTimer(Timer.leases, leaseCheckIntervalMs * nsPerMs);
  }

  onTimer(): void {
    this.armed = false;
    const { context } = this;
    const { state, ports } = context;
    if (!state.lessor.isPrimary) return;
    this.arm();
    const nowNs = ports.clock.nowNs();
    // A leader that was stalled may have been deposed, and the leases renewed elsewhere: it makes sure, and looks again.
    if (!context.config.bugs.has('deposed-leader-revokes') && !context.leadsSurely()) {
      context.reads.probe(nowNs);
      return;
    }
    const expired = state.lessor.takeExpired(nowNs);
    for (const own of expired) {
      const ID = context.config.bugs.has('revokes-last-of-batch') ? (expired.at(-1) ?? own) : own;
      // One that comes again was proposed long ago: its revoke is lost.
      this.underWay.delete(ID);
      this.waiting.add(ID);
    }
    this.revoke();
    this.checkpoint(nowNs);
  }

  private revoke(): void {
    const { state, proposer, ports } = this.context;
    const asRoot = state.auth.rootInfo();
    if (asRoot.kind === 'refused') return;
    for (const ID of this.waiting) {
      if (this.underWay.size >= leaseRevokesPendingMax) return;
      this.waiting.delete(ID);
      this.underWay.add(ID);
      const request = { kind: 'lease_revoke', lease_revoke: { ID } } as const;
      proposer.propose(request, asRoot.value, null, ports.clock.nowNs());
    }
  }

  private checkpoint(nowNs: number): void {
    const { state, proposer } = this.context;
    for (;;) {
      const checkpoints = state.lessor.takeCheckpoints(nowNs);
      if (checkpoints.length === 0) return;
      proposer.propose({ kind: 'lease_checkpoint', lease_checkpoint: { checkpoints } }, null, null, nowNs);
      if (checkpoints.length < leaseCheckpointBatchMax) return;
    }
  }

  onRevoked(ID: LeaseId): void {
    const isOver = this.underWay.delete(ID);
    this.waiting.delete(ID);
    if (isOver && this.waiting.size > 0) this.revoke();
  }
}
