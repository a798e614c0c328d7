import type { Rpc } from '../../server/api/index.ts';
import type { MessageSchema } from '../../server/api/schema/schema.ts';
import * as messages from './messages.ts';
import * as services from './services.ts';
import type { SessionClient } from './session_client.ts';

/** A method of the two services, and what does it. */
export interface LockRpc extends Rpc<unknown, unknown> {
  readonly run: (client: SessionClient, request: unknown) => Promise<unknown>;
}

function rpc<Request, Response>(
  grpcPath: string,
  httpPath: string,
  request: MessageSchema<Request>,
  response: MessageSchema<Response>,
  run: (client: SessionClient, request: Request) => Promise<Response>,
): LockRpc {
  return { grpcPath, httpPaths: [httpPath], request, response, run } as unknown as LockRpc;
}

export const lockRpcs: readonly LockRpc[] = [
  rpc('/v3lockpb.Lock/Lock', '/v3/lock/lock', messages.lockRequest, messages.lockResponse, services.lock),
  rpc(
    '/v3lockpb.Lock/Unlock',
    '/v3/lock/unlock',
    messages.unlockRequest,
    messages.unlockResponse,
    services.unlock,
  ),
  rpc(
    '/v3electionpb.Election/Campaign',
    '/v3/election/campaign',
    messages.campaignRequest,
    messages.campaignResponse,
    services.campaign,
  ),
  rpc(
    '/v3electionpb.Election/Proclaim',
    '/v3/election/proclaim',
    messages.proclaimRequest,
    messages.proclaimResponse,
    services.proclaim,
  ),
  rpc(
    '/v3electionpb.Election/Leader',
    '/v3/election/leader',
    messages.leaderRequest,
    messages.leaderResponse,
    services.leaderOf,
  ),
  rpc(
    '/v3electionpb.Election/Resign',
    '/v3/election/resign',
    messages.resignRequest,
    messages.resignResponse,
    services.resign,
  ),
];

/** Answered by a stream. */
export const observeRpc: Rpc<messages.LeaderRequest, messages.LeaderResponse> = {
  grpcPath: '/v3electionpb.Election/Observe',
  httpPaths: ['/v3/election/observe'],
  request: messages.leaderRequest,
  response: messages.leaderResponse,
};
