import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadOnlyDisk } from '../../core/node/read_only_disk.ts';
import { examine } from '../../scenarios/cli/import_directory.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import { EtcdProcess, hasEtcd, withEtcd } from '../etcd_process.ts';
import { contentsOfEtcd } from '../storage/directories.ts';
import { detcdHere } from './run_here.ts';

interface ImportedInfo extends RunInfo {
  readonly opened: readonly {
    readonly member: string;
    readonly term: number;
    readonly revision: number;
    readonly compactRevision: number;
    readonly keys: number;
    readonly hashKv: number;
  }[];
}

function ran(...args: string[]): string {
  const { code, out, err } = detcdHere(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

/** Again, if an election came between. */
async function put(etcd: EtcdProcess, key: string, value: string, tries = 5): Promise<void> {
  try {
    await etcd.call('kv/put', { key: btoa(key), value: btoa(value) });
  } catch (error) {
    if (tries <= 1 || !String(error).includes('timed out')) throw error;
    await put(etcd, key, value, tries - 1);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(!hasEtcd)("a real etcd's directory", () => {
  let folder = '';
  const at = (name: string): string => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'detcd-import-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is opened, run on for 3 s, exported, and served by etcd again with all that was in it', async () => {
    const directory = at('one');
    const before = await withEtcd({ directory, args: ['--snapshot-count=40'] }, async (etcd) => {
      for (let i = 0; i < 80; i++) await put(etcd, `key${i % 7}`, `theirs ${i}`);
      etcd.ctl('compact', '60');
      for (let i = 80; i < 100; i++) await put(etcd, `key${i % 7}`, `theirs ${i}`);
      return contentsOfEtcd(etcd, 1);
    });
    // What a clean stop of etcd leaves is what one of ours leaves (clean_stop.test.ts); etcd 3.4, if its last entry was a write.
    const { appliedIndex, wal } = examine(new ReadOnlyDisk(directory));
    expect(appliedIndex).toBe(wal.entries.at(-1)?.entry.index);
    expect(ran('import', directory, '--check')).toContain('FIT');
    const run = JSON.parse(
      ran('import', directory, '--duration', '3s', '--out', at('run'), '--json'),
    ) as ImportedInfo;
    const { revision, compactRevision, hash: hashKv } = before;
    expect(run.opened).toMatchObject([{ revision, compactRevision, hashKv, keys: 7 }]);
    expect(run.summary.revision).toBeGreaterThan(revision + 20);
    const trace = at('run/trace.detcd');
    expect(ran('replay', trace, '--import', directory)).toContain('SAME');
    ran('export', trace, '--member', 'n1', '--at', 'end', '--clean', at('back'), '--import', directory);
    await withEtcd({ directory: at('back'), args: ['--force-new-cluster'] }, async (etcd) => {
      const after = await contentsOfEtcd(etcd, 1);
      expect(after).toMatchObject({ revision: run.summary.revision, compactRevision });
      const pairs = after.pairs.get(after.revision) ?? [];
      for (const pair of before.pairs.get(revision) ?? []) expect(pairs).toContain(pair);
      await put(etcd, 'after', 'all');
    });
  });

  it('of every member of a cluster goes on together, the one that had stayed behind too', async () => {
    const names = ['a', 'b', 'c'];
    const ports = await Promise.all(names.map(freePort));
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const cluster = names.map((name, i) => `${name}=${urls[i]}`).join(',');
    const members = await Promise.all(
      names.map((name, i) => {
        const args = [`--name=${name}`, `--listen-peer-urls=${urls[i]}`, `--initial-cluster=${cluster}`];
        args.push(`--initial-advertise-peer-urls=${urls[i]}`, '--snapshot-count=30');
        return EtcdProcess.start({ directory: at(name), args });
      }),
    );
    const [a, b, c] = members as [EtcdProcess, EtcdProcess, EtcdProcess];
    try {
      for (let i = 0; i < 40; i++) await put(a, `key${i % 5}`, `early ${i}`);
      const early = await contentsOfEtcd(c, 1);
      await c.end('SIGKILL');
      for (let i = 0; i < 40; i++) await put(b, `key${i % 5}`, `late ${i}`);
      const late = await contentsOfEtcd(a, 1);
      await a.end();
      await b.end();
      const missing = detcdHere('import', at('a'), at('c'));
      expect(missing.err).toMatch(/expected the directories of all 3 members.*; missing: [0-9a-f]+\./);
      const run = JSON.parse(
        ran('import', at('b'), at('c'), at('a'), '--duration', '3s', '--no-out', '--json'),
      ) as ImportedInfo;
      expect(run.verdict.passed).toBe(true);
      expect(run.options.members).toBe(3);
      const hashes = run.opened.map(({ hashKv }) => hashKv);
      expect(hashes.filter((hash) => hash === late.hash).length).toBeGreaterThanOrEqual(1);
      expect(Math.min(...run.opened.map(({ revision }) => revision))).toBeLessThanOrEqual(early.revision);
      expect(run.summary.revision).toBeGreaterThan(late.revision + 20);
    } finally {
      for (const etcd of members) await etcd.end('SIGKILL');
    }
  });
});
