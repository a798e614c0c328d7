import { type Server as NetServer, type Socket, createServer } from 'node:net';
import { type TlsOptions, type TLSSocket, createServer as createTlsServer } from 'node:tls';
import type { ListenUrl } from '../config/urls.ts';
import { ConfigError } from '../config/config_error.ts';
import { awaitFirstRequest } from './first_request.ts';

/** What every HTTP/2 connection begins with (RFC 9113, section 3.4); no HTTP/1 request does. */
const preface = 'PRI * HTTP/2.0';
/** A connection that says nothing for so long is closed. */
const silenceMsMax = 30_000;

export interface Takers {
  readonly http1: (connection: Socket) => void;
  readonly http2: (connection: Socket) => void;
}

/** One address on which gRPC and HTTP/1 are served alike: the first bytes tell which. */
export class Listener {
  private readonly server: NetServer;
  private readonly takers: Takers;
  private readonly connections = new Set<Socket>();

  /** `tls`: null for plain connections. */
  constructor(takers: Takers, tls: TlsOptions | null) {
    this.takers = takers;
    if (tls === null) this.server = createServer((socket) => this.accept(socket));
    else {
      const options = { ...tls, ALPNProtocols: ['h2', 'http/1.1'] };
      this.server = createTlsServer(options, (socket) => this.acceptSecure(socket));
      // A failed handshake is the client's affair.
      this.server.on('tlsClientError', (_error, socket: TLSSocket) => socket.destroy());
    }
  }

  /** Throws ConfigError, such as for an address in use. */
  listen({ host, port, text }: ListenUrl): Promise<void> {
    const { server } = this;
    return new Promise((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException): void => {
        const inUse = error.code === 'EADDRINUSE' ? 'bind: address already in use' : error.message;
        reject(new ConfigError(`listen tcp ${text.replace(/^https?:\/\//, '')}: ${inUse}`));
      };
      server.once('error', onError);
      server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
        server.off('error', onError);
        // Out of descriptors, or a connection that is gone before it is taken: the next may be served.
        server.on('error', () => undefined);
        resolve();
      });
    });
  }

  private remember(socket: Socket): void {
    this.connections.add(socket);
    socket.on('close', () => this.connections.delete(socket));
    socket.on('error', () => socket.destroy());
  }

  private acceptSecure(socket: TLSSocket): void {
    // Without ALPN it may still speak either.
    if (socket.alpnProtocol !== 'h2') {
      this.accept(socket);
      return;
    }
    this.remember(socket);
    awaitFirstRequest(socket, this.takers.http2);
  }

  private accept(socket: Socket): void {
    this.remember(socket);
    socket.setNoDelay(true);
    const giveUp = (): void => void socket.destroy();
    socket.setTimeout(silenceMsMax, giveUp);
    let held: Buffer = Buffer.alloc(0);
    const look = (): void => {
      for (
        let bytes = socket.read() as Buffer | null;
        bytes !== null;
        bytes = socket.read() as Buffer | null
      ) {
        held = Buffer.concat([held, bytes]);
      }
      const start = held.toString('latin1', 0, preface.length);
      // Too few bytes to tell: the rest is on its way. They are kept here, for what is put back would be read again at once.
      if (start.length < preface.length && preface.startsWith(start)) return;
      socket.off('readable', look);
      socket.setTimeout(0);
      socket.off('timeout', giveUp);
      socket.unshift(held);
      if (start === preface) awaitFirstRequest(socket, this.takers.http2);
      else this.takers.http1(socket);
    };
    socket.on('readable', look);
  }

  /** No new connections; those that are there end within the time. */
  close(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const killer = setTimeout(() => {
        for (const socket of this.connections) socket.destroy();
      }, graceMs);
      this.server.close(() => {
        clearTimeout(killer);
        resolve();
      });
    });
  }
}
