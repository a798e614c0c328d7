/** A real etcd 3.4 on loopback and its tool: the judge of directories, answers and hashes. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasOracle } from './oracle.ts';

const startMsMax = 15_000;
const callMsMax = 12_000;
const stopMsMax = 5000;
/** Another process may take a port between our choice of it and etcd's listening. */
const startsMax = 3;
/** Two preallocated segments of the log and a database for each of a few that run at once. */
const memoryBytesMin = 2 ** 30;
const remedy = 'apt-get install etcd-server etcd-client';

function isVersion34(program: string, word: string): boolean {
  const env = { ...process.env, ETCDCTL_API: '3' };
  const { status, stdout } = spawnSync(program, [word], { encoding: 'utf8', env });
  return status === 0 && /^etcd(ctl)? version: 3\.4\./i.test(stdout);
}

const isInstalled = isVersion34('etcd', '--version') && isVersion34('etcdctl', 'version');

/** Whether tests that need it are to run. */
export const hasEtcd = hasOracle('etcd 3.4', isInstalled, remedy);

export interface EtcdOptions {
  /** A data directory to start on; the process does not remove it. Absent: a new one that goes with `end`. */
  readonly directory?: string;
  /** A database file that the new data directory is restored from. */
  readonly snapshot?: Uint8Array;
  readonly args?: readonly string[];
}

/** What the JSON gateway answers: int64 as text, bytes as base64. */
export type GatewayAnswer = Readonly<Record<string, unknown>>;

export type GatewayReply =
  | { readonly kind: 'ok'; readonly body: GatewayAnswer }
  | { readonly kind: 'error'; readonly code: number; readonly message: string };

/** Runs etcdctl; throws if it fails. */
export function etcdctl(...args: readonly string[]): string {
  return execFileSync('etcdctl', args, {
    env: { ...process.env, ETCDCTL_API: '3' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: callMsMax,
  }).toString();
}

/** A new directory, in memory if there is room: etcd syncs every write. */
export function scratchDirectory(): string {
  const memory = '/dev/shm';
  const { bavail, bsize } = existsSync(memory) ? statfsSync(memory) : { bavail: 0, bsize: 0 };
  return mkdtempSync(join(bavail * bsize >= memoryBytesMin ? memory : tmpdir(), 'detcd-etcd-'));
}

export class EtcdProcess {
  readonly directory: string;
  readonly url: string;
  /** Sent with every call of the gateway, if there is one. */
  token: string | null = null;
  private readonly owned: string | null;
  private readonly child: ChildProcess;
  private readonly guard: ChildProcess;
  private log = '';

  private constructor(options: EtcdOptions, url: string, peerUrl: string) {
    this.owned = options.directory === undefined ? scratchDirectory() : null;
    this.directory = options.directory ?? join(this.owned ?? '', 'data');
    this.url = url;
    try {
      if (options.snapshot !== undefined) restore(options.snapshot, this.directory, peerUrl);
    } catch (failure) {
      this.remove();
      throw failure;
    }
    const flags = {
      name: 's1',
      'data-dir': this.directory,
      'listen-client-urls': url,
      'advertise-client-urls': url,
      'listen-peer-urls': peerUrl,
      'initial-advertise-peer-urls': peerUrl,
      'initial-cluster': `s1=${peerUrl}`,
      logger: 'zap',
      'log-level': 'error',
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    this.child = spawn('etcd', [...args, ...(options.args ?? [])], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // Expiries in a v2 snapshot are written in the machine's zone.
      env: { ...process.env, TZ: 'UTC' },
    });
    const keep = (text: string): void => void (this.log = (this.log + text).slice(-4000));
    this.child.on('error', (error) => keep(error.message));
    this.child.stderr?.on('data', (text: Buffer) => keep(text.toString()));
    this.guard = guardOf(this.child, this.owned ?? '');
  }

  /** Starts one and waits until it is healthy; rejects with its log if it does not become so, and leaves nothing behind. */
  static async start(options: EtcdOptions = {}): Promise<EtcdProcess> {
    if (!isInstalled) throw new Error(`etcd 3.4 not found; ${remedy}`);
    for (let attempt = 1; ; attempt++) {
      const [port, peerPort] = await freePorts();
      const etcd = new EtcdProcess(options, `http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`);
      if (await etcd.becomesHealthy()) return etcd;
      await etcd.end('SIGKILL');
      if (attempt === startsMax || !etcd.log.includes('address already in use')) {
        throw new Error(
          `etcd in ${etcd.directory} ended, or was not healthy within ${startMsMax} ms:\n${etcd.log}`,
        );
      }
    }
  }

  private get isRunning(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  private async becomesHealthy(): Promise<boolean> {
    const deadline = Date.now() + startMsMax;
    while (Date.now() < deadline && this.isRunning) {
      const health = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(1000) }).then(
        (response) => response.text(),
        () => '',
      );
      if (health.includes('"true"')) return true;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return false;
  }

  /** One request as it is, such as POST `/v3/kv/put`. */
  async ask(
    method: string,
    path: string,
    body: string | null = null,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly body: string }> {
    const signal = AbortSignal.timeout(callMsMax);
    const response = await fetch(`${this.url}${path}`, { method, body, headers: { ...headers }, signal });
    return { status: response.status, body: await response.text() };
  }

  /** One call of the JSON gateway, such as `kv/put`, and what came of it. */
  async reply(method: string, body: unknown): Promise<GatewayReply> {
    const headers = this.token === null ? {} : { authorization: this.token };
    const answer = await this.ask('POST', `/v3/${method}`, JSON.stringify(body), headers);
    const parsed = JSON.parse(answer.body) as GatewayAnswer;
    if (answer.status === 200) return { kind: 'ok', body: parsed };
    return { kind: 'error', code: Number(parsed['code']), message: String(parsed['message']) };
  }

  /** The same where no error is expected: rejects with it. */
  async call(method: string, body: unknown): Promise<GatewayAnswer> {
    const reply = await this.reply(method, body);
    if (reply.kind === 'error') throw new Error(`${method}: ${reply.code} ${reply.message}`);
    return reply.body;
  }

  /** Runs etcdctl against it; throws if that fails. */
  ctl(...args: readonly string[]): string {
    return etcdctl(`--endpoints=${this.url}`, ...args);
  }

  /** Ends it and waits for that, so that its files are complete: as after a clean stop, or a kill. Again: does nothing. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.isRunning) {
      const exited = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill(signal);
      const killer = setTimeout(() => this.child.kill('SIGKILL'), stopMsMax);
      await exited;
      clearTimeout(killer);
    }
    this.guard.kill('SIGKILL');
  }

  /** A file of its data directory; it must have stopped. */
  file(path: string): Uint8Array {
    return new Uint8Array(readFileSync(join(this.directory, path)));
  }

  /** The names of a directory's files of this kind, such as `.snap`, in order. */
  files(path: string, ending: string): readonly string[] {
    const names = readdirSync(join(this.directory, path)).filter((name) => name.endsWith(ending));
    return names.toSorted((a, b) => (a < b ? -1 : 1));
  }

  /** The database file; it must have stopped. */
  database(): Uint8Array {
    return this.file('member/snap/db');
  }

  /** The only segment of the log; it must have stopped. */
  segment(): Uint8Array {
    const names = this.files('member/wal', '.wal');
    if (names.length !== 1) throw new Error(`expected one segment, found ${names.length}`);
    return this.file(`member/wal/${names[0]}`);
  }

  /** Stops it, if it has not, and removes its directory, unless it was given it. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.stop(signal);
    this.remove();
  }

  private remove(): void {
    if (this.owned !== null) rmSync(this.owned, { recursive: true, force: true });
  }
}

/** Starts one for `work`, and ends and removes it, whatever comes of that. */
export async function withEtcd<Result>(
  options: EtcdOptions,
  work: (etcd: EtcdProcess) => Promise<Result>,
): Promise<Result> {
  const etcd = await EtcdProcess.start(options);
  try {
    return await work(etcd);
  } finally {
    await etcd.end();
  }
}

/** A shell that waits for the end of its input, which comes when this process ends, however it does, and then clears up. */
export function guardOf({ pid }: ChildProcess, directory: string): ChildProcess {
  const script = 'read -r _; kill -9 "$0"; [ -z "$1" ] || rm -rf "$1"';
  const stdio = ['pipe', 'ignore', 'ignore'] as const;
  const guard = spawn('sh', ['-c', script, String(pid), directory], { stdio: [...stdio], detached: true });
  guard.on('error', () => undefined);
  guard.unref();
  return guard;
}

function restore(snapshot: Uint8Array, directory: string, peerUrl: string): void {
  const path = `${directory}.snapshot`;
  writeFileSync(path, snapshot);
  const cluster = [
    '--name=s1',
    `--initial-cluster=s1=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
  ];
  etcdctl('snapshot', 'restore', path, '--skip-hash-check', `--data-dir=${directory}`, ...cluster);
}

/** Two different ones: both are held before either is let go. */
async function freePorts(): Promise<readonly [number, number]> {
  const listen = () =>
    new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
      const server = createServer();
      server.on('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(server));
    });
  const servers = [await listen(), await listen()] as const;
  const [first, second] = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [first as number, second as number];
}
