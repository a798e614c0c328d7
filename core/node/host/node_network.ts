import type { NodeId, RequestId } from '../../base/ids.ts';
import type { StreamId, Token } from '../../ports.ts';
import type { Message } from '../../raft/index.ts';
import type { ClientResponse, WatchResponse } from '../../server/api/index.ts';
import type { PeerAnswer, PeerCall } from '../../server/peers/messages.ts';
import type { EtcdNetwork, V2Answer } from '../../server/traffic.ts';
import type { PeerTransport } from './peer_transport.ts';

/** Whoever reads a watch stream's answers. */
export interface WatchSink {
  onAnswer(response: WatchResponse): void;
  onClosed(reason: string): void;
}

/** What a member sends: answers to whoever waits for them in this process, the rest to the peers. */
export class NodeNetwork implements EtcdNetwork {
  readonly requests = new Map<RequestId, (response: ClientResponse) => void>();
  readonly v2Requests = new Map<RequestId, (answer: V2Answer) => void>();
  readonly streams = new Map<StreamId, WatchSink>();
  private readonly peers: PeerTransport;

  constructor(peers: PeerTransport) {
    this.peers = peers;
  }

  send(to: NodeId, message: Message): void {
    this.peers.send(to, message);
  }

  sendSnapshot(to: NodeId, message: Message, database: Uint8Array): void {
    this.peers.sendSnapshot(to, message, database);
  }

  callPeer(to: NodeId, call: PeerCall, token: Token): void {
    this.peers.callPeer(to, call, token);
  }

  answerPeer(call: RequestId, answer: PeerAnswer): void {
    this.peers.answerPeer(call, answer);
  }

  respond(request: RequestId, response: ClientResponse): void {
    const waiting = this.requests.get(request);
    this.requests.delete(request);
    waiting?.(response);
  }

  respondV2(request: RequestId, answer: V2Answer): void {
    const waiting = this.v2Requests.get(request);
    this.v2Requests.delete(request);
    waiting?.(answer);
  }

  sendWatch(stream: StreamId, response: WatchResponse): void {
    this.streams.get(stream)?.onAnswer(response);
  }

  closeWatch(stream: StreamId, reason: string): void {
    const sink = this.streams.get(stream);
    this.streams.delete(stream);
    sink?.onClosed(reason);
  }
}
