import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ByteString } from '../../base/bytes.ts';
import {
  type ClientResponse,
  JsonError,
  type RequestKind,
  type SnapshotResponse,
  httpStatusOf,
  requestFromJson,
  responseToJson,
  routeOf,
  snapshotResponseToJson,
  streamLine,
  watchRequestFromJson,
  watchResponseToJson,
} from '../../server/api/index.ts';
import type { Credentials } from '../grpc/credentials.ts';
import { RequestFailure, errorOfReason } from '../grpc/failure.ts';
import { sendSnapshot, snapshotError, snapshotPieces } from '../grpc/snapshot.ts';
import type { MemberHost } from '../host/member_host.ts';
import type { LockGateway } from '../lock/lock_gateway.ts';
import { beginStream, invalidArgument, refuse, streamError } from './grpc_reply.ts';
import { answerJson, answerText, readBody } from './reply.ts';

/** Paths of the gateway in their present form: 3.4 takes the earlier prefix as well. */
function presentPath(path: string): string | null {
  if (path.startsWith('/v3/')) return path;
  return path.startsWith('/v3beta/') ? path.replace('/v3beta/', '/v3/') : null;
}

/** gRPC's services as JSON over HTTP/1 (etcd's grpc-gateway). */
export class Gateway {
  private readonly host: MemberHost;
  private readonly credentials: Credentials;
  private readonly locks: LockGateway;

  constructor(host: MemberHost, credentials: Credentials, locks: LockGateway) {
    this.host = host;
    this.credentials = credentials;
    this.locks = locks;
  }

  /** False: not one of its paths. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const present = presentPath(path);
    if (present === null) return false;
    void this.serve(request, response, present);
    return true;
  }

  private async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const route = routeOf(path);
    if (route === null && !this.locks.has(path)) {
      answerText(response, 404, 'Not Found\n');
      return;
    }
    if (request.method !== 'POST') {
      answerText(response, 405, 'Method Not Allowed\n');
      return;
    }
    const body = await readBody(request, response);
    if (body === null) return;
    const token = this.credentials.ofHeader(request.headers.authorization);
    try {
      if (route === null) await this.locks.serve(path, body, token, response);
      else if (route === 'watch') this.watch(body, token, response);
      else if (route === 'snapshot') await this.snapshot(token, response);
      else this.call(route, body, token, response);
    } catch (error) {
      if (error instanceof JsonError) refuse(response, invalidArgument(error.message));
      else if (error instanceof RequestFailure) refuse(response, error.response);
      else throw error;
    }
  }

  private call(
    kind: RequestKind,
    body: string,
    token: ByteString | undefined,
    response: ServerResponse,
  ): void {
    this.host.ask(requestFromJson(kind, body), token, (answer: ClientResponse) => {
      if (answer.kind === 'error') {
        if (kind === 'lease_keep_alive') answerJson(response, httpStatusOf(answer.code), streamError(answer));
        else refuse(response, answer);
        return;
      }
      response.setHeader('Grpc-Metadata-Content-Type', 'application/grpc');
      const json = responseToJson(answer);
      // In gRPC it is a stream, of which the gateway asks one thing.
      answerJson(response, 200, kind === 'lease_keep_alive' ? streamLine(json) : json);
    });
  }

  private watch(body: string, token: ByteString | undefined, response: ServerResponse): void {
    const first = watchRequestFromJson(body);
    let isOpen = true;
    const watch = this.host.openWatch(
      {
        onAnswer(answer) {
          if (!isOpen) return;
          beginStream(response);
          response.write(streamLine(watchResponseToJson(answer)), () => {
            if (isOpen) watch.taken(1);
          });
        },
        onClosed(reason) {
          isOpen = false;
          beginStream(response);
          response.end(streamError(errorOfReason(reason)));
        },
      },
      token,
    );
    response.on('close', () => {
      if (isOpen) watch.close();
      isOpen = false;
    });
    if (isOpen) watch.request(first);
  }

  private async snapshot(token: ByteString | undefined, response: ServerResponse): Promise<void> {
    const gone = new Promise<false>((resolve) => response.once('close', () => resolve(false)));
    const write = (piece: SnapshotResponse, sent: () => void): void => {
      beginStream(response);
      response.write(streamLine(snapshotResponseToJson(piece)), sent);
    };
    try {
      await sendSnapshot(snapshotPieces(this.host, token), write, gone);
      response.end();
    } catch (failure) {
      const error = snapshotError(failure);
      if (response.headersSent) response.end(streamError(error));
      else refuse(response, error);
    }
  }
}
