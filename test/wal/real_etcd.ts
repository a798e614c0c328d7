import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files of a member directory by name; a log's preallocated end is cut to one page of zeros. */
export interface MemberFiles {
  readonly wal: ReadonlyMap<string, Uint8Array>;
  readonly snap: ReadonlyMap<string, Uint8Array>;
}

/** An etcd 3.4 is installed. */
export function hasEtcd(): boolean {
  const { status, stdout } = spawnSync('etcd', ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.startsWith('etcd Version: 3.4');
}

const readyMsMax = 8000;

/** Runs a member alone on loopback for this many puts, stops it and reads its files. */
export async function memberOfEtcd(puts: number, snapshotCount: number): Promise<MemberFiles> {
  const data = mkdtempSync(join(tmpdir(), 'detcd-wal-'));
  const [client, peer] = [await freePort(), await freePort()];
  const clientUrl = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const urls = { 'listen-client-urls': clientUrl, 'advertise-client-urls': clientUrl };
  const peers = { 'listen-peer-urls': peerUrl, 'initial-advertise-peer-urls': peerUrl };
  const options = { name: 's1', 'data-dir': data, ...urls, ...peers, 'initial-cluster': `s1=${peerUrl}` };
  const flags = Object.entries({ ...options, 'snapshot-count': snapshotCount, logger: 'zap' });
  const child = spawn(
    'etcd',
    flags.map(([name, value]) => `--${name}=${value}`),
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  try {
    await ready(clientUrl);
    for (let i = 0; i < puts; i++) {
      await post(`${clientUrl}/v3/kv/put`, { key: btoa(`key ${i % 7}`), value: btoa('v'.repeat(i * 13)) });
    }
    child.kill('SIGTERM');
    await ended;
    return { wal: filesIn(join(data, 'member/wal')), snap: filesIn(join(data, 'member/snap')) };
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}

async function ready(clientUrl: string): Promise<void> {
  const until = performance.now() + readyMsMax;
  for (;;) {
    const health = await fetch(`${clientUrl}/health`).then(
      (response) => response.text(),
      () => '',
    );
    if (health.includes('true')) return;
    if (performance.now() > until) throw new Error('etcd did not become ready');
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

async function post(url: string, body: object): Promise<void> {
  const signal = AbortSignal.timeout(2000);
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), signal });
  if (!response.ok) throw new Error(await response.text());
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

function filesIn(directory: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const name of readdirSync(directory).filter((file) => /\.(wal|snap)$/.test(file))) {
    const bytes = readFileSync(join(directory, name));
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end--;
    files.set(name, new Uint8Array(bytes.subarray(0, name.endsWith('.wal') ? end + 4096 : bytes.length)));
  }
  return files;
}
