import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import type { Credentials } from '../grpc/credentials.ts';
import { RequestFailure, statusOf } from '../grpc/failure.ts';
import { methodOf } from '../grpc/method.ts';
import { type ServedMethod, served } from '../grpc/unary.ts';
import type { MemberHost } from '../host/member_host.ts';
import { lockRpcs, observeRpc } from './lock_rpcs.ts';
import type { LeaderRequest, LeaderResponse } from './messages.ts';
import { observe } from './services.ts';
import { SessionClient } from './session_client.ts';

/** The services Lock and Election over gRPC. */
export function lockMethods(host: MemberHost, credentials: Credentials): readonly ServedMethod[] {
  const unary = lockRpcs.map((rpc) =>
    served(
      methodOf(rpc, 'unary'),
      (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => {
        const gone = new AbortController();
        call.on('cancelled', () => gone.abort());
        const client = new SessionClient(host, credentials.ofCall(call), gone.signal);
        rpc.run(client, call.request).then(
          (response) => callback(null, response),
          (failure: unknown) => callback(statusOf(asFailure(failure).response)),
        );
      },
    ),
  );
  return [...unary, served(methodOf(observeRpc, 'serverStream'), observeHandler(host, credentials))];
}

function observeHandler(host: MemberHost, credentials: Credentials) {
  return (call: ServerWritableStream<LeaderRequest, LeaderResponse>): void => {
    const gone = new AbortController();
    call.on('cancelled', () => gone.abort());
    const client = new SessionClient(host, credentials.ofCall(call), gone.signal);
    observe(client, call.request, (leader) => void call.write(leader)).catch((failure: unknown) => {
      if (!gone.signal.aborted) call.emit('error', statusOf(asFailure(failure).response));
    });
  };
}

/** Anything else is a mistake of this program. */
export function asFailure(failure: unknown): RequestFailure {
  if (failure instanceof RequestFailure) return failure;
  throw failure;
}
