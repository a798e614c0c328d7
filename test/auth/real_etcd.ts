/** A real etcd on loopback, spoken to over its JSON gateway with a token. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/bin/etcd';
export const etcdInstalled = existsSync(program);
const startMsMax = 8000;

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

/** An answer's body, or its error. */
export type Reply =
  | { readonly kind: 'ok'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'error'; readonly code: number; readonly message: string };

export class RealEtcd {
  private readonly child: ChildProcess;
  private readonly directory: string;
  private readonly url: string;
  /** Sent with every call, if there is one. */
  token: string | null = null;

  private constructor(child: ChildProcess, directory: string, url: string) {
    this.child = child;
    this.directory = directory;
    this.url = url;
  }

  /** `prepare` gets the directory and gives more options. */
  static async start(prepare: (directory: string) => readonly string[] = () => []): Promise<RealEtcd> {
    const directory = mkdtempSync(join(tmpdir(), 'detcd-auth-'));
    const url = `http://127.0.0.1:${await freePort()}`;
    const peerUrl = `http://127.0.0.1:${await freePort()}`;
    const child = spawn(
      program,
      [
        `--data-dir=${join(directory, 'data')}`,
        '--log-level=panic',
        '--bcrypt-cost=4',
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=default=${peerUrl}`,
        ...prepare(directory),
      ],
      { stdio: 'ignore' },
    );
    const etcd = new RealEtcd(child, directory, url);
    const deadline = Date.now() + startMsMax;
    while (Date.now() < deadline) {
      const healthy = await fetch(`${url}/health`).then(
        (response) => response.ok,
        () => false,
      );
      if (healthy) return etcd;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await etcd.stop();
    etcd.remove();
    throw new Error(`etcd was not healthy within ${startMsMax} ms`);
  }

  /** One call of the gateway, such as `auth/user/add`. */
  async call(method: string, body: unknown): Promise<Reply> {
    const response = await fetch(`${this.url}/v3/${method}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: this.token === null ? {} : { Authorization: this.token },
    });
    const reply = (await response.json()) as Readonly<Record<string, unknown>>;
    if (response.ok) return { kind: 'ok', body: reply };
    return { kind: 'error', code: Number(reply['code']), message: String(reply['message']) };
  }

  /** Ends etcd, and waits for it, so that its file is complete. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(killer);
  }

  /** The database file; etcd must have stopped. */
  readDatabase(): Uint8Array {
    return new Uint8Array(readFileSync(join(this.directory, 'data', 'member', 'snap', 'db')));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** How the gateway writes bytes: base64 of one byte per character. */
export function gatewayBytes(content: string): string {
  return Buffer.from(content, 'latin1').toString('base64');
}
