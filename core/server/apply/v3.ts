/** One committed v3 request on one member: the alarms first, then who may, then the doing (etcd: applierV3Corrupt, Capped, Auth, Quota, Backend). */
import type { AuthInfo } from '../../auth/index.ts';
import type { ByteString } from '../../base/bytes.ts';
import type { LeaseId } from '../../mvcc/index.ts';
import {
  type AlarmRequest,
  type ClientRequest,
  type ClientResponse,
  type ErrorResponse,
  type RaftRequest,
  type RequestHeader,
  errors,
  isRequestOp,
  revisionHeader,
} from '../api/index.ts';
import type { MemberState } from '../state.ts';
import { applyRequest } from './apply.ts';
import { checkAuth } from './auth.ts';
import { applyAuthRequest, authErrorResponse, isAuthRequest } from './auth_operations.ts';
import { growthBytes } from './quota.ts';

/** Refused while the data may be corrupt; alarms and auth go on. */
const keyKinds: ReadonlySet<string> = new Set([
  'range',
  'put',
  'delete_range',
  'txn',
  'compact',
  'lease_grant',
  'lease_revoke',
]);

export interface AppliedAt {
  /** Raft index of the entry. */
  readonly index: number;
  /** The member's clock. */
  readonly nowNs: number;
}

export function infoOf({ username, auth_revision }: RequestHeader): AuthInfo | null {
  return username === undefined ? null : { username, revision: auth_revision ?? 0 };
}

/** Does the request, or nothing at all if it answers with an error. */
export function applyV3(
  state: MemberState,
  header: RequestHeader,
  request: RaftRequest,
  at: AppliedAt,
): ClientResponse {
  return refusal(state, infoOf(header), request) ?? done(state, request, at);
}

/** Why the request may not be done now, or null. Also for what one member answers alone. */
export function refusal(
  state: MemberState,
  info: AuthInfo | null,
  request: RaftRequest | ClientRequest,
): ErrorResponse | null {
  const { alarms, auth, lessor } = state;
  if (alarms.has('CORRUPT') && keyKinds.has(request.kind)) return errors.corrupt;
  if (alarms.has('NOSPACE') && growthBytes(request) > 0) return errors.noSpace;
  const keysOf = (lease: LeaseId): Iterable<ByteString> => lessor.lookup(lease)?.keys ?? [];
  const denied = checkAuth(auth, info, request as ClientRequest, keysOf, state.bugs);
  return denied === null ? null : authErrorResponse(denied);
}

function done(state: MemberState, request: RaftRequest, at: AppliedAt): ClientResponse {
  const { store, lessor, auth } = state;
  if (isRequestOp(request)) return applyRequest(store, request, lessor, state.bugs);
  if (isAuthRequest(request as ClientRequest)) {
    return applyAuthRequest(auth, request as Parameters<typeof applyAuthRequest>[1], store.currentRevision);
  }
  const header = revisionHeader(store.currentRevision);
  switch (request.kind) {
    case 'compact': {
      const refused = store.compact(request.compact.revision ?? 0);
      if (refused === 'compacted') return errors.compacted;
      return refused === 'future' ? errors.futureRevision : { kind: 'compact', compact: { header } };
    }
    case 'lease_grant':
      return grant(state, request.lease_grant.ID ?? 0n, request.lease_grant.TTL, at.nowNs);
    case 'lease_revoke':
      if (lessor.revoke(request.lease_revoke.ID, store) !== null) return errors.leaseNotFound;
      return { kind: 'lease_revoke', lease_revoke: { header: revisionHeader(store.currentRevision) } };
    case 'lease_checkpoint':
      for (const checkpoint of request.lease_checkpoint.checkpoints) lessor.checkpoint(checkpoint, at.nowNs);
      return { kind: 'lease_leases', lease_leases: { header, leases: [] } };
    case 'alarm':
      return applyAlarm(state, request.alarm);
    case 'internal_authenticate': {
      const { name, simple_token } = request.internal_authenticate;
      const answer = auth.authenticate(name, simple_token, at.index, at.nowNs);
      if (answer.kind === 'refused') return authErrorResponse(answer.error);
      return { kind: 'authenticate', authenticate: { header, token: answer.value } };
    }
    default:
      // Proposed by a later version; nobody here waits for it.
      return errors.notCapable;
  }
}

function grant(state: MemberState, id: LeaseId, ttl: number, nowNs: number): ClientResponse {
  const granted = state.lessor.grant(id, ttl, nowNs);
  if (granted === 'exists') return errors.leaseExists;
  if (granted === 'ttl-too-large') return errors.leaseTtlTooLarge;
  if (granted === 'not-found') return errors.leaseNotFound;
  const header = revisionHeader(state.store.currentRevision);
  return { kind: 'lease_grant', lease_grant: { header, ID: id, TTL: granted.ttl, error: '' as ByteString } };
}

function applyAlarm(state: MemberState, request: AlarmRequest): ClientResponse {
  const { alarms, backend } = state;
  const { action = 'GET', memberID = 0n, alarm = 'NONE' } = request;
  if (action === 'GET') return { kind: 'alarm', alarm: { alarms: alarms.list(alarm) } };
  const member = { memberID, alarm };
  if (action === 'ACTIVATE') {
    alarms.activate(member, backend);
    return { kind: 'alarm', alarm: { alarms: [member] } };
  }
  return { kind: 'alarm', alarm: { alarms: alarms.deactivate(member, backend) ? [member] : [] } };
}
