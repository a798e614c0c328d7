import type { NodeId, RequestId } from '../../base/ids.ts';
import { nsPerMs, requestTimeoutMs } from '../../limits.ts';
import { etcdVersion } from '../../version.ts';
import type { ClientRequest, ClientResponse } from '../api/index.ts';
import { errors } from '../api/index.ts';
import type { Ask } from '../requests/ask.ts';
import { onPromotionAnswer, promotion } from '../requests/cluster.ts';
import { type RequestContext, isLeader } from '../requests/context.ts';
import type { RequestDesk } from '../requests/desk.ts';
import type { Corruption } from '../services/corruption.ts';
import type { Versions } from '../services/versions.ts';
import type { PeerAnswer, PeerCall } from './messages.ts';

/** Answers what other members ask, and takes their answers to where they were awaited. */
export class PeerDesk {
  private readonly context: RequestContext;
  private readonly requests: RequestDesk;
  private readonly versions: Versions;
  private readonly corruption: Corruption;
  private readonly onRemoved: () => void;

  constructor(parts: {
    readonly context: RequestContext;
    readonly requests: RequestDesk;
    readonly versions: Versions;
    readonly corruption: Corruption;
    /** Another member said that this one was removed. */
    readonly onRemoved: () => void;
  }) {
    this.context = parts.context;
    this.requests = parts.requests;
    this.versions = parts.versions;
    this.corruption = parts.corruption;
    this.onRemoved = parts.onRemoved;
  }

  onCall(id: RequestId, from: NodeId, call: PeerCall): void {
    const { state, ports } = this.context;
    const answer = (given: PeerAnswer): void => ports.network.answerPeer(id, given);
    if (state.membership.isRemoved(from)) answer({ kind: 'removed' });
    else if (call.kind === 'version') {
      answer({ kind: 'version', server: etcdVersion, cluster: state.membership.version ?? '' });
    } else if (call.kind === 'hash_kv') answer(this.corruption.answer(call.revision));
    else if (call.kind === 'member_promote')
      this.promote(this.askFor(id, promoteRequest(state.ids.foreign(call.member))), call.member);
    else this.requests.leases.time(this.askFor(id, leaseRequest(call)));
  }

  /** What another member's client asked, to be answered to that member. */
  private askFor(id: RequestId, request: ClientRequest): Ask {
    const startedNs = this.context.ports.clock.nowNs();
    const deadlineNs = startedNs + requestTimeoutMs * nsPerMs;
    return { id, request, auth: null, startedNs, deadlineNs, forPeer: true };
  }

  /** The answer comes when the change is applied here. */
  private promote(ask: Ask, member: NodeId): void {
    const { context } = this;
    const change = isLeader(context) ? promotion(context, member) : errors.notLeader;
    if ('kind' in change) context.respond(ask, change);
    else context.proposer.proposeConfChange(change, { kind: 'client', ask }, ask.startedNs);
  }

  onAnswer(token: number, answer: PeerAnswer | null): void {
    const { context } = this;
    const purpose = context.peers.take(token);
    if (answer?.kind === 'removed') this.onRemoved();
    if (answer?.kind === 'unreachable') context.node.reportUnreachable(answer.member);
    if (purpose === undefined) return;
    if (purpose.kind === 'version') this.versions.onAnswer(purpose.member, answer);
    else if (purpose.kind === 'hash') this.corruption.onAnswer(purpose.member, answer);
    else if (purpose.kind === 'ask') this.passBack(purpose.ask, answer);
    else if (answer !== null) context.links.heard(purpose.member, context.ports.clock.nowNs());
  }

  private passBack(ask: Ask, answer: PeerAnswer | null): void {
    if (ask.request.kind === 'member_promote') onPromotionAnswer(this.context, ask, answer);
    else this.requests.leases.onPeerAnswer(ask, answer);
  }
}

function promoteRequest(ID: bigint): ClientRequest {
  return { kind: 'member_promote', member_promote: { ID } };
}

function leaseRequest(
  call: Extract<PeerCall, { readonly kind: 'lease_keep_alive' | 'lease_time_to_live' }>,
): ClientRequest {
  if (call.kind === 'lease_keep_alive') return { kind: call.kind, lease_keep_alive: { ID: call.ID } };
  return { kind: call.kind, lease_time_to_live: { ID: call.ID, keys: call.keys } };
}

/** What the member that asked for its client gets. It tries again elsewhere when it is refused. */
export function peerAnswerOf(
  response: ClientResponse,
  request: ClientRequest['kind'] | undefined,
): PeerAnswer {
  switch (response.kind) {
    case 'lease_keep_alive':
      return { kind: 'lease_keep_alive', ttl: response.lease_keep_alive.TTL };
    case 'lease_time_to_live': {
      const { TTL: ttl, grantedTTL: grantedTtl, keys } = response.lease_time_to_live;
      return { kind: 'lease_time_to_live', ttl, grantedTtl, keys };
    }
    case 'member_promote':
      return { kind: 'member_promote', result: response.member_promote };
    case 'error':
      if (request !== 'member_promote' || response === errors.notLeader) return { kind: 'refused' };
      return { kind: 'member_promote', result: response };
    default:
      return { kind: 'refused' };
  }
}
