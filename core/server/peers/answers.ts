import type { NodeId, RequestId } from '../../base/ids.ts';
import { etcdVersion } from '../../version.ts';
import { revisionHeader } from '../api/index.ts';
import { type Ask } from '../requests/ask.ts';
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

  constructor(context: RequestContext, requests: RequestDesk, versions: Versions, corruption: Corruption) {
    this.context = context;
    this.requests = requests;
    this.versions = versions;
    this.corruption = corruption;
  }

  onCall(id: RequestId, call: PeerCall): void {
    this.context.ports.network.answerPeer(id, this.answer(call));
  }

  private answer(call: PeerCall): PeerAnswer {
    const { context } = this;
    const { state, ports } = context;
    switch (call.kind) {
      case 'version':
        return { kind: 'version', server: etcdVersion, cluster: state.membership.version ?? '' };
      case 'hash_kv':
        return this.corruption.answer(call.revision);
      case 'lease_time_to_live':
        return isLeader(context) ? this.requests.leases.timeToLive(call.ID, call.keys) : { kind: 'refused' };
      case 'lease_keep_alive': {
        const renewal = isLeader(context) ? state.lessor.renew(call.ID, ports.clock.nowNs()) : null;
        if (renewal?.kind === 'renewed') return { kind: 'lease_keep_alive', ttl: renewal.ttl };
        if (renewal?.kind === 'not-found') return { kind: 'lease_keep_alive', ttl: 0 };
        // It has to wait, or does not lead: the asker comes again.
        return { kind: 'refused' };
      }
      case 'member_promote':
        return { kind: 'member_promote', result: this.promote(call.member) };
    }
  }

  /** Promotes for a member that does not lead; that member's client sees the change when it is applied there. */
  private promote(member: NodeId) {
    const change = promotion(this.context, member);
    if ('kind' in change) return change;
    this.context.proposer.proposeConfChange(change, null, this.context.ports.clock.nowNs());
    return { header: revisionHeader(0), members: [] };
  }

  onAnswer(token: number, answer: PeerAnswer | null): void {
    const purpose = this.context.peers.take(token);
    if (purpose === undefined) return;
    if (purpose.kind === 'version') this.versions.onAnswer(purpose.member, answer);
    else if (purpose.kind === 'hash') this.corruption.onAnswer(purpose.member, answer);
    else this.passBack(purpose.ask, answer);
  }

  private passBack(ask: Ask, answer: PeerAnswer | null): void {
    if (ask.request.kind === 'member_promote') onPromotionAnswer(this.context, ask, answer);
    else this.requests.leases.onPeerAnswer(ask, answer);
  }
}
