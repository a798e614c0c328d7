import type { MethodDefinition, UntypedHandleCall, handleUnaryCall } from '@grpc/grpc-js';
import { noNode } from '../../base/ids.ts';
import {
  type ClientResponse,
  type RequestKind,
  type SuccessResponse,
  errors,
  requestKinds,
} from '../../server/api/index.ts';
import { bodyOf, requestOf, rpcOf } from '../../server/api/wire.ts';
import type { MemberHost } from '../host/member_host.ts';
import { type Credentials, requiresLeader } from './credentials.ts';
import { statusOf } from './failure.ts';
import { methodOf } from './method.ts';

/** A method and what answers it. */
export interface ServedMethod {
  readonly definition: MethodDefinition<never, never>;
  readonly handler: UntypedHandleCall;
}

export function served<Request, Response>(
  definition: MethodDefinition<Request, Response>,
  handler: UntypedHandleCall,
): ServedMethod {
  return { definition: definition as unknown as MethodDefinition<never, never>, handler };
}

/** All methods with one answer for one request: they go to the member as they are. */
export function unaryMethods(host: MemberHost, credentials: Credentials): readonly ServedMethod[] {
  return requestKinds
    .filter((kind) => kind !== 'lease_keep_alive')
    .map((kind) => served(methodOf(rpcOf(kind), 'unary'), unaryHandler(host, credentials, kind)));
}

function unaryHandler(
  host: MemberHost,
  credentials: Credentials,
  kind: RequestKind,
): handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    const answer = (response: ClientResponse): void => {
      if (response.kind === 'error') callback(statusOf(response));
      else callback(null, bodyOf(response satisfies SuccessResponse));
    };
    if (requiresLeader(call.metadata) && host.member.leader === noNode) answer(errors.noLeader);
    else host.ask(requestOf(kind, call.request), credentials.ofCall(call), answer);
  };
}
