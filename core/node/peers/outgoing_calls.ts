import type { PeerAnswer, PeerCall } from '../../server/peers/messages.ts';
import { errors } from '../../server/api/index.ts';
import { ProtobufError } from '../../base/protobuf.ts';
import type { PeerDialer, PeerReply } from './dialer.ts';
import { type Identity, headersOf } from './identity.ts';
import { decodeLeaseAnswer, encodeLeaseCall } from './lease_messages.ts';
import { parseMemberList, promotedOf } from './member_list.ts';

/** A client waits for most of these, no longer than its request's time. */
const callMsMax = 5000;

interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly type?: string;
  readonly body?: Uint8Array | string;
}

function httpCallOf(call: PeerCall, { ids }: Identity): HttpCall {
  switch (call.kind) {
    case 'lease_keep_alive':
      return { method: 'POST', path: '/leases', type: 'application/protobuf', body: encodeLeaseCall(call) };
    case 'lease_time_to_live': {
      const body = encodeLeaseCall(call);
      return { method: 'POST', path: '/leases/internal', type: 'application/protobuf', body };
    }
    case 'member_promote':
      // In decimal, as nothing else is.
      return { method: 'POST', path: `/members/promote/${ids.foreign(call.member)}` };
    case 'version':
      return { method: 'GET', path: '/version' };
    case 'hash_kv': {
      const body = JSON.stringify({ revision: call.revision });
      return { method: 'GET', path: '/members/hashkv', type: 'application/json', body };
    }
  }
}

/** Asks another member. Null: it could not be reached, or did not answer in time. */
export async function callPeer(
  dialer: PeerDialer,
  url: string,
  identity: Identity,
  call: PeerCall,
): Promise<PeerAnswer | null> {
  const { method, path, type, body } = httpCallOf(call, identity);
  const headers = { ...headersOf(identity), ...(type === undefined ? {} : { 'Content-Type': type }) };
  const content = body === undefined ? {} : { body };
  const reply = await dialer.ask(url, { method, path, headers, ...content, timeoutMs: callMsMax });
  if (reply === null) return null;
  if (reply.status === 410) return { kind: 'removed' };
  try {
    return answerOf(call, reply);
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof SyntaxError) return { kind: 'refused' };
    throw error;
  }
}

function answerOf(call: PeerCall, { status, body }: PeerReply): PeerAnswer {
  const refused = { kind: 'refused' } as const;
  if (call.kind === 'member_promote') return promotionAnswer(status, body.toString());
  if (call.kind === 'lease_keep_alive' && status === 404) return { kind: call.kind, ttl: 0 };
  if (call.kind === 'lease_time_to_live' && status === 404) {
    return { kind: call.kind, ttl: -1, grantedTtl: 0, keys: [] };
  }
  if (status !== 200) return refused;
  if (call.kind === 'lease_keep_alive' || call.kind === 'lease_time_to_live') {
    return decodeLeaseAnswer(call.kind, body);
  }
  const value = (JSON.parse(body.toString()) ?? {}) as Readonly<Record<string, unknown>>;
  if (call.kind === 'version') {
    const { etcdserver: server, etcdcluster: cluster } = value;
    return typeof server === 'string' ? { kind: 'version', server, cluster: String(cluster) } : refused;
  }
  const { hash, compact_revision: compactRevision = 0 } = value;
  if (typeof hash !== 'number' || typeof compactRevision !== 'number') return refused;
  return { kind: 'hash_kv', revision: call.revision, compactRevision, hash };
}

function promotionAnswer(status: number, text: string): PeerAnswer {
  const kind = 'member_promote';
  const members = status === 200 ? parseMemberList(text) : null;
  if (members !== null) return { kind, result: promotedOf(members) };
  if (status === 404) return { kind, result: errors.memberNotFound };
  if (status !== 412) return { kind: 'refused' };
  const isReady = !text.includes('in sync with leader');
  return { kind, result: isReady ? errors.memberNotLearner : errors.learnerNotReady };
}
