import type { ServerDuplexStream } from '@grpc/grpc-js';
import {
  type ClientResponse,
  type LeaseKeepAliveRequest,
  type LeaseKeepAliveResponse,
  rpcs,
} from '../../server/api/index.ts';
import type { MemberHost } from '../host/member_host.ts';
import { type Credentials, requiresLeader } from './credentials.ts';
import { errorOfReason, statusOf } from './failure.ts';
import type { LeaderMonitor } from './leader_monitor.ts';
import { methodOf } from './method.ts';
import { type ServedMethod, served } from './unary.ts';

type Call = ServerDuplexStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse>;

/** LeaseKeepAlive: a stream in which each request gets one answer, in order. */
export function leaseKeepAliveMethod(
  host: MemberHost,
  credentials: Credentials,
  monitor: LeaderMonitor,
): ServedMethod {
  return served(methodOf(rpcs.lease_keep_alive, 'bothStream'), (call: Call) =>
    serve(host, credentials, monitor, call),
  );
}

function serve(host: MemberHost, credentials: Credentials, monitor: LeaderMonitor, call: Call): void {
  const requests: LeaseKeepAliveRequest[] = [];
  const token = credentials.ofCall(call);
  let isOpen = true;
  let isAsking = false;
  let forget = (): void => undefined;
  const fail = (reason: string): void => {
    if (!isOpen) return;
    close();
    call.emit('error', statusOf(errorOfReason(reason)));
  };
  const close = (): void => {
    isOpen = false;
    forget();
  };
  let hasEnded = false;
  const next = (): void => {
    const request = requests.shift();
    if (!isOpen || isAsking) return;
    if (request === undefined) {
      if (hasEnded) {
        close();
        call.end();
      }
      return;
    }
    isAsking = true;
    host.ask({ kind: 'lease_keep_alive', lease_keep_alive: request }, token, answer);
  };
  const answer = (response: ClientResponse): void => {
    isAsking = false;
    if (!isOpen) return;
    if (response.kind === 'lease_keep_alive') {
      call.write(response.lease_keep_alive);
      next();
    } else if (response.kind === 'error') fail(response.message);
  };
  if (requiresLeader(call.metadata)) forget = monitor.add(fail);
  call.on('data', (request: LeaseKeepAliveRequest) => {
    requests.push(request);
    if (!isAsking) next();
  });
  call.on('end', () => {
    hasEnded = true;
    if (!isAsking) next();
  });
  call.on('cancelled', close);
  call.on('error', close);
}
