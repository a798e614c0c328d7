import type { ClientRequest, ErrorResponse } from '../server/api/index.ts';
import { errors, grpcCodes, outcomeOf } from '../server/api/index.ts';

/** The request can't change anything: without an answer it had no effect either. */
export function isReadOnly(request: ClientRequest): boolean {
  switch (request.kind) {
    case 'range':
    case 'lease_time_to_live':
    case 'lease_leases':
    case 'member_list':
    case 'status':
    case 'hash':
    case 'hash_kv':
    case 'user_get':
    case 'user_list':
    case 'role_get':
    case 'role_list':
      return true;
    case 'txn':
      return [...request.txn.success, ...request.txn.failure].every((op) => op.kind === 'range');
    default:
      return false;
  }
}

/** Done twice it does the same as once: a renewal, and a sign-in, whose lost token nobody will use. */
export function isRepeatable(request: ClientRequest): boolean {
  return isReadOnly(request) || request.kind === 'lease_keep_alive' || request.kind === 'authenticate';
}

/** `elsewhere`: the same request may go to another member. `signIn`: it may go again with a new token. */
export type Reaction = 'giveUp' | 'elsewhere' | 'signIn';

const tokenErrors = new Set(
  [errors.invalidAuthToken, errors.authOldRevision, errors.userEmpty].map(({ message }) => message),
);

/**
 * The rule of etcd's client (clientv3, retry.go and retry_interceptor.go): only UNAVAILABLE is worth another member; requests that
 * change nothing go there in any case, all others only if the first certainly did nothing. Like etcd we do not recognise
 * duplicates, so a write with an open outcome is its caller's to judge. We know more than clientv3, which repeats
 * a write only if it had no connection: a member says `no leader` only of what is in no log.
 */
export function reactionTo(request: ClientRequest, error: ErrorResponse): Reaction {
  if (tokenErrors.has(error.message)) return 'signIn';
  if (error.code !== grpcCodes.UNAVAILABLE) return 'giveUp';
  return isRepeatable(request) || outcomeOf(error) === 'not-applied' ? 'elsewhere' : 'giveUp';
}
