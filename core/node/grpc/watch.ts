import type { ServerDuplexStream } from '@grpc/grpc-js';
import { type WatchRequest, type WatchResponse, watchRpc } from '../../server/api/index.ts';
import { decodeMessage } from '../../server/api/wire/codec.ts';
import type { MemberHost } from '../host/member_host.ts';
import { type Credentials, requiresLeader } from './credentials.ts';
import { errorOfReason, statusOf } from './failure.ts';
import type { LeaderMonitor } from './leader_monitor.ts';
import { methodOf } from './method.ts';
import { type ServedMethod, served } from './unary.ts';

type Call = ServerDuplexStream<WatchRequest | null, WatchResponse>;

/** Watch: a stream of requests and a stream of answers, which the member sends only as fast as the connection takes them. */
export function watchMethod(
  host: MemberHost,
  credentials: Credentials,
  monitor: LeaderMonitor,
): ServedMethod {
  const definition = methodOf(watchRpc, 'bothStream');
  return served(
    {
      ...definition,
      // A request in which nothing is chosen changes nothing (etcd).
      requestDeserialize: (bytes: Buffer) =>
        bytes.length === 0 ? (null as unknown as WatchRequest) : decodeMessage(watchRpc.request, bytes),
    },
    (call: Call) => serve(host, credentials, monitor, call),
  );
}

function serve(host: MemberHost, credentials: Credentials, monitor: LeaderMonitor, call: Call): void {
  let isOpen = true;
  let forget = (): void => undefined;
  const end = (reason: string): void => {
    if (!isOpen) return;
    isOpen = false;
    forget();
    call.emit('error', statusOf(errorOfReason(reason)));
  };
  const watch = host.openWatch(
    {
      onAnswer(response) {
        if (!isOpen) return;
        call.write(response, () => {
          if (isOpen) watch.taken(1);
        });
      },
      onClosed: end,
    },
    credentials.ofCall(call),
  );
  if (!isOpen) return;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    forget();
    watch.close();
  };
  if (requiresLeader(call.metadata)) {
    forget = monitor.add((reason) => {
      watch.close();
      end(reason);
    });
  }
  call.on('data', (request: WatchRequest | null) => {
    if (isOpen && request !== null) watch.request(request);
  });
  // The end of the requests is not the end of the watch: it goes on until the client cancels it or is gone.
  call.on('cancelled', close);
  call.on('error', close);
}
