import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeId } from '../../base/ids.ts';
import { ProtobufError } from '../../base/protobuf.ts';
import { type Message, MessageType } from '../../raft/index.ts';
import { etcdVersion } from '../../version.ts';
import type { PeerHandler } from '../host/peer_transport.ts';
import { answerText } from '../http/reply.ts';
import { readBytes } from './bodies.ts';
import { type Identity, headerText, hexOf, incompatibility, parseHexId, senderOf } from './identity.ts';
import { methodNotAllowed } from './incoming_calls.ts';
import { messageBytesMax } from './message_stream.ts';
import type { StreamKind } from './remote_peer.ts';
import { receiveSnapshot } from './snapshot_receiver.ts';
import { decodePeerMessage } from './wire.ts';

export interface RaftRequestParts {
  readonly identity: Identity;
  /** Null: not started, or stopped. */
  readonly handler: () => PeerHandler | null;
  /** A member is heard from, and says where it is found. */
  readonly onSender: (id: NodeId, peerUrls: readonly string[]) => void;
  /** A known member asks for a stream. False: it is not known. */
  readonly onStream: (from: NodeId, kind: StreamKind, response: ServerResponse) => boolean;
}

/** Everything below /raft: messages, streams, snapshots. */
export class RaftRequests {
  private readonly parts: RaftRequestParts;

  constructor(parts: RaftRequestParts) {
    this.parts = parts;
  }

  /** False: not one of its paths. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    if (path === '/raft/probing') {
      const body = JSON.stringify({ OK: true, Now: new Date().toISOString() });
      response.end(`${body}\n`);
      return true;
    }
    const isStream = path.startsWith('/raft/stream/');
    if (!isStream && path !== '/raft' && path !== '/raft/snapshot') return false;
    const method = isStream ? 'GET' : 'POST';
    const { identity } = this.parts;
    response.setHeader('X-Etcd-Cluster-ID', identity.clusterId.toString(16));
    if (isStream) response.setHeader('X-Server-Version', etcdVersion);
    const handler = this.parts.handler();
    const refused = incompatibility(request.headers, identity.clusterId);
    if (request.method !== method) methodNotAllowed(response, method);
    else if (refused !== null) answerText(response, 412, `${refused}\n`);
    else if (handler === null) answerText(response, 503, 'not ready\n');
    else if (isStream) this.onStream(handler, request, response, path);
    else {
      this.tellSender(request);
      if (path === '/raft') this.onPost(handler, request, response);
      else {
        const isFromRemoved = (message: Message): boolean => isRefused(handler, message, response);
        receiveSnapshot(request, { handler, ids: identity.ids, response, isRefused: isFromRemoved });
      }
    }
    return true;
  }

  /** A member that has just been added learns so where to answer to. */
  private tellSender({ headers }: IncomingMessage): void {
    const from = senderOf(headers, this.parts.identity.ids);
    const urls = headerText(headers, 'X-PeerURLs');
    if (from !== null && urls !== '') this.parts.onSender(from, urls.split(','));
  }

  private onStream(
    handler: PeerHandler,
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): void {
    const { id, ids } = this.parts.identity;
    const [, kind, hex = ''] = /^\/raft\/stream\/(msgapp|message)\/([^/]*)$/.exec(path) ?? [];
    const from = parseHexId(hex);
    if (kind === undefined) return answerText(response, 404, 'invalid path\n');
    if (from === null || from === 0n) return answerText(response, 404, 'invalid from\n');
    const sender = ids.local(from);
    if (handler.membership()?.isRemoved(sender) === true) {
      return answerText(response, 410, 'removed member\n');
    }
    if (headerText(request.headers, 'X-Raft-To') !== hexOf(id, ids)) {
      return answerText(response, 412, 'to field mismatch\n');
    }
    if (this.parts.onStream(sender, kind as StreamKind, response)) return;
    this.tellSender(request);
    answerText(response, 404, 'error sender not found\n');
  }

  private onPost(handler: PeerHandler, request: IncomingMessage, response: ServerResponse): void {
    readBytes(request, response, messageBytesMax, 'error reading raft message', (bytes) => {
      const message = this.decode(bytes, response);
      if (message === undefined || isRefused(handler, message, response)) return;
      if (message !== null && message.type !== MessageType.snap) handler.onMessage(message);
      response.writeHead(204).end();
    });
  }

  /** Undefined: it can't be read, which is answered. */
  private decode(bytes: Uint8Array, response: ServerResponse): Message | null | undefined {
    try {
      return decodePeerMessage(bytes, this.parts.identity.ids);
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      answerText(response, 400, 'error unmarshalling raft message\n');
      return undefined;
    }
  }
}

function isRefused(handler: PeerHandler, message: Message | null, response: ServerResponse): boolean {
  if (message === null || handler.membership()?.isRemoved(message.from) !== true) return false;
  answerText(response, 403, 'cannot process message from removed member\n');
  return true;
}
