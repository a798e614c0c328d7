/** `node tools/run.mjs test/serve/blocking.ts`: how long each kind of heavy request keeps a member from anything else. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { rmSync } from 'node:fs';
import { fromText } from '../../core/base/bytes.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import { scratchDirectory } from '../etcd_process.ts';
import { DetcdHere } from './detcd_here.ts';

const valueBytes = 1000;
const perTxn = 100;
const mebibyte = 2 ** 20;

/** The longest that nothing else ran while `work` was under way, and how long that took. */
async function measured(name: string, work: () => Promise<unknown>): Promise<void> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const started = performance.now();
  await work();
  const tookMs = performance.now() - started;
  await new Promise((resolve) => setTimeout(resolve, 20));
  delays.disable();
  const rest = `p99 ${(delays.percentile(99) / 1e6).toFixed(0)} ms, took ${tookMs.toFixed(0)} ms`;
  process.stdout.write(
    `${name.padEnd(44)} longest ${(delays.max / 1e6).toFixed(0).padStart(5)} ms, ${rest}\n`,
  );
}

function etcdctl(detcd: DetcdHere, line: string, until: RegExp | number = /$^/): Promise<void> {
  const args = [`--endpoints=${detcd.url}`, '--command-timeout=60s', ...line.split(' ')];
  const child = spawn('etcdctl', args, { env: { ...process.env, ETCDCTL_API: '3' } });
  let lines = 0;
  child.stdout.on('data', (text: Buffer) => {
    if (typeof until !== 'number') return;
    for (const byte of text) if (byte === 10) lines++;
    if (lines >= until) child.kill('SIGINT');
  });
  return new Promise((resolve) => child.once('close', () => resolve()));
}

async function fill(detcd: DetcdHere, prefix: string, count: number, bytes: number): Promise<void> {
  const value = fromText('v'.repeat(bytes));
  for (let at = 0; at < count; at += perTxn) {
    const success = Array.from({ length: perTxn }, (_, i) => ({
      kind: 'put' as const,
      put: { key: fromText(`${prefix}/${String(at + i).padStart(8, '0')}`), value },
    }));
    const request = { kind: 'txn', txn: { compare: [], success, failure: [] } } as ClientRequest;
    const answer = await detcd.served.host.request(request, undefined);
    if (answer.kind === 'error') throw new Error(answer.message);
  }
}

async function putEach(detcd: DetcdHere, count: number): Promise<void> {
  const batch = 500;
  for (let at = 0; at < count; at += batch)
    await Promise.all(
      Array.from({ length: batch }, (_, i) =>
        detcd.served.host.request(
          { kind: 'put', put: { key: fromText(`w/${at + i}`), value: fromText('x') } } as ClientRequest,
          undefined,
        ),
      ),
    );
}

async function main(): Promise<void> {
  const root = scratchDirectory();
  const directory = join(root, 'data');
  try {
    let detcd = await DetcdHere.start({ directory });
    await measured('new password', () => etcdctl(detcd, 'user add ann:secret'));
    await measured('nothing (etcdctl version)', () => etcdctl(detcd, 'version'));
    await measured('100,000 puts', () => putEach(detcd, 100_000));
    await measured('range of 100,000 keys', () => etcdctl(detcd, 'get --prefix w/'));
    await measured('watch of 100,000 revisions', () => etcdctl(detcd, 'watch --rev=2 --prefix w/', 300_000));
    await measured('compaction of 100,000 revisions', () => etcdctl(detcd, 'compact --physical 100000'));
    await measured('50 MB in transactions of 100 KB', () => fill(detcd, 'a', 50_000, valueBytes));
    await measured('snapshot of 50 MB', () => etcdctl(detcd, `snapshot save ${join(root, 's.db')}`));
    await measured('range of 50 MB', () => etcdctl(detcd, 'get --prefix a/'));
    await measured('50 MB more', () => fill(detcd, 'b', 50_000, valueBytes));
    await measured('hash of 100 MB', () => etcdctl(detcd, 'endpoint hashkv'));
    await measured('deletion of 50,000 keys', () => etcdctl(detcd, 'del --prefix b/'));
    await fill(detcd, 'b', 50_000, valueBytes);
    await measured('defragmentation of 100 MB', () => etcdctl(detcd, 'defrag'));
    await detcd.stop();
    const { sizeBytes } = { sizeBytes: detcd.served.host.state?.backend.sizeBytes ?? 0 };
    await measured(`boot with ${(sizeBytes / mebibyte).toFixed(0)} MiB`, async () => {
      detcd = await DetcdHere.start({ directory });
    });
    await detcd.stop();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

await main();
