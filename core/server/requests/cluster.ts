/** Changes of the membership: checked here against what this member knows, then a conf change in the log. */
import { type ByteString, compareStrings, fromText, toText } from '../../base/bytes.ts';
import type { NodeId } from '../../base/ids.ts';
import { noNode } from '../../base/ids.ts';
import { healthIntervalMs, learnerReadyPercent, nsPerMs } from '../../limits.ts';
import { type ConfChange, ConfChangeType, makeConfChange } from '../../raft/index.ts';
import {
  type ClientResponse,
  type ClusterMember as ApiMember,
  type ErrorResponse,
  errors,
  revisionHeader,
} from '../api/index.ts';
import { validPeerUrls } from '../api/peer_urls.ts';
import { authErrorResponse } from '../apply/auth_operations.ts';
import { type ClusterMember, type MembershipError, confChangeContext } from '../membership/index.ts';
import type { PeerAnswer } from '../peers/messages.ts';
import type { Ask } from './ask.ts';
import { type RequestContext, isLeader, timeoutOf } from './context.ts';

const memberErrors: Readonly<Record<MembershipError, ErrorResponse>> = {
  idRemoved: errors.memberNotFound,
  idExists: errors.memberExists,
  idNotFound: errors.memberNotFound,
  peerUrlExists: errors.peerUrlExists,
  memberNotLearner: errors.memberNotLearner,
  tooManyLearners: errors.tooManyLearners,
};

export function membershipErrorResponse(error: MembershipError): ErrorResponse {
  return memberErrors[error];
}

const texts = (list: readonly ByteString[]): string[] => list.map(toText);

export function apiMember(member: ClusterMember, id: bigint): ApiMember {
  return {
    ID: id,
    name: fromText(member.name),
    peerURLs: member.peerUrls.map(fromText),
    clientURLs: member.clientUrls.map(fromText),
    isLearner: member.isLearner,
  };
}

/** In the order of the real ids, as etcd lists them: those of this process have another. */
function memberList({ state }: RequestContext): ApiMember[] {
  return state.membership
    .list()
    .map((member) => apiMember(member, state.ids.foreign(member.id)))
    .sort((a, b) => (a.ID < b.ID ? -1 : a.ID > b.ID ? 1 : 0));
}

/** member_add, member_remove, member_update, and member_promote on the leader. */
export function changeMembers(context: RequestContext, ask: Ask): void {
  const denied = context.state.auth.checkAdmin(ask.auth);
  const change = denied === null ? changeOf(context, ask) : authErrorResponse(denied);
  if (change === 'passOn') passPromotionOn(context, ask);
  else if ('kind' in change) context.respond(ask, change);
  else context.proposer.proposeConfChange(change, { kind: 'client', ask }, context.ports.clock.nowNs());
}

function changeOf(context: RequestContext, { request }: Ask): ConfChange | ErrorResponse | 'passOn' {
  const { ids } = context.state;
  switch (request.kind) {
    case 'member_add': {
      const { peerURLs, isLearner = false } = request.member_add;
      const refused = whyNoAddition(context, isLearner);
      if (refused !== null) return refused;
      // As etcd keeps them.
      const peerUrls = texts(peerURLs)
        .map((url) => url.trim())
        .toSorted(compareStrings);
      const foreign = context.config.newMemberId(peerUrls, context.ports.clock.wallNs());
      const id = ids.local(foreign);
      const member = { id, name: '', peerUrls, clientUrls: [], isLearner };
      const type = isLearner ? ConfChangeType.addLearnerNode : ConfChangeType.addNode;
      return makeConfChange(type, id, confChangeContext(member, false, ids));
    }
    case 'member_remove': {
      const id = ids.local(request.member_remove.ID);
      return whyNoRemoval(context, id) ?? makeConfChange(ConfChangeType.removeNode, id);
    }
    case 'member_update': {
      const id = ids.local(request.member_update.ID);
      const isKnown = context.state.membership.get(id) !== undefined;
      // Nobody looks at them in etcd, and every other member ends when it applies the change.
      if (isKnown && !validPeerUrls(request.member_update.peerURLs)) return errors.memberBadUrls;
      const peerUrls = texts(request.member_update.peerURLs);
      const member = { id, name: '', peerUrls, clientUrls: [], isLearner: false };
      return makeConfChange(ConfChangeType.updateNode, id, confChangeContext(member, false, ids));
    }
    case 'member_promote': {
      const id = ids.local(request.member_promote.ID);
      return isLeader(context) ? promotion(context, id) : 'passOn';
    }
    default:
      return errors.notCapable;
  }
}

/** A learner becomes a voter if it has almost all of the leader's log (etcd: isLearnerReady). */
export function promotion(context: RequestContext, id: NodeId): ConfChange | ErrorResponse {
  const { node, state, config } = context;
  const known = state.membership.get(id);
  if (known === undefined) return errors.memberNotFound;
  if (!known.isLearner) return errors.memberNotLearner;
  const { progress } = node.raft;
  const leaderMatch = progress.get(config.id)?.match ?? 0;
  const match = progress.get(id)?.match ?? 0;
  if (match * 100 < leaderMatch * learnerReadyPercent) return errors.learnerNotReady;
  const strict = config.strictReconfiguration;
  const refused = strict && !staysStartedWith(context) ? errors.memberNotEnoughStarted : null;
  return refused ?? makeConfChange(ConfChangeType.addNode, id, confChangeContext(known, true, state.ids));
}

function passPromotionOn(context: RequestContext, ask: Ask): void {
  const { node, peers, state } = context;
  if (ask.request.kind !== 'member_promote') return;
  if (node.leader === noNode) {
    context.respond(ask, errors.noLeader);
    return;
  }
  const member = state.ids.local(ask.request.member_promote.ID);
  peers.call(node.leader, { kind: 'member_promote', member }, { kind: 'ask', ask });
}

export function onPromotionAnswer(context: RequestContext, ask: Ask, answer: PeerAnswer | null): void {
  if (answer?.kind !== 'member_promote') {
    context.respond(ask, timeoutOf(context, ask));
    return;
  }
  const { result } = answer;
  if ('kind' in result) context.respond(ask, result);
  else context.respond(ask, { kind: 'member_promote', member_promote: result });
}

// --- strict reconfiguration: no change that could cost the quorum (etcd --strict-reconfig-check)

function whyNoAddition(context: RequestContext, isLearner: boolean): ErrorResponse | null {
  if (!context.config.strictReconfiguration) return null;
  if (!isLearner && !staysStarted(context)) return errors.memberNotEnoughStarted;
  const voters = votersOf(context);
  return connectedLately(context, voters) === voters.length ? null : errors.unhealthy;
}

function votersOf({ state }: RequestContext): ClusterMember[] {
  return state.membership.list().filter(({ isLearner }) => !isLearner);
}

/** Started are members that have told their name. */
function startedAmong(members: readonly ClusterMember[]): number {
  return members.filter(({ name }) => name !== '').length;
}

function quorumOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** With one voter more that has not started yet, would the started ones be a quorum? */
function staysStarted(context: RequestContext): boolean {
  const voters = votersOf(context);
  const started = startedAmong(voters);
  // Growing a cluster of one: the first other member can't have started yet.
  if (started === 1 && voters.length === 1) return true;
  return started >= quorumOf(voters.length + 1);
}

/** The same with a learner as one more voter, which runs. */
function staysStartedWith(context: RequestContext): boolean {
  const voters = votersOf(context);
  return startedAmong(voters) + 1 >= quorumOf(voters.length + 1);
}

/** How many of them this member has been connected to for a while, itself included. */
function connectedLately(
  { config, links, ports }: RequestContext,
  members: readonly ClusterMember[],
): number {
  const nowNs = ports.clock.nowNs();
  const sinceNs = nowNs - healthIntervalMs * nsPerMs;
  return members.filter(({ id }) => id === config.id || links.connectedSince(id, sinceNs, nowNs)).length;
}

function whyNoRemoval(context: RequestContext, id: NodeId): ErrorResponse | null {
  const { config, state, links, ports } = context;
  const member = state.membership.get(id);
  if (!config.strictReconfiguration || member === undefined || member.isLearner) return null;
  const voters = votersOf(context);
  const left = voters.filter((voter) => voter.id !== id);
  if (left.length === 0 || startedAmong(left) < quorumOf(left.length)) return errors.memberNotEnoughStarted;
  // Removing a member that is down can't hurt; removing one that is up must leave a quorum of active ones.
  if (id !== config.id && !links.isActive(id, ports.clock.nowNs())) return null;
  return connectedLately(context, voters) - 1 < quorumOf(left.length) ? errors.unhealthy : null;
}

// --- answers

/** What the client hears when its conf change was applied. As in etcd, headers of additions and lists tell no revision. */
export function membersChanged(
  context: RequestContext,
  { request }: Ask,
  change: ConfChange,
): ClientResponse {
  const members = memberList(context);
  const header = revisionHeader(0);
  if (request.kind === 'member_add') {
    const id = context.state.ids.foreign(change.nodeId);
    const member = members.find(({ ID }) => ID === id) as ApiMember;
    return { kind: 'member_add', member_add: { header, member, members } };
  }
  if (request.kind === 'member_update') return { kind: 'member_update', member_update: { header, members } };
  if (request.kind === 'member_promote')
    return { kind: 'member_promote', member_promote: { header, members } };
  return { kind: 'member_remove', member_remove: { header, members } };
}

export function listMembers(context: RequestContext): ClientResponse {
  return { kind: 'member_list', member_list: { header: revisionHeader(0), members: memberList(context) } };
}
