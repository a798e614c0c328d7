/** Leases: grants and revokes go through the log; only the leader's clock knows how long one has left. */
import { noNode } from '../../base/ids.ts';
import { noLease } from '../../mvcc/index.ts';
import type { ByteString } from '../../base/bytes.ts';
import { type ClientResponse, type ErrorResponse, errors, revisionHeader } from '../api/index.ts';
import { authErrorResponse } from '../apply/auth_operations.ts';
import type { PeerAnswer, PeerCall } from '../peers/messages.ts';
import { type Ask, takeExpired } from './ask.ts';
import { type RequestContext, isLeader, propose, timeoutOf } from './context.ts';

/** Asks for a lease's time that can't be answered yet: no leader is known, or the lease is just being revoked. */
export class LeaseDesk {
  private readonly context: RequestContext;
  private waiting: Ask[] = [];

  constructor(context: RequestContext) {
    this.context = context;
  }

  grant(ask: Ask): void {
    if (ask.request.kind !== 'lease_grant') return;
    const { proposer, ports } = this.context;
    const { ID = noLease, TTL } = ask.request.lease_grant;
    const id = ID === noLease ? BigInt(proposer.nextId(ports.clock.nowNs())) : ID;
    propose(this.context, { kind: 'lease_grant', lease_grant: { ID: id, TTL } }, { kind: 'client', ask });
  }

  /** Renews a lease or tells its time, here or through the leader. */
  time(ask: Ask): void {
    const { context } = this;
    const { node, ports, reads } = context;
    if (!isLeader(context)) {
      this.passOn(ask);
      return;
    }
    const appliesAll =
      context.applier.appliedIndex >= node.commitIndex || context.config.bugs.has('renews-before-apply');
    // A leader that was stalled, or lags behind its own log, may not know yet what became of the lease.
    if (appliesAll && context.leadsSurely()) this.answer(ask);
    else reads.add(ask, ports.clock.nowNs());
  }

  /** Answers on the leader, now that it is sure. */
  answer(ask: Ask): void {
    const { request } = ask;
    if (request.kind === 'lease_keep_alive') this.renew(ask, request.lease_keep_alive.ID);
    else if (request.kind === 'lease_time_to_live') {
      const { ID, keys = false } = request.lease_time_to_live;
      const time = this.timeToLive(ID, keys);
      if (time.kind === 'refused') this.passOn(ask);
      else this.context.respond(ask, this.responseOf(ask, time));
    }
  }

  private renew(ask: Ask, id: bigint): void {
    const { context } = this;
    const { state, ports } = context;
    const renewal = state.lessor.renew(id, ports.clock.nowNs());
    if (renewal.kind === 'renewed') this.finishRenewal(ask, renewal.ttl);
    else if (renewal.kind === 'not-found') this.finishRenewal(ask, 0);
    else if (renewal.kind === 'checkpoint') {
      context.config.failpoint('beforeCheckpointInLeaseRenew');
      const checkpoints = [{ ID: id, remaining_TTL: 0 }];
      const waiter = { kind: 'renewal', ask, pending: renewal.pending } as const;
      propose(context, { kind: 'lease_checkpoint', lease_checkpoint: { checkpoints } }, waiter);
    } else this.waiting.push(ask);
  }

  finishRenewal(ask: Ask, ttl: number): void {
    this.context.respond(ask, this.responseOf(ask, { kind: 'lease_keep_alive', ttl }));
  }

  timeToLive(id: bigint, withKeys: boolean): PeerAnswer {
    const { state, ports, config } = this.context;
    config.failpoint('beforeLookupWhenLeaseTimeToLive');
    const found = state.lessor.timeToLive(id, ports.clock.nowNs(), withKeys);
    if (found.kind === 'not-primary') return { kind: 'refused' };
    if (found.kind === 'not-found') {
      return { kind: 'lease_time_to_live', ttl: -1, grantedTtl: 0, keys: [] };
    }
    return { kind: 'lease_time_to_live', ttl: found.ttl, grantedTtl: found.grantedTtl, keys: found.keys };
  }

  private passOn(ask: Ask): void {
    const { node, peers, config } = this.context;
    if (ask.forPeer === true) {
      this.context.respond(ask, errors.notLeader);
      return;
    }
    const call = callOf(ask);
    if (call === null || node.leader === noNode || node.leader === config.id) this.waiting.push(ask);
    else peers.call(node.leader, call, { kind: 'ask', ask });
  }

  /** The leader answered, or could not be reached: then once more, as long as the client waits. */
  onPeerAnswer(ask: Ask, answer: PeerAnswer | null): void {
    if (answer === null || answer.kind === 'refused') this.waiting.push(ask);
    else this.context.respond(ask, this.responseOf(ask, answer));
  }

  /** The keys as they are now, whoever found them (GHSA-3p4g-rcw5-8298). */
  private mayNotSee({ auth }: Ask, keys: readonly ByteString[]): ErrorResponse | null {
    for (const key of keys) {
      const denied = this.context.state.auth.checkRange(auth, key);
      if (denied !== null) return authErrorResponse(denied);
    }
    return null;
  }

  private responseOf(ask: Ask, answer: PeerAnswer): ClientResponse {
    const { request } = ask;
    const header = revisionHeader(this.context.state.store.currentRevision);
    if (request.kind === 'lease_keep_alive' && answer.kind === 'lease_keep_alive') {
      const { ID } = request.lease_keep_alive;
      return { kind: 'lease_keep_alive', lease_keep_alive: { header, ID, TTL: answer.ttl } };
    }
    if (request.kind === 'lease_time_to_live' && answer.kind === 'lease_time_to_live') {
      const { ID } = request.lease_time_to_live;
      const { ttl: TTL, grantedTtl: grantedTTL, keys } = answer;
      const denied = ask.forPeer === true ? null : this.mayNotSee(ask, keys);
      if (denied !== null) return denied;
      return { kind: 'lease_time_to_live', lease_time_to_live: { header, ID, TTL, grantedTTL, keys } };
    }
    return errors.stopped;
  }

  /** To be asked again at the next tick. */
  retry(ask: Ask): void {
    this.waiting.push(ask);
  }

  takeAll(): readonly Ask[] {
    const asks = this.waiting;
    this.waiting = [];
    return asks;
  }

  /** Tries again what waits; call it at each tick. */
  tick(nowNs: number): void {
    if (this.waiting.length === 0) return;
    const asks = this.waiting.sort((a, b) => a.deadlineNs - b.deadlineNs || a.id - b.id);
    this.waiting = [];
    for (const ask of takeExpired(asks, nowNs)) this.context.respond(ask, timeoutOf(this.context, ask));
    for (const ask of asks) this.time(ask);
  }
}

function callOf({ request }: Ask): PeerCall | null {
  if (request.kind === 'lease_keep_alive') {
    return { kind: 'lease_keep_alive', ID: request.lease_keep_alive.ID };
  }
  if (request.kind !== 'lease_time_to_live') return null;
  const { ID, keys = false } = request.lease_time_to_live;
  return { kind: 'lease_time_to_live', ID, keys };
}
