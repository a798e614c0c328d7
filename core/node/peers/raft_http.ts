import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import type { NodeId, RequestId } from '../../base/ids.ts';
import type { Log, Token } from '../../ports.ts';
import type { Message } from '../../raft/index.ts';
import type { PeerAnswer, PeerCall } from '../../server/peers/messages.ts';
import { etcdVersion } from '../../version.ts';
import type { ListenUrl } from '../config/urls.ts';
import type { PeerHandler, PeerTransport } from '../host/peer_transport.ts';
import { answerJson, notFound } from '../http/reply.ts';
import { PeerDialer } from './dialer.ts';
import type { Identity } from './identity.ts';
import { IncomingCalls, methodNotAllowed } from './incoming_calls.ts';
import { memberListJson } from './member_list.ts';
import { callPeer } from './outgoing_calls.ts';
import { PeerFace } from './peer_face.ts';
import { RaftRequests } from './raft_requests.ts';
import { RemotePeer } from './remote_peer.ts';
import { silenceMsMax } from './stream_reader.ts';

/** Three times in the time after which a reader gives up, as etcd's members do. */
const heartbeatMs = silenceMsMax / 3;

export interface RaftHttpParts {
  readonly identity: Identity;
  readonly listenUrls: readonly ListenUrl[];
  /** What https addresses are served with; null if none is. */
  readonly serverTls: TlsOptions | null;
  /** What https addresses are dialed with. */
  readonly clientTls: ConnectionOptions | null;
  /** Members that are known before the log tells of them: of the cluster that this one joins. */
  readonly remotes: ReadonlyMap<NodeId, readonly string[]>;
  readonly log: Log;
}

/** etcd's protocol between members, rafthttp: over HTTP/1, by who is in the cluster as far as this member knows. */
export class RaftHttp implements PeerTransport {
  private readonly parts: RaftHttpParts;
  private readonly dialer: PeerDialer;
  private readonly face: PeerFace;
  private readonly raft: RaftRequests;
  private readonly calls: IncomingCalls;
  private readonly peers = new Map<NodeId, RemotePeer>();
  private readonly remotes: Map<NodeId, readonly string[]>;
  private handler: PeerHandler | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(parts: RaftHttpParts) {
    this.parts = parts;
    this.remotes = new Map(parts.remotes);
    this.dialer = new PeerDialer(parts.clientTls);
    const { identity } = parts;
    const handler = (): PeerHandler | null => this.handler;
    this.calls = new IncomingCalls(identity, handler);
    this.raft = new RaftRequests({
      identity,
      handler,
      onSender: (id, urls) => this.onSender(id, urls),
      onStream: (from, kind, response) => {
        const peer = this.peers.get(from);
        peer?.attach(kind, response);
        return peer !== undefined;
      },
    });
    this.face = new PeerFace((request, response) => this.handle(request, response), parts.serverTls);
  }

  /** Holds the addresses; who comes before `start` is asked to come again. Throws ConfigError. */
  listen(): Promise<void> {
    return this.face.listen(this.parts.listenUrls);
  }

  start(handler: PeerHandler): Promise<void> {
    this.handler = handler;
    this.onMembers();
    this.timer = setInterval(() => {
      for (const peer of this.peers.values()) peer.heartbeat();
    }, heartbeatMs);
    return Promise.resolve();
  }

  // --- who is there

  onMembers(): void {
    const membership = this.handler?.membership() ?? null;
    if (this.handler === null || membership === null) return;
    const wanted = new Map(this.remotes);
    for (const { id, peerUrls } of membership.list()) wanted.set(id, peerUrls);
    wanted.delete(this.parts.identity.id);
    for (const [id, urls] of wanted) {
      const known = this.peers.get(id);
      if (membership.isRemoved(id)) continue;
      if (known === undefined) this.add(id, urls, this.handler);
      else known.urls.update(urls);
    }
    for (const [id, peer] of this.peers) {
      if (wanted.has(id) && !membership.isRemoved(id)) continue;
      this.peers.delete(id);
      peer.stop();
    }
  }

  private add(id: NodeId, urls: readonly string[], handler: PeerHandler): void {
    const { identity, log } = this.parts;
    this.peers.set(id, new RemotePeer(id, urls, { identity, dialer: this.dialer, handler, log }));
  }

  /** One that this member's log does not tell of so far may be the leader that sends it. */
  private onSender(id: NodeId, urls: readonly string[]): void {
    if (this.peers.has(id) || id === this.parts.identity.id) return;
    if (this.handler?.membership()?.isRemoved(id) !== false) return;
    this.remotes.set(id, urls);
    this.onMembers();
  }

  // --- what this member sends

  send(to: NodeId, message: Message): void {
    const peer = this.peers.get(to);
    peer?.send(message);
  }

  sendSnapshot(to: NodeId, message: Message, database: Uint8Array): void {
    const peer = this.peers.get(to);
    const sent = peer === undefined ? Promise.resolve(false) : peer.sendSnapshot(message, database);
    void sent.then((isDelivered) => this.handler?.onSnapshotSent(to, isDelivered));
  }

  callPeer(to: NodeId, call: PeerCall, token: Token): void {
    const url = this.peers.get(to)?.urls.pick() ?? null;
    const { identity } = this.parts;
    const answered = url === null ? Promise.resolve(null) : callPeer(this.dialer, url, identity, call);
    void answered.then((answer) => this.handler?.onPeerAnswer(token, answer));
  }

  answerPeer(call: RequestId, answer: PeerAnswer): void {
    this.calls.answer(call, answer);
  }

  // --- what others ask

  private handle(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => undefined);
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    if (this.raft.handle(request, response, path) || this.calls.handle(request, response, path)) return;
    const membership = this.handler?.membership() ?? null;
    if (path === '/version') {
      const etcdcluster = membership?.version ?? 'not_decided';
      answerJson(response, 200, JSON.stringify({ etcdserver: etcdVersion, etcdcluster }));
    } else if (path === '/members' && request.method !== 'GET') methodNotAllowed(response, 'GET');
    else if (path === '/members') {
      const { ids, clusterId } = this.parts.identity;
      response.setHeader('X-Etcd-Cluster-ID', clusterId.toString(16));
      answerJson(response, 200, memberListJson(membership?.list() ?? [], ids));
    } else notFound(response);
  }

  async stop(): Promise<void> {
    this.handler = null;
    if (this.timer !== null) clearInterval(this.timer);
    for (const peer of this.peers.values()) peer.stop();
    this.peers.clear();
    this.calls.close();
    this.dialer.close();
    await this.face.close();
  }
}
