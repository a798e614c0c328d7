import { type Server as HttpServer, createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Server } from '@grpc/grpc-js';
import type { TlsOptions } from 'node:tls';
import type { ListenUrl } from '../config/urls.ts';
import { type ConnectionInjector, injectorOf } from '../grpc/grpc_face.ts';
import type { HttpFace } from '../http/http_face.ts';
import { Listener } from './listener.ts';

/** Open calls have this long to end when the member stops. */
const graceMs = 1000;

/** All that clients see: gRPC and HTTP/1 on the same addresses. */
export class ClientFace {
  private readonly http: HttpServer;
  private readonly grpc: Server;
  private readonly injector: ConnectionInjector;
  private readonly listeners: Listener[] = [];
  private readonly tls: TlsOptions | null;

  constructor(grpc: Server, http: HttpFace, tls: TlsOptions | null) {
    this.grpc = grpc;
    this.tls = tls;
    this.injector = injectorOf(grpc);
    this.http = createServer((request, response) => http.handle(request, response));
    this.http.on('clientError', (_error, socket) => {
      // Whatever this is, it is no HTTP.
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request');
    });
  }

  /** Throws ConfigError if an address can't be had; none is held then. */
  async listen(urls: readonly ListenUrl[]): Promise<void> {
    const takers = {
      http1: (connection: Socket) => void this.http.emit('connection', connection),
      http2: (connection: Socket) => this.injector.injectConnection(connection),
    };
    try {
      for (const url of urls) {
        const listener = new Listener(takers, url.isSecure ? this.tls : null);
        this.listeners.push(listener);
        await listener.listen(url);
      }
    } catch (error) {
      await this.close(0);
      throw error;
    }
  }

  /** Refuses new connections and calls, and ends the rest soon. */
  async close(withinMs: number = graceMs): Promise<void> {
    this.injector.drain(withinMs);
    this.http.closeIdleConnections();
    await Promise.all(this.listeners.splice(0).map((listener) => listener.close(withinMs)));
    this.injector.destroy();
    this.grpc.forceShutdown();
    this.http.closeAllConnections();
  }
}
