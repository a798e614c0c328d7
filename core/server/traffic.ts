import type { Network, Ports, Traffic } from '../ports.ts';
import type { Message } from '../raft/index.ts';
import type { ClientRequest, ClientResponse, WatchRequest, WatchResponse } from './api/index.ts';
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

export type EtcdNetwork = Network<EtcdTraffic>;
export type EtcdPorts = Ports<EtcdTraffic>;
