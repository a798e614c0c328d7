import type { NodeId, RequestId } from '../../base/ids.ts';
import { noNode } from '../../base/ids.ts';
import { leadershipIsFresh } from '../../lease/index.ts';
import { linkSilenceMs, nsPerMs } from '../../limits.ts';
import type { LeaseId } from '../../mvcc/index.ts';
import type { Token } from '../../ports.ts';
import type { ConfChange, RawNode, ReadState, SoftState } from '../../raft/index.ts';
import { type ClientResponse, errors, withMember } from '../api/index.ts';
import { Applier, type ApplierHost } from '../applier.ts';
import type { MemberConfig } from '../config.ts';
import type { MembershipError } from '../membership/index.ts';
import type { MemberObserver } from '../observer.ts';
import { PeerDesk, peerAnswerOf } from '../peers/answers.ts';
import { PeerCalls } from '../peers/calls.ts';
import { PeerLinks } from '../peers/links.ts';
import type { AppliedV2 } from '../../v2store/index.ts';
import { Proposer, type V3Waiter, type Waiter } from '../proposals.ts';
import type { V2Ask } from '../requests/ask.ts';
import { membersChanged, membershipErrorResponse } from '../requests/cluster.ts';
import { type RequestContext, isLeader } from '../requests/context.ts';
import { RequestDesk } from '../requests/desk.ts';
import { ReadQueue } from '../requests/reads.ts';
import type { MemberState } from '../state.ts';
import { Timer, type Tokens } from '../tokens.ts';
import type { EtcdPorts } from '../traffic.ts';
import { Compactor } from './compactor.ts';
import { Corruption } from './corruption.ts';
import { LeaseClock } from './lease_clock.ts';
import { V2Clock } from './v2_clock.ts';
import { Versions } from './versions.ts';
import { Watches } from './watches.ts';

export interface ServicesParts {
  readonly config: MemberConfig;
  readonly ports: EtcdPorts;
  readonly node: RawNode;
  readonly state: MemberState;
  readonly tokens: Tokens;
  readonly observer: MemberObserver | null;
}

/** Everything a member does above its log: clients' requests, watches, and what the leader does by itself. */
export class Services implements ApplierHost {
  readonly applier: Applier;
  readonly requests: RequestDesk;
  readonly watches: Watches;
  readonly links: PeerLinks;
  readonly peers: PeerDesk;
  /** This member was removed from the cluster: since when, or -1. */
  removedAtNs = -1;
  private readonly config: MemberConfig;
  private readonly ports: EtcdPorts;
  private readonly node: RawNode;
  private readonly context: RequestContext;
  private readonly reads: ReadQueue;
  private readonly leases: LeaseClock;
  private readonly versions: Versions;
  private readonly compactor: Compactor;
  private readonly corruption: Corruption;
  private readonly v2Clock: V2Clock;
  private leader: NodeId = noNode;
  private leaderSinceNs = -Infinity;
  private lastTickNs: number;
  /** When this member last found that it had stood still: what it believed before may be over. */
  private doubtedNs = -Infinity;

  constructor(parts: ServicesParts) {
    const { config, ports, node, state, tokens, observer } = parts;
    this.config = config;
    this.ports = ports;
    this.node = node;
    this.lastTickNs = ports.clock.nowNs();
    const proposer = new Proposer(config.id, () => state.membership.list());
    const { clock } = ports;
    const { quotaBytes, failpoint } = config;
    const told = { host: this, observer, failpoint };
    this.applier = new Applier({ node, state, proposer, clock, quotaBytes, ...told });
    this.reads = new ReadQueue(node);
    this.links = new PeerLinks(linkSilenceMs * nsPerMs);
    const calls = new PeerCalls(ports.network);
    this.context = {
      config,
      ports,
      node,
      state,
      applier: this.applier,
      proposer,
      reads: this.reads,
      peers: calls,
      links: this.links,
      leaderSinceNs: () => this.leaderSinceNs,
      leadsSurely: () => this.leadsSurely,
      respond: ({ id, forPeer, forV2, request }, response) => {
        if (forV2 === true) this.refuseV2(id, response);
        else if (forPeer !== true) ports.network.respond(id, this.complete(response));
        else ports.network.answerPeer(id, peerAnswerOf(response, request?.kind));
      },
    };
    this.requests = new RequestDesk(this.context, tokens);
    this.watches = new Watches({ config, state, ports, node, applier: this.applier });
    this.leases = new LeaseClock(this.context);
    this.versions = new Versions(this.context);
    this.compactor = new Compactor(this.context);
    this.corruption = new Corruption(this.context);
    this.v2Clock = new V2Clock(this.context);
    const onRemoved = (): void => this.onRemoved();
    const { context, requests, versions, corruption } = this;
    this.peers = new PeerDesk({ context, requests, versions, corruption, onRemoved });
  }

  start(): void {
    this.compactor.startAuto();
    this.corruption.start();
  }

  /** Nobody is to wait any longer: the member stops, and what becomes of the requests is open. */
  stop(): void {
    this.requests.stop();
    for (const ask of this.compactor.takeAll()) this.context.respond(ask, errors.stopped);
    this.watches.closeAll(errors.stopped.message);
  }

  private complete(response: ClientResponse): ClientResponse {
    const { config, node } = this;
    const member_id = config.ids.foreign(config.id);
    return withMember(response, { cluster_id: config.clusterId, member_id, raft_term: node.term });
  }

  // --- time

  onTimer(token: Token): void {
    if (token === Timer.compaction) this.compactor.onStepTimer();
    else if (token === Timer.watchSync) this.watches.onSyncTimer();
    else if (token === Timer.watchVictims) this.watches.onVictimTimer();
    else if (token === Timer.leases) this.leases.onTimer();
    else if (token === Timer.versions) this.versions.onTimer();
    else if (token === Timer.autoCompaction) this.compactor.onAutoTimer();
    else if (token === Timer.corruption) this.corruption.onTimer();
    else if (token === Timer.v2Sync) this.v2Clock.onTimer();
  }

  tick(nowNs: number): void {
    if (!this.ticks(nowNs)) this.doubtedNs = nowNs;
    this.lastTickNs = nowNs;
    this.requests.tick(nowNs);
    this.watches.tick(nowNs);
    this.versions.publish(nowNs);
    this.probeLinks(nowNs);
  }

  /** How long before the last tick the time was over of what has waited longest; below 0: it was not. */
  get overdueNs(): number {
    const { context, reads, lastTickNs } = this;
    return lastTickNs - Math.min(context.proposer.oldestDeadlineNs, reads.oldestDeadlineNs);
  }

  private ticks(nowNs: number): boolean {
    return leadershipIsFresh(this.lastTickNs, nowNs, this.config.heartbeatIntervalMs * nsPerMs);
  }

  /** One tick after a standstill proves nothing: a quorum has to say so. */
  private get leadsSurely(): boolean {
    const { context, reads, doubtedNs, ports } = this;
    return isLeader(context) && this.ticks(ports.clock.nowNs()) && reads.confirmedNs >= doubtedNs;
  }

  private probeLinks(nowNs: number): void {
    const { config, context, links } = this;
    for (const id of links.due(context.state.membership.list(), config.id, nowNs))
      context.peers.call(id, { kind: 'version' }, { kind: 'probe', member: id });
  }

  private onRemoved(): void {
    if (this.removedAtNs < 0) this.removedAtNs = this.ports.clock.nowNs();
  }

  /** Lets out what the input brought about. Call it after every input, when raft has been pumped. */
  settle(): void {
    this.requests.onProgress();
    this.watches.flush();
    this.compactor.arm();
    this.v2Clock.arm();
  }

  // --- what raft says

  onSoftState({ leader, role }: SoftState): void {
    const nowNs = this.ports.clock.nowNs();
    if (role !== 'leader') {
      this.leases.demote();
      // Who is elected has just heard from a quorum.
      this.doubtedNs = -Infinity;
    }
    if (leader === this.leader) return;
    this.leader = leader;
    if (leader === noNode) return;
    this.leaderSinceNs = nowNs;
    this.requests.onLeaderChanged();
    this.requests.maintenance.checkTransfers(nowNs);
  }

  onReadState(state: ReadState): void {
    this.reads.onReadState(state);
  }

  /** A snapshot has replaced the state. */
  onReplaced(): void {
    this.applier.restart();
    this.requests.maintenance.onReplaced();
  }

  // --- what was applied

  private refuseV2(id: RequestId, response: ClientResponse): void {
    const reason = response.kind === 'error' ? response : errors.stopped;
    this.ports.network.respondV2?.(id, { kind: 'refused', reason });
  }

  onV2Result({ id }: V2Ask, applied: AppliedV2): void {
    this.ports.network.respondV2?.(id, applied);
  }

  onResult(waiter: V3Waiter, response: ClientResponse): void {
    const { request } = waiter.ask;
    const { store } = this.context.state;
    if (request.kind === 'compact' && request.compact.physical === true && response.kind !== 'error') {
      this.compactor.answerWhenDone(waiter.ask, store.compactRevision, response);
    } else this.requests.onApplied(waiter, response);
  }

  onConfChange(waiter: Waiter | undefined, change: ConfChange, refused: MembershipError | null): void {
    const { config, context } = this;
    if (refused === null && context.state.membership.isRemoved(config.id)) this.onRemoved();
    if (refused === null && context.state.membership.isRemoved(change.nodeId))
      this.links.forget(change.nodeId);
    if (waiter === undefined || waiter.kind === 'v2') return;
    const response =
      refused === null ? membersChanged(context, waiter.ask, change) : membershipErrorResponse(refused);
    context.respond(waiter.ask, response);
  }

  onTermOpened(term: number): void {
    if (this.node.role !== 'leader' || this.node.term !== term) return;
    this.leases.promote();
    this.versions.onLeading();
  }

  onQuotaExceeded(): void {
    this.requests.raiseNoSpace();
  }

  onLeaseRevoked(lease: LeaseId): void {
    this.leases.onRevoked(lease);
  }
}
