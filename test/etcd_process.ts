/** A real etcd 3.4 on loopback and its tool: the judge of directories, answers and hashes. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasOracle } from './oracle.ts';

const program = '/usr/bin/etcd';
const tool = '/usr/bin/etcdctl';
const startMsMax = 10_000;
const callMsMax = 10_000;

export const hasEtcd = hasOracle(
  'etcd',
  existsSync(program) && existsSync(tool),
  'apt-get install etcd-server etcd-client',
);

export interface EtcdOptions {
  /** A data directory to start on; the process does not remove it. Absent: a new one that goes with `remove`. */
  readonly directory?: string;
  readonly args?: readonly string[];
}

/** What the JSON gateway answers: int64 as text, bytes as base64. */
export type GatewayAnswer = Readonly<Record<string, unknown>>;

export class EtcdProcess {
  readonly directory: string;
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly owned: string | null;

  private constructor(child: ChildProcess, directory: string, url: string, owned: string | null) {
    this.child = child;
    this.directory = directory;
    this.url = url;
    this.owned = owned;
  }

  /** Starts one and waits until it is healthy; rejects with its log if it does not become so. */
  static async start(options: EtcdOptions = {}): Promise<EtcdProcess> {
    const owned = options.directory === undefined ? mkdtempSync(join(tmpdir(), 'detcd-etcd-')) : null;
    const directory = options.directory ?? join(owned ?? '', 'data');
    const url = `http://127.0.0.1:${await freePort()}`;
    const peerUrl = `http://127.0.0.1:${await freePort()}`;
    const child = spawn(
      program,
      [
        `--data-dir=${directory}`,
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=default=${peerUrl}`,
        ...(options.args ?? []),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let log = '';
    child.stderr.on('data', (text: Buffer) => (log = (log + text.toString()).slice(-4000)));
    const etcd = new EtcdProcess(child, directory, url, owned);
    const deadline = Date.now() + startMsMax;
    while (Date.now() < deadline && child.exitCode === null) {
      if (await etcd.isHealthy()) return etcd;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await etcd.stop('SIGKILL');
    etcd.remove();
    throw new Error(`etcd was not healthy within ${startMsMax} ms:\n${log}`);
  }

  private async isHealthy(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(1000) });
      return response.ok && (await response.text()).includes('"true"');
    } catch {
      return false;
    }
  }

  /** One call of the JSON gateway, such as `kv/put`. Rejects with etcd's answer if it is an error. */
  async call(method: string, body: unknown): Promise<GatewayAnswer> {
    const response = await fetch(`${this.url}/v3/${method}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(callMsMax),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method}: ${response.status} ${text}`);
    return JSON.parse(text) as GatewayAnswer;
  }

  /** Runs etcdctl against it; throws if that fails. */
  ctl(...args: readonly string[]): string {
    return execFileSync(tool, [`--endpoints=${this.url}`, ...args], {
      env: { ...process.env, ETCDCTL_API: '3' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: callMsMax,
    }).toString();
  }

  /** Ends it and waits for that, so that its files are complete: as after a clean stop, or a kill. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(killer);
  }

  /** A file of its data directory; it must have stopped. */
  file(path: string): Uint8Array {
    return new Uint8Array(readFileSync(join(this.directory, path)));
  }

  remove(): void {
    if (this.owned !== null) rmSync(this.owned, { recursive: true, force: true });
  }
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
