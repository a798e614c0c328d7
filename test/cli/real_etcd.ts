/** A real etcd 3.4 on a directory, on loopback. */
import { spawn, spawnSync } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { hasOracle } from '../oracle.ts';

function hasEtcd(): boolean {
  const { status, stdout } = spawnSync('etcd', ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.startsWith('etcd Version: 3.4');
}

export const etcdPresent = hasOracle(
  'etcd 3.4',
  hasEtcd(),
  '`apt-get install etcd-server` to judge our tools by its directories',
);

const readyMsMax = 8000;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + readyMsMax;
  for (;;) {
    const health = await fetch(`${url}/health`).then(
      (response) => response.text(),
      () => '',
    );
    if (health.includes('true')) return;
    if (performance.now() > deadline) throw new Error(`etcd was not healthy within ${readyMsMax} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One call of the JSON gateway, such as `kv/put`. */
export type Call = (method: string, body: object, token?: string) => Promise<unknown>;

/** Runs etcd on the directory, lets `work` talk to it, and ends it, so that its files are complete. */
export async function withEtcd<Result>(
  data: string,
  options: readonly string[],
  work: (call: Call) => Promise<Result>,
): Promise<Result> {
  const [url, peerUrl] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const flags = {
    name: 's1',
    'data-dir': data,
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `s1=${peerUrl}`,
    logger: 'zap',
    'log-level': 'error',
  };
  const given = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn('etcd', [...given, ...options], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await untilReady(url);
    return await work(async (method, body, token) => {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
      const signal = AbortSignal.timeout(3000);
      const request = { method: 'POST', body: JSON.stringify(body), headers, signal };
      const response = await fetch(`${url}/v3/${method}`, request);
      if (!response.ok) throw new Error(`${method}: ${await response.text()}`);
      return response.json();
    });
  } finally {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(killer);
  }
}
