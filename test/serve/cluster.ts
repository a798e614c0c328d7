/** Members in processes of their own, of detcd and of a real etcd, on loopback: a cluster as a person would start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { etcdctl, guardOf, scratchDirectory } from '../etcd_process.ts';

const detcdProgram = fileURLToPath(new URL('../../bin/detcd.mjs', import.meta.url));
const stepMsMax = 40_000;

export type Program = 'detcd' | 'etcd';

export interface ClusterOptions {
  readonly args?: readonly string[];
  /** Of peer addresses. */
  readonly scheme?: 'http' | 'https';
}

export async function eventually<Result>(what: string, look: () => Promise<Result | null>): Promise<Result> {
  const deadline = Date.now() + stepMsMax;
  let failure: unknown = null;
  for (;;) {
    try {
      const found = await look();
      if (found !== null) return found;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${stepMsMax} ms`, { cause: failure });
    await pause(50);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Different ones: all are held before any is let go. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export class ClusterMember {
  readonly name: string;
  readonly program: Program;
  readonly url: string;
  readonly peerUrl: string;
  readonly directory: string;
  log = '';
  private readonly args: readonly string[];
  private child: ChildProcess | null = null;
  private guard: ChildProcess | null = null;

  constructor(
    parts: Pick<ClusterMember, 'name' | 'program' | 'url' | 'peerUrl' | 'directory'>,
    args: readonly string[],
  ) {
    this.name = parts.name;
    this.program = parts.program;
    this.url = parts.url;
    this.peerUrl = parts.peerUrl;
    this.directory = parts.directory;
    this.args = args;
  }

  start(initialCluster: string, state: 'new' | 'existing'): void {
    const flags = [
      `--name=${this.name}`,
      `--data-dir=${this.directory}`,
      `--listen-client-urls=${this.url}`,
      `--advertise-client-urls=${this.url}`,
      `--listen-peer-urls=${this.peerUrl}`,
      `--initial-advertise-peer-urls=${this.peerUrl}`,
      `--initial-cluster=${initialCluster}`,
      `--initial-cluster-state=${state}`,
      ...this.args,
    ];
    const [program, first] =
      this.program === 'etcd' ? ['etcd', []] : [process.execPath, [detcdProgram, 'serve']];
    this.log = '';
    const child = spawn(program, [...first, ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.on('error', (error) => (this.log += error.message));
    child.stderr?.on('data', (text: Buffer) => (this.log += text.toString()));
    this.child = child;
    this.guard = guardOf(child, '');
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Its exit code when it is gone; null if a signal ended it. */
  async ended(): Promise<number | null> {
    const { child } = this;
    if (child === null) return null;
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once('exit', resolve));
    }
    this.guard?.kill('SIGKILL');
    return child.exitCode;
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.signal('SIGCONT');
    this.signal(signal);
    await this.ended();
  }

  /** One call of the JSON gateway; rejects with what went wrong. */
  async call(method: string, body: unknown, timeoutMs = 8000): Promise<Readonly<Record<string, unknown>>> {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${this.url}/v3/${method}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal,
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  }

  async isReady(): Promise<void> {
    await eventually(`${this.name} is ready: ${this.log.slice(-3000)}`, async () => {
      if (this.child?.exitCode !== null) throw new Error(this.log.slice(-3000));
      await this.call('kv/range', { key: btoa('ready') }, 2000);
      return true;
    });
  }

  ctl(...args: readonly string[]): string {
    return etcdctl(`--endpoints=${this.url}`, ...args);
  }

  /** Its id in hex, and its leader's. */
  async status(): Promise<{ readonly id: string; readonly leader: string }> {
    const answer = await this.call('maintenance/status', {}, 2000);
    const header = answer['header'] as { readonly member_id: string };
    const hex = (text: unknown): string => BigInt(typeof text === 'string' ? text : 0).toString(16);
    return { id: hex(header.member_id), leader: hex(answer['leader']) };
  }
}

/** A change of the membership, as soon as all members have been connected for five seconds, which etcd asks for. */
export async function reconfigure(via: ClusterMember, ...args: readonly string[]): Promise<void> {
  await eventually(`member ${args.join(' ')}`, () => {
    via.ctl('member', ...args);
    return Promise.resolve(true);
  });
}

export class Cluster {
  readonly members: ClusterMember[] = [];
  private readonly root = scratchDirectory();
  private readonly options: ClusterOptions;
  private planned = 0;

  private constructor(options: ClusterOptions) {
    this.options = options;
  }

  /** Starts a new cluster of these; resolves when all serve. */
  static async begin(programs: readonly Program[], options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = new Cluster(options);
    for (const program of programs) await cluster.plan(program);
    const initial = cluster.initialCluster;
    for (const member of cluster.members) member.start(initial, 'new');
    try {
      await Promise.all(cluster.members.map((member) => member.isReady()));
    } catch (error) {
      await cluster.end();
      throw error;
    }
    return cluster;
  }

  /** A member that does not run yet. */
  async plan(program: Program, args: readonly string[] = []): Promise<ClusterMember> {
    const [port, peerPort] = await freePorts(2);
    const name = `m${++this.planned}`;
    const [url, peerUrl] = [
      `http://127.0.0.1:${port}`,
      `${this.options.scheme ?? 'http'}://127.0.0.1:${peerPort}`,
    ];
    const where = { name, program, url, peerUrl, directory: join(this.root, name) };
    const member = new ClusterMember(where, [...(this.options.args ?? []), ...args]);
    this.members.push(member);
    return member;
  }

  get initialCluster(): string {
    return this.members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',');
  }

  restart(member: ClusterMember): void {
    member.start(this.initialCluster, 'new');
  }

  /** Adds a member to the running cluster and starts it; resolves when it serves. */
  async join(program: Program, args: readonly string[] = []): Promise<ClusterMember> {
    const via = this.members[0] as ClusterMember;
    const member = await this.plan(program, args);
    await reconfigure(via, 'add', member.name, `--peer-urls=${member.peerUrl}`);
    member.start(this.initialCluster, 'existing');
    await member.isReady();
    return member;
  }

  /** Takes one out of the list that is started with and judged. */
  forget(member: ClusterMember): void {
    this.members.splice(this.members.indexOf(member), 1);
  }

  /** The member that leads, as most see it. */
  leader(): Promise<ClusterMember> {
    return eventually('a leader', async () => {
      const told = await Promise.all(
        this.members.map((member) =>
          member.status().then(
            ({ id, leader }) => ({ member, id, leader }),
            () => null,
          ),
        ),
      );
      const found = told.find((one) => one !== null && one.id === one.leader);
      const followers = told.filter((one) => one?.leader === found?.id);
      return found && followers.length > this.members.length / 2 ? found.member : null;
    });
  }

  /** Resolves with the hash when it is the same on all members at one revision. */
  agreedHash(): Promise<string> {
    const endpoints = this.members.map(({ url }) => url).join(',');
    return eventually('equal hashes', async () => {
      const told = JSON.parse(
        etcdctl(`--endpoints=${endpoints}`, 'endpoint', 'hashkv', '-w', 'json'),
      ) as readonly {
        readonly HashKV: { readonly hash: number; readonly header: { readonly revision: number } };
      }[];
      const hashes = new Set(told.map(({ HashKV }) => `${HashKV.header.revision}: ${HashKV.hash}`));
      if (told.length !== this.members.length || hashes.size !== 1) throw new Error([...hashes].join(', '));
      return [...hashes][0] as string;
    });
  }

  /** Writes many keys, some at once. */
  async fill(count: number, prefix: string, via: ClusterMember): Promise<void> {
    const atOnce = 40;
    for (let at = 0; at < count; at += atOnce) {
      const puts = Array.from({ length: Math.min(atOnce, count - at) }, (_, i) =>
        via.call('kv/put', { key: btoa(`${prefix}${at + i}`), value: btoa(`value ${at + i}`) }),
      );
      await Promise.all(puts);
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map((member) => member.end()));
    rmSync(this.root, { recursive: true, force: true });
  }
}

export async function withCluster<Result>(
  programs: readonly Program[],
  options: ClusterOptions,
  work: (cluster: Cluster) => Promise<Result>,
): Promise<Result> {
  const cluster = await Cluster.begin(programs, options);
  try {
    return await work(cluster);
  } finally {
    await cluster.end();
  }
}
