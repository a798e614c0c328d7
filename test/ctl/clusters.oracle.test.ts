/** Commands about whole clusters and databases: mirrors, load checks, a database that nobody uses. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCommands } from '../../core/node/ctl/commands/check.ts';
import { runKnown } from '../../core/node/ctl/run_ctl.ts';
import { EtcdProcess, hasEtcd, scratchDirectory, withEtcd } from '../etcd_process.ts';
import { DetcdHere, withDetcd } from '../serve/detcd_here.ts';
import { Lasting, programs, runHere, runWith, scriptedIo } from './programs.ts';

type Server = EtcdProcess | DetcdHere;

const atMost = async (ms: number, isThere: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + ms;
  while (!(await isThere())) {
    if (Date.now() > deadline) throw new Error('did not come in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

async function pairs(url: string, prefix: string): Promise<string> {
  return (await runHere([`--endpoints=${url}`, 'get', '--prefix', prefix])).out;
}

describe.runIf(hasEtcd)('detcd ctl and etcdctl', () => {
  let servers: readonly Server[] = [];
  let destinations: readonly Server[] = [];
  const scratch = scratchDirectory();

  beforeAll(async () => {
    servers = [await EtcdProcess.start(), await DetcdHere.start()];
    destinations = [await EtcdProcess.start(), await DetcdHere.start()];
  });

  afterAll(async () => {
    for (const server of [...servers, ...destinations]) await server.end();
    rmSync(scratch, { recursive: true, force: true });
  });

  const mirrors: readonly (readonly [name: string, flags: readonly string[], destination: string])[] = [
    ['under the same names', ['--prefix=m/'], 'm/'],
    ['under other names', ['--prefix=m/', '--dest-prefix=copy/'], 'copy/'],
    ['at the root', ['--prefix=m/', '--no-dest-prefix'], 'x/'],
  ];

  for (const [name, flags, prefix] of mirrors) {
    it(`mirror a cluster ${name}`, async () => {
      const told: unknown[] = [];
      for (const [at, source] of servers.entries()) {
        const from = `--endpoints=${source.url}`;
        for (const program of programs) {
          const destination = destinations[1 - at] as Server;
          const rest = prefix === 'x/' ? 'm/x/' : 'm/';
          for (const url of [source.url, destination.url])
            await runHere([`--endpoints=${url}`, 'del', '--prefix', '']);
          for (const i of [1, 2, 3]) await runHere([from, 'put', `${rest}${i}`, `before ${i}`]);
          await runHere([from, 'put', 'other', 'stays']);
          const mirror = new Lasting(program, [from, 'make-mirror', ...flags, destination.url]);
          await atMost(10_000, async () => (await pairs(destination.url, prefix)).includes('before 3'));
          // Until its watch is there, which nobody can see.
          await new Promise((resolve) => setTimeout(resolve, 300));
          await runHere([from, 'txn'], {
            input: `\nput ${rest}1 after\nput ${rest}4 new\ndel ${rest}2\n\n\n`,
          });
          await runHere([from, 'put', `${rest}9`, 'last']);
          await atMost(10_000, async () => (await pairs(destination.url, prefix)).includes('last'));
          await mirror.end('SIGTERM');
          told.push([mirror.out, mirror.err, await pairs(destination.url, '')]);
        }
      }
      for (const one of told) expect(one).toEqual(told[0]);
      expect(JSON.stringify(told[0])).toContain('after');
    });
  }

  it('refuse to check a prefix that has keys, with the same words', async () => {
    for (const { url } of servers) {
      for (const words of [
        ['check', 'perf', '--prefix=there/'],
        ['check', 'datascale', '--prefix=there/'],
        ['check', 'perf', '--load=zz'],
        ['check', 'datascale', '--load=zz'],
        ['check', 'perf', '--nonsense'],
        ['make-mirror'],
        ['make-mirror', 'a', 'b'],
        ['make-mirror', 'a', '--dest-prefix=x', '--no-dest-prefix'],
        ['make-mirror', 'a', '--dest-cert=/nope', '--dest-key=/nope'],
      ]) {
        await runHere([`--endpoints=${url}`, 'put', 'there/1', '1']);
        const [expected, found] = await Promise.all(
          programs.map((program) => runWith(program, [`--endpoints=${url}`, ...words])),
        );
        const first = (text: string | undefined): string | undefined => text?.split('\n')[0];
        expect([words, found?.status, first(found?.err)]).toEqual([
          words,
          expected?.status,
          first(expected?.err),
        ]);
      }
    }
  });

  it('check how much memory data takes', async () => {
    const told: string[] = [];
    for (const [at, program] of programs.entries()) {
      // Of the other's server, too, it would take a busy machine a minute.
      const { url } = servers[1 - at] as Server;
      const words = ['check', 'datascale', '--auto-compact', '--auto-defrag'];
      const { status, out, err } = await runWith(program, [`--endpoints=${url}`, ...words]);
      const lines = out.split('\n').filter((line) => !line.startsWith('\r'));
      const own = lines
        .join('\n')
        .replaceAll(url, 'URL')
        .replace(/revision \d+/g, 'revision N');
      told.push(`${status}${err}${own.replace(/: -?[\d.]+ MB/, ': N MB')}`);
      expect(out).toContain(' 10000 / 10000  100.00%');
    }
    expect(told[1]).toBe(told[0]);
  });

  it('check whether a cluster keeps up', async () => {
    for (const { url } of servers) {
      const load = { writers: 10, valueBytes: 1024, writesPerSecond: 50, writes: Infinity, durationMs: 1000 };
      const run = async (writesPerSecond: number): Promise<[number, string, string]> => {
        const [out, err]: [string[], string[]] = [[], []];
        const [perf] = checkCommands({ s: { ...load, writesPerSecond } });
        if (perf === undefined) throw new Error('no check perf');
        const status = await runKnown(perf, [`--endpoints=${url}`], scriptedIo({}, out, err));
        return [status, out.join(''), err.join('')];
      };
      const [status, out, err] = await run(50);
      expect(err).toBe('');
      // What a busy machine keeps up with, nobody knows; the verdict's words have a test of their own.
      const lines = out.split('\n').slice(1);
      expect(out).toMatch(/^\r 0 \/ 1 .*\r 1 \/ 1 {2}100\.00% 1s\n/s);
      expect([lines.length, lines.at(-2)]).toEqual([5, status === 0 ? 'PASS' : 'FAIL']);
      for (const line of lines.slice(0, 3))
        expect(line).toMatch(/^(PASS|FAIL): (Throughput|Slowest|Stddev) /);
      const [failed, words] = await run(1_000_000);
      expect([failed, words.includes('FAIL: Throughput too low: '), words.slice(-5)]).toEqual([
        1,
        true,
        'FAIL\n',
      ]);
      expect(await pairs(url, '/etcdctl-check-perf/')).toBe('');
    }
  });

  it('defragment a directory that nobody uses', async () => {
    const directory = join(scratch, 'kept');
    await withEtcd({ directory }, async ({ url }) => {
      const at = `--endpoints=${url}`;
      for (let i = 0; i < 40; i++) await runHere([at, 'put', `d${i % 4}`, 'v'.repeat(50_000)]);
      const { out } = await runHere([at, 'get', 'd1', '-w', 'json']);
      const { revision } = (JSON.parse(out) as { header: { revision: number } }).header;
      await runHere([at, 'compact', String(revision), '--physical']);
      // It is in use: both wait and say so.
      for (const program of programs) {
        const waiting = new Lasting(program, ['defrag', `--data-dir=${directory}`]);
        await waiting.prints('waiting for etcd to close and release its lock');
        await waiting.end('SIGKILL');
        expect(`${waiting.out}${waiting.err}`).toBe(
          `waiting for etcd to close and release its lock on "${directory}/member/snap/db". To defrag a running etcd instance, omit --data-dir.\n`,
        );
      }
    });
    const before = statSync(join(directory, 'member/snap/db')).size;
    const sizes: number[] = [];
    for (const program of programs) {
      const copy = join(scratch, program);
      cpSync(directory, copy, { recursive: true });
      expect(await runWith(program, ['defrag', `--data-dir=${copy}`])).toEqual({
        status: 0,
        out: '',
        err: '',
      });
      sizes.push(statSync(join(copy, 'member/snap/db')).size);
      const kept = (url: string): Promise<string> => pairs(url, 'd1');
      const there = await withEtcd({ directory: copy }, ({ url }) => kept(url));
      const here = await withDetcd({ directory: copy }, ({ url }) => kept(url));
      expect([there, here]).toEqual([`d1\n${'v'.repeat(50_000)}\n`, `d1\n${'v'.repeat(50_000)}\n`]);
    }
    expect(sizes[1]).toBeLessThanOrEqual(sizes[0] as number);
    expect(sizes[1]).toBeLessThan(before / 2);
  });

  it('restore a member of a larger cluster, with its log elsewhere, from a copy of a database', async () => {
    const file = join(scratch, 'copy.db');
    await withEtcd({}, async (etcd) => {
      await runHere([`--endpoints=${etcd.url}`, 'put', 'kept', '1']);
      await etcd.stop();
      writeFileSync(file, etcd.database());
    });
    const told: unknown[] = [];
    for (const program of programs) {
      const place = join(scratch, `restored by ${program}`);
      const [data, wal] = [join(place, 'data'), join(place, 'wal')];
      mkdirSync(place);
      const words = [
        '--name=m2',
        '--initial-cluster=m1=http://127.0.0.1:11,m2=http://127.0.0.1:12,m3=http://127.0.0.1:13',
        '--initial-advertise-peer-urls=http://127.0.0.1:12',
        '--initial-cluster-token=other',
        `--data-dir=${data}`,
        `--wal-dir=${wal}`,
      ];
      const refused = await runWith(program, ['snapshot', 'restore', file, ...words]);
      // etcdctl logs what it does.
      const said = refused.err.split('\n').filter((line) => !line.startsWith('{'));
      expect([refused.status, refused.out, said]).toEqual([
        1,
        '',
        ['Error: snapshot missing hash but --skip-hash-check=false', ''],
      ]);
      rmSync(place, { recursive: true });
      mkdirSync(place);
      const { status } = await runWith(program, ['snapshot', 'restore', file, '--skip-hash-check', ...words]);
      const [segment = ''] = readdirSync(wal);
      // The frame of the first checksum, then who the member is and in which cluster.
      const identity = readFileSync(join(wal, segment)).subarray(0, 56).toString('hex');
      const db = await runHere(['snapshot', 'status', join(data, 'member/snap/db'), '-w', 'json']);
      // etcdctl leaves the old member in its bucket.
      const { revision } = JSON.parse(db.out) as Record<string, number>;
      told.push([
        status,
        segment,
        identity,
        readdirSync(join(data, 'member')),
        readdirSync(join(data, 'member/snap')),
        revision,
      ]);
    }
    expect(told[1]).toEqual(told[0]);
  });

  it('tell in one line what is no database', async () => {
    const wrong = join(scratch, 'wrong');
    const missing = await runHere(['defrag', `--data-dir=${wrong}`]);
    expect(missing).toEqual({
      status: 1,
      out: '',
      err: `Error: Failed to defragment etcd data[${wrong}] (open ${wrong}/member/snap/db: no such file or directory)\n`,
    });
    expect(existsSync(wrong)).toBe(false);
    mkdirSync(join(wrong, 'member/snap'), { recursive: true });
    writeFileSync(join(wrong, 'member/snap/db'), 'nonsense');
    const { status, err } = await runHere(['defrag', `--data-dir=${wrong}`]);
    expect([status, err.split('\n').length]).toEqual([1, 2]);
    expect(err).toContain(`Error: Failed to defragment etcd data[${wrong}] (`);
    expect(err).toContain('member/snap/db: expected a meta page');
  });
});
