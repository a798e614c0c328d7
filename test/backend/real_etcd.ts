/** A real etcd on loopback and its tool, for databases written by the one and judged by the other. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/bin/etcd';
const tool = '/usr/bin/etcdctl';
export const etcdInstalled = existsSync(program) && existsSync(tool);
const startMsMax = 8000;

export interface SnapshotStatus {
  readonly hash: number;
  readonly revision: number;
  readonly totalKey: number;
  readonly totalSize: number;
}

function runTool(args: readonly string[]): string {
  return execFileSync(tool, args, {
    env: { ...process.env, ETCDCTL_API: '3' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 10_000,
  }).toString();
}

/** Works on a copy in a directory of its own: some tools write to what they open. */
function withCopy<T>(file: Uint8Array, name: string, work: (directory: string, path: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'detcd-backend-'));
  try {
    const path = join(directory, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, file);
    return work(directory, path);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What `etcdctl snapshot status` says of a database file, pages and all; throws if it refuses the file. */
export function snapshotStatus(file: Uint8Array): SnapshotStatus {
  return withCopy(file, 'db', (_directory, path) => {
    return JSON.parse(runTool(['snapshot', 'status', path, '-w', 'json'])) as SnapshotStatus;
  });
}

/** The file after etcd's own defragmentation. */
export function defragmentedByEtcd(file: Uint8Array): Uint8Array {
  return withCopy(file, 'member/snap/db', (directory, path) => {
    runTool(['defrag', `--data-dir=${directory}`]);
    return new Uint8Array(readFileSync(path));
  });
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

export class RealEtcd {
  private readonly child: ChildProcess;
  private readonly directory: string;
  readonly url: string;

  private constructor(child: ChildProcess, directory: string, url: string) {
    this.child = child;
    this.directory = directory;
    this.url = url;
  }

  /** An empty one, or one that starts from a database file as from a snapshot. */
  static async start(snapshot?: Uint8Array): Promise<RealEtcd> {
    const directory = mkdtempSync(join(tmpdir(), 'detcd-backend-'));
    const url = `http://127.0.0.1:${await freePort()}`;
    const peerUrl = `http://127.0.0.1:${await freePort()}`;
    if (snapshot !== undefined) restore(snapshot, directory, peerUrl);
    const child = spawn(
      program,
      [
        `--data-dir=${join(directory, 'data')}`,
        '--log-level=error',
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=default=${peerUrl}`,
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

  /** One call of the JSON gateway, such as `kv/put`. */
  async call(method: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}/v3/${method}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`);
    return response.json();
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

function restore(snapshot: Uint8Array, directory: string, peerUrl: string): void {
  const path = join(directory, 'snapshot');
  writeFileSync(path, snapshot);
  runTool([
    'snapshot',
    'restore',
    path,
    '--skip-hash-check',
    `--data-dir=${join(directory, 'data')}`,
    `--initial-cluster=default=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
  ]);
}
