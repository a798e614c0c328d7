import { leadershipIsFresh } from '../../lease/index.ts';
import {
  leaseCheckIntervalMs,
  leaseCheckpointBatchMax,
  leaseRevokesPendingMax,
  nsPerMs,
} from '../../limits.ts';
import type { LeaseId } from '../../mvcc/index.ts';
import { type RequestContext, isLeader } from '../requests/context.ts';
import { Timer } from '../tokens.ts';

/** The leader's clock over the leases: what has expired is revoked, and long times are checkpointed, through the log. */
export class LeaseClock {
  private readonly context: RequestContext;
  private armed = false;
  /** Revokes proposed and not applied yet, with when they may be proposed again. */
  private readonly underWay = new Map<LeaseId, number>();

  constructor(context: RequestContext) {
    this.context = context;
  }

  /** This member has applied its own term's first entry: from now on time runs here. */
  promote(): void {
    const { config, state, ports } = this.context;
    const electionNs = config.electionTicks * config.heartbeatIntervalMs * nsPerMs;
    state.lessor.promote(ports.clock.nowNs(), electionNs);
    this.underWay.clear();
    this.arm();
  }

  demote(): void {
    this.context.state.lessor.demote();
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
    const { state, ports, config } = context;
    if (!state.lessor.isPrimary) return;
    this.arm();
    const nowNs = ports.clock.nowNs();
    const tickNs = config.heartbeatIntervalMs * nsPerMs;
    // A leader that was stalled may have been deposed, and the leases renewed elsewhere: it looks again when it has ticked.
    if (!isLeader(context) || !leadershipIsFresh(context.lastTickNs(), nowNs, tickNs)) return;
    this.revokeExpired(nowNs);
    this.checkpoint(nowNs);
  }

  private revokeExpired(nowNs: number): void {
    const { state, proposer } = this.context;
    const asRoot = state.auth.rootInfo();
    if (asRoot.kind === 'refused') return;
    for (const ID of state.lessor.takeExpired(nowNs)) {
      if (this.underWay.size >= leaseRevokesPendingMax && !this.underWay.has(ID)) continue;
      this.underWay.set(ID, nowNs);
      proposer.propose({ kind: 'lease_revoke', lease_revoke: { ID } }, asRoot.value, null, nowNs);
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
    this.underWay.delete(ID);
  }
}
