import type { RequestId } from '../base/ids.ts';
import type { Network, Ports, Traffic } from '../ports.ts';
import type { Message } from '../raft/index.ts';
import type { AppliedV2 } from '../v2store/index.ts';
import type {
  ClientRequest,
  ClientResponse,
  ErrorResponse,
  WatchRequest,
  WatchResponse,
} from './api/index.ts';
import type { PeerAnswer, PeerCall } from './peers/messages.ts';

/** What travels to and from a member of etcd. */
export interface EtcdTraffic extends Traffic {
  readonly message: Message;
  readonly request: ClientRequest;
  readonly response: ClientResponse;
  readonly watchRequest: WatchRequest;
  readonly watchResponse: WatchResponse;
  readonly peerCall: PeerCall;
  readonly peerAnswer: PeerAnswer;
}

/** What became of a request of the v2 API; `refused`: this member can't tell, or it is in no log. */
export type V2Answer = AppliedV2 | { readonly kind: 'refused'; readonly reason: ErrorResponse };

export interface EtcdNetwork extends Network<EtcdTraffic> {
  /** Answers a request of the v2 API; absent where nobody makes any. */
  respondV2?(request: RequestId, answer: V2Answer): void;
}

export interface EtcdPorts extends Ports<EtcdTraffic> {
  readonly network: EtcdNetwork;
}
