import type { IncomingMessage, ServerResponse } from 'node:http';
import { etcdVersion } from '../../version.ts';
import type { MemberHost } from '../host/member_host.ts';
import type { Gateway } from './gateway.ts';
import { health } from './health.ts';
import { answerJson, answerText, notFound } from './reply.ts';

/** One family of paths, such as the JSON gateway. */
export interface HttpPart {
  /** False: not one of its paths. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean;
}

export interface HttpFaceParts {
  readonly host: MemberHost;
  readonly gateway: Gateway;
  readonly metrics: HttpPart;
  /** Null: the v2 API is off. */
  readonly v2: HttpPart | null;
}

/** Everything that is asked over HTTP/1 on a client address. */
export class HttpFace {
  private readonly parts: HttpFaceParts;

  constructor(parts: HttpFaceParts) {
    this.parts = parts;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    // A client that is gone is told nothing more.
    response.on('error', () => undefined);
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    if (!isDecodable(path)) {
      response.setHeader('Connection', 'close');
      answerText(response, 400, '400 Bad Request');
      return;
    }
    // etcd --cors, whose standard is everybody.
    response.setHeader('Access-Control-Allow-Headers', 'accept, content-type, authorization');
    response.setHeader('Access-Control-Allow-Methods', 'POST, GET, OPTIONS, PUT, DELETE');
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.method === 'OPTIONS') {
      response.end();
      return;
    }
    const { host, gateway, metrics, v2 } = this.parts;
    if (path === '/health') void health(host, request, response);
    else if (path === '/version') this.version(response);
    else if (gateway.handle(request, response, path) || metrics.handle(request, response, path)) return;
    else if (v2 === null || !v2.handle(request, response, path)) notFound(response);
  }

  private version(response: ServerResponse): void {
    const cluster = this.parts.host.state?.membership.version ?? 'not_decided';
    answerJson(response, 200, JSON.stringify({ etcdserver: etcdVersion, etcdcluster: cluster }));
  }
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
