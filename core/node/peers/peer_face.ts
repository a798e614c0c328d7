import { type RequestListener, type Server, createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { ConfigError } from '../config/config_error.ts';
import type { ListenUrl } from '../config/urls.ts';

/** Where other members are served. */
export class PeerFace {
  private readonly tls: TlsOptions | null;
  private readonly handle: RequestListener;
  private readonly servers: Server[] = [];

  constructor(handle: RequestListener, tls: TlsOptions | null) {
    this.handle = handle;
    this.tls = tls;
  }

  /** Throws ConfigError if an address can't be had; none is held then. */
  async listen(urls: readonly ListenUrl[]): Promise<void> {
    try {
      for (const url of urls) await this.listenAt(url);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  private listenAt({ host, port, text, isSecure }: ListenUrl): Promise<void> {
    const server = isSecure ? createSecureServer(this.tls ?? {}, this.handle) : createServer(this.handle);
    this.servers.push(server);
    // A snapshot may take long to arrive.
    server.requestTimeout = 0;
    server.on('clientError', (_error, socket) => socket.destroy());
    server.on('connection', (socket: Socket) => socket.setNoDelay(true));
    return new Promise((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException): void => {
        const reason = error.code === 'EADDRINUSE' ? 'bind: address already in use' : error.message;
        reject(new ConfigError(`listen tcp ${text.replace(/^https?:\/\//, '')}: ${reason}`));
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

  async close(): Promise<void> {
    const closed = this.servers.splice(0).map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    await Promise.all(closed);
  }
}
