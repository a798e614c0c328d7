import type { RequestId } from '../../base/ids.ts';
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
import type { Ask } from './ask.ts';
import type { ReadQueue } from './reads.ts';

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
  /** When raft ticked last. */
  lastTickNs(): number;
  respond(request: RequestId, response: ClientResponse): void;
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
  const { proposer, ports } = context;
  const { ask } = waiter;
  const fits = proposer.propose(request, ask.auth, waiter, ports.clock.nowNs());
  if (!fits) context.respond(ask.id, errors.requestTooLarge);
}

/**
 * Why a request ran out of time, as far as this member can tell (etcd: parseProposeCtxErr): the leader it was meant for failed, or
 * the connection to it, or to a quorum, was not there all the time.
 */
export function timeoutOf(context: RequestContext, { startedNs }: Ask): ErrorResponse {
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
  if (node.leader === 0) return errors.timeoutLeaderFailure;
  return links.connectedSince(node.leader, startedNs, nowNs) ? errors.timeout : errors.timeoutConnectionLost;
}
