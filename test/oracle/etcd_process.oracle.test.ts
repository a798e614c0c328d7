import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EtcdProcess, guardOf, hasEtcd, scratchDirectory, withEtcd } from '../etcd_process.ts';

const key = btoa('key');

async function valueIn(etcd: EtcdProcess): Promise<unknown> {
  const { kvs } = await etcd.call('kv/range', { key });
  return (kvs as readonly { readonly value: string }[])[0]?.value;
}

describe.runIf(hasEtcd)('a real etcd, as tests start it', () => {
  it('has ports and a directory of its own, which goes with it, also after a kill', async () => {
    const several = await Promise.all([1, 2, 3].map(() => EtcdProcess.start()));
    for (const [i, etcd] of several.entries()) await etcd.call('kv/put', { key, value: btoa(`${i}`) });
    for (const [i, etcd] of several.entries()) expect(await valueIn(etcd)).toBe(btoa(`${i}`));
    await several[0]?.end('SIGKILL');
    await Promise.all(several.slice(1).map((etcd) => etcd.end()));
    for (const { directory, url } of several) {
      expect(existsSync(dirname(directory))).toBe(false);
      await expect(fetch(url)).rejects.toThrow();
    }
  });

  it('starts again on a directory, and leaves it there', async () => {
    await withEtcd({}, async (first) => {
      await first.call('kv/put', { key, value: btoa('kept') });
      await first.stop();
      const { directory } = first;
      const seen = await withEtcd({ directory, args: ['--force-new-cluster'] }, valueIn);
      expect(seen).toBe(btoa('kept'));
      expect(first.files('member/wal', '.wal')).toHaveLength(1);
    });
  });

  it('says why it does not start, and leaves nothing behind', async () => {
    for (const [options, reason] of [
      [{ args: ['--snapshot-count=many'] }, 'snapshot-count'],
      [{ snapshot: new Uint8Array(5000) }, 'snapshot restore'],
    ] as const) {
      const told = await EtcdProcess.start(options).then(() => '', String);
      expect(told).toContain(reason);
      const [directory] = /\/\S*detcd-etcd-\w+/.exec(told) ?? ['.'];
      expect(existsSync(directory), directory).toBe(false);
    }
  });

  it('goes, with its directory, when whoever started it is gone', async () => {
    const directory = scratchDirectory();
    const child = spawn('sleep', ['60']);
    const gone = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    const guard = guardOf(child, directory);
    const ended = new Promise((resolve) => guard.once('exit', resolve));
    // What the system does with the pipe of a process that ends.
    guard.stdin?.destroy();
    expect(await gone).toBe('SIGKILL');
    await ended;
    expect(existsSync(directory)).toBe(false);
  });
});
