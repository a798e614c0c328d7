/** A real etcd on loopback, spoken to in gRPC with our own codecs. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/bin/etcd';
export const etcdInstalled = existsSync(program);

export interface GrpcResult {
  readonly status: number;
  readonly message: string;
  readonly body: Uint8Array;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const startMsMax = 8000;
/** Longer than etcd itself waits before it gives up. */
const callMsMax = 12_000;

export class EtcdProcess {
  private readonly child: ChildProcess;
  private readonly directory: string;
  private readonly clientUrl: string;
  private readonly session: ClientHttp2Session;

  private constructor(child: ChildProcess, directory: string, clientUrl: string) {
    this.child = child;
    this.directory = directory;
    this.clientUrl = clientUrl;
    this.session = connect(clientUrl);
  }

  static async start(): Promise<EtcdProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'detcd-oracle-'));
    const clientUrl = `http://127.0.0.1:${await freePort()}`;
    const peerUrl = `http://127.0.0.1:${await freePort()}`;
    const child = spawn(
      program,
      [
        `--data-dir=${join(directory, 'data')}`,
        '--log-level=error',
        `--listen-client-urls=${clientUrl}`,
        `--advertise-client-urls=${clientUrl}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=default=${peerUrl}`,
      ],
      { stdio: 'ignore' },
    );
    const deadline = Date.now() + startMsMax;
    while (Date.now() < deadline) {
      const healthy = await fetch(`${clientUrl}/health`).then(
        (response) => response.ok,
        () => false,
      );
      if (healthy) {
        return new EtcdProcess(child, directory, clientUrl);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
    throw new Error(`etcd was not healthy within ${startMsMax} ms`);
  }

  /** One request to the JSON gateway. */
  async post(path: string, body: string, token?: string): Promise<{ status: number; text: string }> {
    const response = await fetch(this.clientUrl + path, {
      method: 'POST',
      body,
      ...(token === undefined ? undefined : { headers: { authorization: token } }),
      signal: AbortSignal.timeout(callMsMax),
    });
    return { status: response.status, text: await response.text() };
  }

  /** One unary call, such as `etcdserverpb.KV/Range`. */
  call(method: string, message: Uint8Array): Promise<GrpcResult> {
    return new Promise((resolve, reject) => {
      const stream = this.session.request({
        ':method': 'POST',
        ':path': `/${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      const chunks: Buffer[] = [];
      let status = -1;
      let text = '';
      const readStatus = (headers: Record<string, unknown>): void => {
        if (headers['grpc-status'] === undefined) return;
        status = Number(headers['grpc-status']);
        const encoded = headers['grpc-message'];
        text = typeof encoded === 'string' ? decodeURIComponent(encoded) : '';
      };
      stream.on('response', readStatus);
      stream.on('trailers', readStatus);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      // A body is one frame: a flag byte, four bytes of length, the message.
      stream.on('end', () => resolve({ status, message: text, body: Buffer.concat(chunks).subarray(5) }));
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(message.length, 1);
      stream.end(Buffer.concat([prefix, message]));
    });
  }

  /** Ends etcd, and waits for it, so that its files are complete. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.session.destroy();
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 3000);
    await exited;
    clearTimeout(killer);
  }

  /** The only WAL segment; etcd must have stopped. */
  readWal(): Uint8Array {
    const wal = join(this.directory, 'data', 'member', 'wal');
    const names = readdirSync(wal).filter((name) => name.endsWith('.wal'));
    if (names.length !== 1) throw new Error(`expected one WAL segment, found ${names.length}`);
    return readFileSync(join(wal, names[0] as string));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
