import { noNode } from '../../base/ids.ts';
import { unappliedEntriesMax } from '../../limits.ts';
import type { RawNode } from '../../raft/index.ts';
import type { ClientResponse, ErrorResponse } from '../api/index.ts';
import { errors } from '../api/index.ts';
import type { Applier } from '../applier.ts';
import type { MemberConfig } from '../config.ts';
import type { PeerLinks } from '../peers/links.ts';
import type { PeerCalls } from '../peers/calls.ts';
import type { Proposer, Waiter } from '../proposals.ts';
import type { MemberState } from '../state.ts';
import type { EtcdPorts } from '../traffic.ts';
import type { Ask, V2Ask } from './ask.ts';
import type { ReadQueue } from './reads.ts';

/** What an answer needs to know of its question. */
export type Answerable = Pick<Ask, 'id' | 'forPeer'> & Partial<Pick<Ask, 'request'> & Pick<V2Ask, 'forV2'>>;

/** What the handlers of requests share. */
export interface RequestContext {
  readonly config: MemberConfig;
  readonly ports: EtcdPorts;
  readonly node: RawNode;
  readonly state: MemberState;
  readonly applier: Applier;
  readonly proposer: Proposer;
  readonly reads: ReadQueue;
  readonly peers: PeerCalls;
  readonly links: PeerLinks;
  /** When this member's present leader was elected, as far as it knows. */
  leaderSinceNs(): number;
  /** This member leads, and a quorum has confirmed it since it last stood still. */
  leadsSurely(): boolean;
  /** To the client, or to the member that asks for its client. */
  respond(ask: Answerable, response: ClientResponse): void;
}

export function isLeader({ node }: RequestContext): boolean {
  return node.role === 'leader';
}

/** Proposes what a client asked for; its answer is the entry's result. */
export function propose(
  context: RequestContext,
  request: Parameters<Proposer['propose']>[0],
  waiter: Waiter,
): void {
  const { proposer, ports, node, applier } = context;
  const { ask } = waiter;
  if (node.commitIndex - applier.appliedIndex > unappliedEntriesMax) {
    context.respond(ask, errors.tooManyRequests);
    return;
  }
  const fits = proposer.propose(request, ask.auth, waiter, ports.clock.nowNs());
  if (!fits) context.respond(ask, errors.requestTooLarge);
}

/**
 * Why a request ran out of time, as far as this member can tell (etcd: parseProposeCtxErr): the leader it was meant for failed, or
 * the connection to it, or to a quorum, was not there all the time.
 */
export function timeoutOf(context: RequestContext, { startedNs }: Pick<Ask, 'startedNs'>): ErrorResponse {
  const { config, node, links } = context;
  const electedNs = context.leaderSinceNs();
  const electionNs = config.electionTicks * config.heartbeatIntervalMs * 1_000_000;
  if (startedNs > electedNs - 2 * electionNs && startedNs < electedNs) return errors.timeoutLeaderFailure;
  const nowNs = context.ports.clock.nowNs();
  if (node.leader === config.id) {
    const voters = node.raft.config.voters.filter((id) => id !== config.id);
    const connected = voters.filter((id) => links.connectedSince(id, startedNs, nowNs)).length + 1;
    return connected > (voters.length + 1) / 2 ? errors.timeout : errors.timeoutConnectionLost;
  }
  if (node.leader === noNode) return errors.timeout;
  return links.connectedSince(node.leader, startedNs, nowNs) ? errors.timeout : errors.timeoutConnectionLost;
}
