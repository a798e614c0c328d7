import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EtcdProcess, hasEtcd, scratchDirectory } from '../etcd_process.ts';
import { DetcdHere, withDetcd } from '../serve/detcd_here.ts';
import { runEtcdctl } from '../serve/etcdctl.ts';
import { type Given, Lasting, type Program, programs, runHere, runWith } from './programs.ts';

type Server = EtcdProcess | DetcdHere;

describe.runIf(hasEtcd)('commands that go on, and files', () => {
  let servers: readonly Server[] = [];
  const scratch = scratchDirectory();

  beforeAll(async () => {
    servers = [await EtcdProcess.start(), await DetcdHere.start()];
  });

  afterAll(async () => {
    for (const server of servers) await server.end();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** What each program tells of each server, which must be equal. */
  async function all(
    work: (program: Program, server: Server, at: string) => Promise<unknown>,
  ): Promise<void> {
    const told: unknown[] = [];
    for (const server of servers)
      for (const program of programs) told.push(await work(program, server, `--endpoints=${server.url}`));
    for (const one of told) expect(one).toEqual(told[0]);
  }

  /** Starts a watch, does something when it is there, and ends it when it has printed `until`; what it printed from then on. */
  async function meanwhile(
    program: Program,
    args: readonly string[],
    puts: readonly (readonly string[])[],
    until: string,
    given: Given & { readonly ready: string },
  ): Promise<string> {
    const [at] = args as [string];
    const lasting = new Lasting(program, args, given);
    // A watch says nothing when it begins: events before are made until it tells of one.
    for (let tries = 0; lasting.out === '' && tries < 100; tries++) {
      await runEtcdctl([at, 'put', given.ready, 'ready']);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    const from = lasting.out.length;
    for (const words of puts) {
      const { status } = await runEtcdctl([at, ...words]);
      expect(status).toBe(0);
    }
    await lasting.prints(until);
    await lasting.end('SIGTERM');
    return lasting.out.slice(from) + lasting.err;
  }

  for (const form of ['simple', 'fields', 'json']) {
    it(`watches (${form})`, async () => {
      await all(async (program, _, at) => {
        await runHere([at, 'del', 'w/', '--prefix']);
        const told = await meanwhile(
          program,
          [at, 'watch', '--prefix', 'w/', '--prev-kv', '-w', form],
          [
            ['put', 'w/1', 'a'],
            ['put', 'w/1', 'b'],
            ['del', 'w/1'],
            ['put', 'w/last', 'zz'],
          ],
          form === 'json' ? 'eno=' : 'zz',
          { ready: 'w/ready' },
        );
        expect(told.length).toBeGreaterThan(50);
        return told.replace(/((?:_id|ID|evision)"? ?: ?)\d+/g, '$1N');
      });
    });
  }

  it('runs a program for each event, and takes the key from the environment', async () => {
    await all((program, _, at) => {
      const env = { ETCDCTL_WATCH_KEY: 'x' };
      const script = 'echo $ETCD_WATCH_EVENT_TYPE $ETCD_WATCH_KEY $ETCD_WATCH_VALUE';
      const puts = [['put', 'x', 'new\tvalue']];
      const args = [at, 'watch', '--', 'sh', '-c', script];
      return meanwhile(program, args, puts, 'value"', { env, ready: 'x' });
    });
  });

  it('watches what the input says', async () => {
    await all((program, _, at) => {
      const given = { input: 'watch i\nnonsense\nwatch "j k" --prefix\n', ready: 'i' };
      const puts = [
        ['put', 'i', '1'],
        ['put', 'j kl', '2'],
      ];
      return meanwhile(program, [at, 'watch', '-i'], puts, 'j kl\n2', given);
    });
  });

  it('ends a watch of what was compacted', async () => {
    for (const { url } of servers) {
      for (const value of ['1', '2', '3']) await runHere([`--endpoints=${url}`, 'put', 'c', value]);
      const { out } = await runHere([`--endpoints=${url}`, 'get', 'c', '-w', 'json']);
      const { revision } = (JSON.parse(out) as { readonly header: { readonly revision: number } }).header;
      await runHere([`--endpoints=${url}`, 'compact', String(revision)]);
    }
    await all(async (program, _, at) => runWith(program, [at, 'watch', 'c', '--rev=1']));
  });

  it('holds a lock while a program runs, and tells its exit code', async () => {
    await all(async (program, _, at) => {
      const lock = new Lasting(program, [
        at,
        'lock',
        'l',
        '--',
        'sh',
        '-c',
        'echo $ETCD_LOCK_KEY | cut -c1-2; exit 7',
      ]);
      const code = await lock.end();
      const { out } = await runEtcdctl([at, 'get', '--prefix', 'l/', '--keys-only']);
      return { code, out: lock.out, err: lock.err, left: out };
    });
  });

  it('holds a lock until it is ended, and gives it to the next', async () => {
    await all(async (program, _, at) => {
      const first = new Lasting(program, [at, 'lock', 'm']);
      await first.prints('m/');
      const second = new Lasting(program, [at, 'lock', 'm']);
      await new Promise((resolve) => setTimeout(resolve, 800));
      expect(second.out).toBe('');
      const code = await first.end('SIGINT');
      await second.prints('m/');
      await second.end('SIGINT');
      return { code, out: first.out.replace(/m\/\w+/, 'm/LEASE') };
    });
  });

  it('elects, and sees who is elected', async () => {
    await all(async (program, _, at) => {
      const seen = new Lasting(program, [at, 'elect', '-l', 'e']);
      const led = new Lasting(program, [at, 'elect', 'e', 'me']);
      await led.prints('me');
      await seen.prints('me');
      await seen.end('SIGINT');
      const code = await led.end('SIGINT');
      const shown = (text: string): string => text.replace(/e\/\w+/, 'e/LEASE');
      return { code, led: shown(led.out), seen: shown(seen.out) };
    });
  });

  it('saves snapshots that the other restores and both serve', async () => {
    for (const server of servers) {
      const at = `--endpoints=${server.url}`;
      await runHere([at, 'put', 'kept', 'yes']);
      for (const saver of programs) {
        for (const restorer of programs) {
          const file = join(scratch, 's.db');
          const directory = join(scratch, 'restored');
          const saved = await runWith(saver, [at, 'snapshot', 'save', file]);
          expect([saved.status, saved.out]).toEqual([0, `Snapshot saved at ${file}\n`]);
          const told = await Promise.all(
            programs.map((program) => runWith(program, ['snapshot', 'status', file, '-w', 'json'])),
          );
          expect(told[1]).toEqual(told[0]);
          const again = () => runWith(restorer, ['snapshot', 'restore', file, `--data-dir=${directory}`]);
          const restored = await again();
          expect([restored.status, restored.out], restored.err).toEqual([0, '']);
          const refused = await again();
          expect([refused.status, refused.err]).toEqual([1, `Error: data-dir "${directory}" exists\n`]);
          for (const boot of [EtcdProcess, DetcdHere]) {
            const booted = await boot.start({ directory });
            const found = await runHere([`--endpoints=${booted.url}`, 'get', 'kept']);
            const { out } = await runHere([`--endpoints=${booted.url}`, 'member', 'list']);
            await booted.end();
            expect([saver, restorer, found.out, out.split('\n').length]).toEqual([
              saver,
              restorer,
              'kept\nyes\n',
              2,
            ]);
          }
          rmSync(directory, { recursive: true });
        }
      }
    }
  });

  it('goes on at another endpoint, and says of which one there is none', async () => {
    const [etcd] = servers as [Server];
    const both = `--endpoints=127.0.0.1:1,${etcd.url}`;
    expect(await runHere([both, 'put', 'elsewhere', '1'])).toEqual({ status: 0, out: 'OK\n', err: '' });
    const dead = ['--endpoints=127.0.0.1:1', '--command-timeout=500ms'];
    for (const words of [
      ['get', 'a'],
      ['put', 'a', 'b'],
      ['lease', 'grant', '5'],
      ['member', 'list'],
    ]) {
      const [expected, found] = await Promise.all([
        runEtcdctl([...dead, ...words]),
        runHere([...dead, ...words]),
      ]);
      const errors = expected.err.split('\n').filter((line) => line.startsWith('Error'));
      expect([words, found.status, found.err]).toEqual([words, expected.status, `${errors.join('\n')}\n`]);
    }
    const [health, ours] = await Promise.all([
      runEtcdctl([both, '--command-timeout=500ms', 'endpoint', 'health']),
      runHere([both, '--command-timeout=500ms', 'endpoint', 'health']),
    ]);
    const without = (text: string): readonly string[] =>
      text
        .replace(/took = .*/g, 'took')
        .split('\n')
        .filter((line) => !line.startsWith('{'))
        .toSorted();
    expect([ours.status, without(ours.err)]).toEqual([health.status, without(health.err)]);
  });

  it('draws the same tables', async () => {
    for (const { url } of servers) {
      const at = `--endpoints=${url}`;
      for (const words of ['member list', 'endpoint hashkv', 'endpoint status']) {
        const args = [at, ...words.split(' '), '-w', 'table'];
        const [expected, found] = [await runEtcdctl(args), await runHere(args)];
        expect(found).toEqual(expected);
      }
    }
  });

  it('tells no password', async () => {
    await withDetcd({ args: ['--bcrypt-cost=4'] }, async ({ url, lines }) => {
      const at = `--endpoints=${url}`;
      const told = [
        await runHere([at, 'user', 'add', 'root:s3cret']),
        await runHere([at, 'auth', 'enable']),
        await runHere([at, '--user=root:wr0ng', 'get', 'a']),
        await runHere([at, '--user=root', '--password=s3cret', 'get', 'a']),
        await runHere([at, '--user=root:s3cret', 'get', 'a'], { env: { ETCDCTL_USER: 'root:s3cret' } }),
        await runHere([at, 'get', 'a'], { env: { ETCDCTL_USER: 'root:s3cret' } }),
      ];
      expect(told.map(({ status }) => status)).toEqual([0, 0, 2, 0, 1, 0]);
      const texts = JSON.stringify([told, lines]);
      expect(texts.includes('s3cret') || texts.includes('wr0ng')).toBe(false);
    });
  });
});
