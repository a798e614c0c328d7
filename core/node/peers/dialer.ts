import {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  Agent as HttpAgent,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { ConnectionOptions } from 'node:tls';

export interface PeerRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** The whole exchange has to end within it. */
  readonly timeoutMs: number;
}

export interface PeerReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers are small, but for lists of leases' keys. */
const replyBytesMax = 64 * 1024 * 1024;
/** etcd's pipelines have four connections to each member. */
const connectionsMax = 4;

/** Makes requests to peer addresses, over TLS where they say so. */
export class PeerDialer {
  private readonly tls: ConnectionOptions;
  private readonly plainAgent = new HttpAgent({ keepAlive: true, maxSockets: connectionsMax });
  private readonly secureAgent: HttpsAgent;

  /** `tls`: what https addresses are dialed with; null: as the machine trusts others. */
  constructor(tls: ConnectionOptions | null) {
    this.tls = tls ?? {};
    this.secureAgent = new HttpsAgent({ keepAlive: true, maxSockets: connectionsMax, ...this.tls });
  }

  /** A request on a connection of its own, for streams. */
  open(url: string, options: Pick<PeerRequest, 'method' | 'path' | 'headers'>): ClientRequest {
    return this.begin(url, { ...options, agent: false });
  }

  private begin(url: string, options: RequestOptions): ClientRequest {
    const { protocol, hostname, port } = new URL(url);
    // IPv6 addresses come in brackets.
    const host = hostname.replace(/^\[|\]$/g, '');
    const where = { ...options, host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
    return protocol === 'https:' ? httpsRequest({ ...this.tls, ...where }) : httpRequest(where);
  }

  /** Null: no answer, for whatever reason. */
  ask(url: string, { method, path, headers, body, timeoutMs }: PeerRequest): Promise<PeerReply | null> {
    const agent: Agent = url.startsWith('https:') ? this.secureAgent : this.plainAgent;
    const size = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    return new Promise((resolve) => {
      const request = this.begin(url, { method, path, headers: { ...headers, ...size }, agent });
      const timer = setTimeout(() => request.destroy(), timeoutMs);
      const end = (reply: PeerReply | null): void => {
        clearTimeout(timer);
        resolve(reply);
      };
      request.on('response', (response) => void readReply(response).then(end));
      request.on('error', () => end(null));
      request.end(body);
    });
  }

  close(): void {
    this.plainAgent.destroy();
    this.secureAgent.destroy();
  }
}

/** Null if it breaks off or is too large. */
export function readReply(response: IncomingMessage): Promise<PeerReply | null> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let size = 0;
    response.on('data', (piece: Buffer) => {
      size += piece.length;
      pieces.push(piece);
      if (size > replyBytesMax) response.destroy();
    });
    response.on('end', () => {
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, body: Buffer.concat(pieces) });
    });
    response.on('error', () => resolve(null));
    response.on('close', () => resolve(null));
  });
}

/** Why something was not taken, for the log. */
export function refusalOf({ status, body }: PeerReply): string {
  const text = body.toString().trim();
  return status === 412 ? `request sent was ignored: ${text}` : `unexpected http status ${status}: ${text}`;
}
