/** A real etcd 3.4 with its v2 API on loopback. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function hasEtcd(): boolean {
  const { status, stdout } = spawnSync('etcd', ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.startsWith('etcd Version: 3.4');
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const readyMsMax = 8000;
const answerMsMax = 3000;
const stopMsMax = 3000;
/** Every write is synced: memory is quicker. */
const memoryDirectory = '/dev/shm';

export class RealEtcd {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private readonly data: string;
  readonly url: string;

  private constructor(child: ChildProcess, data: string, url: string) {
    this.child = child;
    this.data = data;
    this.url = url;
    this.ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
  }

  static async start(snapshotCount: number): Promise<RealEtcd> {
    const data = mkdtempSync(join(existsSync(memoryDirectory) ? memoryDirectory : tmpdir(), 'detcd-v2-'));
    const url = `http://127.0.0.1:${await freePort()}`;
    const peer = `http://127.0.0.1:${await freePort()}`;
    const options = {
      name: 's1',
      'data-dir': data,
      'enable-v2': 'true',
      'snapshot-count': snapshotCount,
      'log-level': 'error',
      'listen-client-urls': url,
      'advertise-client-urls': url,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `s1=${peer}`,
    };
    const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    // Expiries in a snapshot are written in the machine's zone.
    const child = spawn('etcd', flags, { stdio: 'ignore', env: { ...process.env, TZ: 'UTC' } });
    const etcd = new RealEtcd(child, data, url);
    const until = performance.now() + readyMsMax;
    while (performance.now() < until) {
      const health = await etcd.ask('GET', '/health').catch(() => null);
      if (health?.body.includes('true') === true) return etcd;
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
    await etcd.remove();
    throw new Error(`etcd was not ready within ${readyMsMax} ms`);
  }

  async ask(method: string, path: string, form: string | null = null): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      body: form,
      headers: form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
      signal: AbortSignal.timeout(answerMsMax),
    });
    return { status: response.status, body: await response.text() };
  }

  /** Opens a stream of lines. The function that comes back waits for that many, and gives them with all that came beyond. */
  async stream(path: string, signal: AbortSignal): Promise<(count: number) => Promise<readonly string[]>> {
    const response = await fetch(`${this.url}${path}`, { signal });
    const body = response.body?.getReader();
    if (body === undefined) throw new Error('the stream has no body');
    let came = '';
    const decoder = new TextDecoder();
    const pump = async (): Promise<void> => {
      for (let part = await body.read(); !part.done; part = await body.read()) {
        came += decoder.decode(part.value, { stream: true });
      }
    };
    pump().catch(() => undefined);
    return async (count) => {
      const lines = () => came.split('\n').slice(0, -1);
      const until = performance.now() + answerMsMax;
      while (lines().length < count && performance.now() < until) {
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
      }
      return lines().map((line) => `${line}\n`);
    };
  }

  /** Ends etcd in good order, so that its files are whole. */
  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), stopMsMax);
    await this.ended;
    clearTimeout(killer);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** The snapshot files by name, oldest first, and the one segment of the log. */
  files(): { readonly snaps: readonly (readonly [string, Uint8Array])[]; readonly wal: Uint8Array } {
    const snap = join(this.data, 'member/snap');
    const wal = join(this.data, 'member/wal');
    const names = readdirSync(snap).filter((name) => name.endsWith('.snap'));
    const segments = readdirSync(wal).filter((name) => name.endsWith('.wal'));
    if (segments.length !== 1) throw new Error(`expected one segment, found ${segments.length}`);
    return {
      snaps: names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => [name, read(join(snap, name))]),
      wal: read(join(wal, segments[0] ?? '')),
    };
  }
}

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
