import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EtcdProcess, hasEtcd, scratchDirectory } from '../etcd_process.ts';
import { DetcdHere } from './detcd_here.ts';
import { runEtcdctl } from './etcdctl.ts';

async function ctl(url: string, line: string): Promise<string> {
  const { status, out, err } = await runEtcdctl([`--endpoints=${url}`, ...line.split(' ')]);
  expect([line, status, err]).toEqual([line, 0, '']);
  return out;
}

/** Everything that can be told of what is stored. */
async function seen(url: string): Promise<readonly string[]> {
  const lines = [
    'get a --prefix -w json',
    'endpoint hashkv -w json',
    'lease list',
    'member list',
    'user list',
  ];
  const texts: string[] = [];
  for (const line of lines) {
    const out = await ctl(url, line);
    // Leases stand in the order in which they end, which begins anew with the program.
    const ordered = line === 'lease list' ? out.split('\n').toSorted().join('\n') : out;
    texts.push(ordered.replaceAll(url, 'URL').replace(/"(?:raft_term|Endpoint)":[^,}]*/g, ''));
  }
  return texts;
}

describe.runIf(hasEtcd)('one data directory, two programs', () => {
  it('is served by etcd, detcd, etcd and detcd in turn, and nothing is lost', async () => {
    const root = scratchDirectory();
    const directory = join(root, 'data');
    let last: readonly string[] | null = null;
    try {
      for (let turn = 0; turn < 4; turn++) {
        const server =
          turn % 2 === 0
            ? await EtcdProcess.start({ directory, args: ['--enable-v2', '--snapshot-count=20'] })
            : await DetcdHere.start({ directory, args: ['--enable-v2', '--snapshot-count=20'] });
        const { url } = server;
        if (last !== null) {
          const now = await seen(url);
          // The member says where it is now, which is elsewhere.
          expect(now.map((text) => text.replace(/http:\/\/127\.0\.0\.1:\d+/g, 'PEER'))).toEqual(last);
          const v2 = await (await fetch(`${url}/v2/keys/t${turn - 1}`)).json();
          expect(v2).toMatchObject({ node: { value: String(turn - 1) } });
        }
        for (let i = 0; i < 30; i++) await ctl(url, `put a${i % 7} turn${turn}-${i}`);
        await ctl(url, 'del a3');
        await ctl(url, 'lease grant 600');
        await ctl(url, `user add user${turn} --no-password`);
        await ctl(url, `compaction ${10 + turn * 30}`);
        if (turn === 1) await ctl(url, 'defrag');
        await fetch(`${url}/v2/keys/t${turn}?value=${turn}`, { method: 'PUT' });
        last = (await seen(url)).map((text) => text.replace(/http:\/\/127\.0\.0\.1:\d+/g, 'PEER'));
        await server.stop();
      }
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it.each(['etcd', 'detcd'] as const)('knows a password that %s hashed', async (first) => {
    const root = scratchDirectory();
    const directory = join(root, 'data');
    const args = ['--bcrypt-cost=4'];
    const start = (which: 'etcd' | 'detcd'): Promise<EtcdProcess | DetcdHere> =>
      which === 'etcd' ? EtcdProcess.start({ directory, args }) : DetcdHere.start({ directory, args });
    try {
      const one = await start(first);
      for (const line of [
        'user add root:sesame',
        'role add root',
        'user grant-role root root',
        'auth enable',
      ]) {
        await ctl(one.url, line);
      }
      await one.stop();
      const { url, stop } = await start(first === 'etcd' ? 'detcd' : 'etcd').then((other) => ({
        url: other.url,
        stop: () => other.stop(),
      }));
      expect(await ctl(url, 'put a 1 --user=root:sesame')).toBe('OK\n');
      const wrong = await runEtcdctl([`--endpoints=${url}`, 'get', 'a', '--user=root:simsim']);
      expect(wrong.err).toContain('authentication failed, invalid user ID or password');
      await stop();
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
