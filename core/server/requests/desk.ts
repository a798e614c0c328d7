import type { ByteString } from '../../base/bytes.ts';
import type { RequestId } from '../../base/ids.ts';
import { nsPerMs, requestTimeoutMs } from '../../limits.ts';
import {
  type ClientRequest,
  type ClientResponse,
  type ErrorResponse,
  errors,
  isRaftRequest,
  isRequestOp,
  revisionHeader,
  validateRequest,
} from '../api/index.ts';
import { authErrorResponse, isAuthRequest, withHashedPassword } from '../apply/auth_operations.ts';
import { applyRequest, isReadOnly } from '../apply/index.ts';
import { growthBytes } from '../apply/quota.ts';
import { refusal } from '../apply/v3.ts';
import type { V2Request } from '../../v2store/index.ts';
import type { V3Waiter } from '../proposals.ts';
import type { Tokens } from '../tokens.ts';
import type { Ask, V2Ask } from './ask.ts';
import { checkPassword, finishAuthenticate } from './authenticate.ts';
import { changeMembers, listMembers } from './cluster.ts';
import { type RequestContext, propose, timeoutOf } from './context.ts';
import { LeaseDesk } from './lease.ts';
import { MaintenanceDesk, hash, hashKv, status } from './maintenance.ts';

interface Arrival {
  readonly id: RequestId;
  readonly request: ClientRequest;
  readonly token: ByteString | undefined;
  readonly deadlineNs: number;
}

/** Takes clients' requests: admits them, sends each its way, and answers. */
export class RequestDesk {
  readonly leases: LeaseDesk;
  readonly maintenance: MaintenanceDesk;
  private readonly context: RequestContext;
  /** Requests whose token this member can't know yet. */
  private awaitingToken: Arrival[] = [];

  constructor(context: RequestContext, tokens: Tokens) {
    this.context = context;
    this.leases = new LeaseDesk(context);
    this.maintenance = new MaintenanceDesk(context, tokens);
  }

  onRequest(id: RequestId, request: ClientRequest, token: ByteString | undefined): void {
    const refused = this.refuse(request);
    if (refused !== null) {
      this.context.respond({ id }, refused);
      return;
    }
    const deadlineNs = this.context.ports.clock.nowNs() + requestTimeoutMs * nsPerMs;
    this.admit({ id, request, token, deadlineNs });
  }

  /** Why a request can't even be tried, or null. */
  private refuse(request: ClientRequest): ErrorResponse | null {
    const { state, config } = this.context;
    // Until the members have agreed on a version, nobody knows which requests all of them understand.
    if (state.membership.version === null) return errors.notCapable;
    if (state.membership.get(config.id)?.isLearner === true && !isForLearners(request)) {
      return errors.notSupportedForLearner;
    }
    return validateRequest(request);
  }

  /** A write of the v2 API, or a read that is to go through the log; auth is none of its business. */
  onV2Request(id: RequestId, request: V2Request): void {
    const { proposer, ports } = this.context;
    const startedNs = ports.clock.nowNs();
    const deadlineNs = startedNs + requestTimeoutMs * nsPerMs;
    const ask: V2Ask = { id, auth: null, startedNs, deadlineNs, forV2: true };
    const fits = proposer.proposeV2(request, startedNs, { kind: 'v2', ask });
    if (!fits) this.context.respond(ask, errors.requestTooLarge);
  }

  private admit(arrival: Arrival): void {
    const { state, ports, applier } = this.context;
    const { id, request, token, deadlineNs } = arrival;
    const nowNs = ports.clock.nowNs();
    const given = tokenless.has(request.kind) ? undefined : token;
    if (given !== undefined && state.auth.awaitedIndex(given) > applier.appliedIndex) {
      this.awaitingToken.push(arrival);
      return;
    }
    const info = state.auth.authInfo(given, nowNs);
    if (info.kind === 'refused') this.context.respond({ id }, authErrorResponse(info.error));
    else
      this.route({
        id,
        request,
        auth: info.value,
        startedNs: deadlineNs - requestTimeoutMs * nsPerMs,
        deadlineNs,
      });
  }

  private route(ask: Ask): void {
    const { context } = this;
    const { request } = ask;
    switch (request.kind) {
      case 'range':
      case 'txn':
        if (request.kind === 'txn' && !isReadOnly(request)) this.proposeWrite(ask);
        else if (isSerializable(request) || context.config.bugs.has('local-reads')) this.serve(ask);
        else context.reads.add(ask, context.ports.clock.nowNs());
        return;
      case 'authenticate':
        context.reads.add(ask, context.ports.clock.nowNs());
        return;
      case 'lease_grant':
        if (!this.exceedsQuota(ask)) this.leases.grant(ask);
        return;
      case 'lease_keep_alive':
      case 'lease_time_to_live':
        this.leases.time(ask);
        return;
      case 'member_add':
      case 'member_remove':
      case 'member_update':
      case 'member_promote':
        changeMembers(context, ask);
        return;
      default:
        if (isRaftRequest(request)) this.proposeWrite(ask);
        else this.local(ask);
    }
  }

  /** What a member answers by itself. */
  private local(ask: Ask): void {
    const { context } = this;
    const { request } = ask;
    const refused = refusal(context.state, ask.auth, request);
    if (refused !== null) context.respond(ask, refused);
    else if (request.kind === 'defragment') this.maintenance.defragment(ask);
    else if (request.kind === 'move_leader') this.maintenance.moveLeader(ask);
    else context.respond(ask, this.answer(request));
  }

  private answer(request: ClientRequest): ClientResponse {
    const { context } = this;
    const { store, lessor } = context.state;
    switch (request.kind) {
      case 'status':
        return status(context);
      case 'hash':
        return hash(context);
      case 'hash_kv':
        return hashKv(context, request.hash_kv.revision ?? 0);
      case 'member_list':
        return listMembers(context);
      case 'lease_leases': {
        const header = revisionHeader(store.currentRevision);
        const leases = lessor.list().map(({ id }) => ({ ID: id }));
        return { kind: 'lease_leases', lease_leases: { header, leases } };
      }
      default:
        return errors.notCapable;
    }
  }

  private proposeWrite(ask: Ask): void {
    const { context } = this;
    if (this.exceedsQuota(ask) || !isRaftRequest(ask.request)) return;
    const request = isAuthRequest(ask.request)
      ? withHashedPassword(context.state.auth, ask.request)
      : ask.request;
    if (isRaftRequest(request)) propose(context, request, { kind: 'client', ask });
  }

  /** A write that would not fit is refused here, and everybody told (etcd: quotaKVServer). */
  private exceedsQuota(ask: Ask): boolean {
    const { config, state } = this.context;
    const growth = growthBytes(ask.request);
    if (growth === 0 || state.backend.sizeBytes + growth < config.quotaBytes) return false;
    this.raiseNoSpace();
    this.context.respond(ask, errors.noSpace);
    return true;
  }

  /** Raises the alarm of this member through the log. */
  raiseNoSpace(): void {
    const { config, state, proposer, ports } = this.context;
    const memberID = state.ids.foreign(config.id);
    const alarm = { action: 'ACTIVATE', memberID, alarm: 'NOSPACE' } as const;
    proposer.propose({ kind: 'alarm', alarm }, null, null, ports.clock.nowNs());
  }

  // --- what comes later

  /** A read whose time has come: this member has applied what the leader had committed. */
  serve(ask: Ask): void {
    const { context } = this;
    const { request } = ask;
    if (request.kind === 'authenticate') checkPassword(context, ask);
    else if (isLeaseTime(request)) this.leases.answer(ask);
    else if (isRequestOp(request)) {
      const { store, lessor } = context.state;
      const refused = refusal(context.state, ask.auth, request);
      context.respond(ask, refused ?? applyRequest(store, request, lessor));
    }
  }

  /** The entry that somebody waited for is applied. */
  onApplied(waiter: V3Waiter, response: ClientResponse): void {
    const { context } = this;
    const { ask } = waiter;
    if (waiter.kind === 'authenticate') finishAuthenticate(context, ask, waiter.revision, response);
    else if (waiter.kind === 'renewal') {
      const renewed = context.state.lessor.finishRenewal(waiter.pending, context.ports.clock.nowNs());
      if (renewed.kind === 'renewed') this.leases.finishRenewal(ask, renewed.ttl);
      else this.leases.time(ask);
    } else context.respond(ask, response);
  }

  /** Serves the reads that waited for what is applied now, and lets in whom it made known. */
  onProgress(): void {
    const { reads, applier, ports } = this.context;
    for (const ask of reads.takeReady(applier.appliedIndex, ports.clock.nowNs())) this.serve(ask);
    if (this.awaitingToken.length === 0) return;
    const arrivals = this.awaitingToken;
    this.awaitingToken = [];
    for (const arrival of arrivals) this.admit(arrival);
  }

  onLeaderChanged(): void {
    const { context } = this;
    for (const ask of context.reads.onLeaderChanged(context.ports.clock.nowNs())) {
      // Who leads now knows the lease's time.
      if (isLeaseTime(ask.request)) this.leases.retry(ask);
      else context.respond(ask, errors.leaderChanged);
    }
  }

  tick(nowNs: number): void {
    const { context } = this;
    for (const { ask } of context.proposer.takeExpired(nowNs)) context.respond(ask, timeoutOf(context, ask));
    // Reads time out without a cause, as in etcd.
    for (const ask of context.reads.tick(nowNs)) context.respond(ask, errors.timeout);
    for (const ask of context.peers.takeExpired(nowNs)) context.respond(ask, timeoutOf(context, ask));
    this.leases.tick(nowNs);
    this.maintenance.checkTransfers(nowNs);
    while ((this.awaitingToken[0]?.deadlineNs ?? Infinity) <= nowNs) {
      const { id } = this.awaitingToken.shift() as Arrival;
      context.respond({ id }, errors.timeout);
    }
  }

  /** Answers everybody who waits: the member stops. */
  stop(): void {
    const { context } = this;
    const asks = [
      ...context.proposer.takeExpired(Infinity).map(({ ask }) => ask),
      ...context.reads.takeAll(),
      ...this.leases.takeAll(),
      ...this.maintenance.takeAll(),
      ...context.peers.takeExpired(Infinity),
    ];
    for (const ask of asks) context.respond(ask, errors.stopped);
    for (const { id } of this.awaitingToken) context.respond({ id }, errors.stopped);
    this.awaitingToken = [];
  }

  /** Proposes what waits for a leader. What raft dropped is in no log: the client may try again. */
  flush(): void {
    const { proposer, node, ports } = this.context;
    for (const { ask } of proposer.flush(node, ports.clock.nowNs())) {
      this.context.respond(ask, errors.proposalDropped);
    }
  }
}

/** Asked by anybody, with any token or none, as in etcd: a lease lives on when the token that it was granted with is over. */
const tokenless: ReadonlySet<string> = new Set<ClientRequest['kind']>([
  'authenticate',
  'status',
  'lease_keep_alive',
  'lease_leases',
  'member_list',
  'move_leader',
]);

function isLeaseTime({ kind }: ClientRequest): boolean {
  return kind === 'lease_keep_alive' || kind === 'lease_time_to_live';
}

/** Without a vote a member may lag without knowing: it only tells what may be old. */
function isForLearners(request: ClientRequest): boolean {
  return request.kind === 'status' || (request.kind === 'range' && request.range.serializable === true);
}

function isSerializable(request: ClientRequest): boolean {
  if (request.kind === 'range') return request.range.serializable === true;
  if (request.kind !== 'txn') return false;
  return [...request.txn.success, ...request.txn.failure].every(isSerializable);
}
