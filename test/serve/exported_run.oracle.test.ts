/** From a simulation into the real world and back, by the command line, as a person would. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { detcdIn } from '../cli/run_here.ts';
import { hasEtcd, scratchDirectory, withEtcd } from '../etcd_process.ts';
import { flagsOf, freePort } from './detcd_here.ts';
import { runEtcdctl } from './etcdctl.ts';
import { ServeProcess } from './serve_process.ts';

describe.runIf(hasEtcd)('a simulated run and a real data directory', () => {
  const folder = scratchDirectory();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function detcd(line: string): string {
    const { code, out, err } = detcdIn(folder, ...line.split(' '));
    expect({ line, code, err }).toEqual({ line, code: 0, err: '' });
    return out;
  }

  async function etcdctl(url: string, line: string): Promise<string> {
    const { status, out, err } = await runEtcdctl([`--endpoints=${url}`, ...line.split(' ')]);
    // `snapshot save` logs.
    const told = err.split('\n').filter((text) => !text.startsWith('{') && text !== '');
    expect({ line, status, told }).toEqual({ line, status: 0, told: [] });
    return out;
  }

  /** Starts `detcd serve` on a directory for `work`, and stops it. */
  async function serving<Result>(
    directory: string,
    args: readonly string[],
    work: (url: string) => Promise<Result>,
  ): Promise<Result> {
    const url = `http://127.0.0.1:${await freePort()}`;
    const server = new ServeProcess(flagsOf(join(folder, directory), url, args));
    try {
      await server.isReady();
      return await work(url);
    } finally {
      expect((await server.end('SIGTERM')).code).toBe(0);
    }
  }

  const everything = (url: string): Promise<string> => etcdctl(url, 'get  --prefix -w fields');
  /** Without what belongs to the answer: who gave it, and when. */
  const pairs = (text: string): string => text.replace(/^"(ClusterID|MemberID|RaftTerm|Revision)".*\n/gm, '');

  it('is exported at its end, served by detcd serve as by etcd, and read by etcdctl', async () => {
    detcd('run rolling-restart --seed 3 --members 3 --clients 2 --duration 4s --out run');
    for (const member of ['n1', 'n2']) detcd(`export run/trace.detcd --member ${member} --at end ${member}`);
    const alone = ['--force-new-cluster'];
    const here = await serving('n1', alone, everything);
    const there = await withEtcd({ directory: join(folder, 'n2'), args: alone }, ({ url }) =>
      everything(url),
    );
    expect(pairs(here)).toBe(pairs(there));
    expect(here).toContain('"Key" : "detcd-final"');
    expect(here.split('"Key"').length).toBeGreaterThan(4);
    // It is a member like any other: it takes writes, compacts, gives snapshots.
    const again = await serving('n1', [], async (url) => {
      await etcdctl(url, 'put after 1');
      await etcdctl(url, 'defrag');
      await etcdctl(url, `snapshot save ${join(folder, 'after.db')}`);
      return etcdctl(url, 'get after');
    });
    expect(again).toBe('after\n1\n');
  });

  it('is imported into a scenario, which changes nothing in it, and exported again', async () => {
    const written = await serving('real', [], async (url) => {
      for (const i of [1, 2, 3]) await etcdctl(url, `put real/${i} value${i}`);
      await etcdctl(url, 'del real/2');
      await etcdctl(url, 'lease grant 3600');
      return pairs(await etcdctl(url, 'get --prefix real/ -w fields'));
    });
    expect(detcd('import real --check')).toContain('FIT  a member can start on it');
    detcd('import real --scenario calm-days --seed 1 --duration 2s --out imported');
    detcd('export imported/trace.detcd --member n1 --at end --clean back --import real');
    const read = async (url: string): Promise<string> =>
      pairs(await etcdctl(url, 'get --prefix real/ -w fields'));
    const alone = ['--force-new-cluster'];
    expect(await serving('back', alone, read)).toBe(written);
    expect(await serving('real', [], read)).toBe(written);
  });
});
