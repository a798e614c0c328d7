/** etcdctl and `detcd ctl` over TLS, each against a real etcd and `detcd serve`, with and without what they need. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardOf, hasEtcd, scratchDirectory } from '../etcd_process.ts';
import { makeCertificates } from '../serve/certificates.ts';
import { DetcdHere, flagsOf, freePort } from '../serve/detcd_here.ts';
import type { Ran } from '../serve/etcdctl.ts';
import { Lasting, type Program, programs, runHere, runWith } from './programs.ts';

const startMsMax = 10_000;
const root = scratchDirectory();
const file = (name: string): string => join(root, name);
const given = [`--cert-file=${file('server.pem')}`, `--key-file=${file('server.key')}`];
const trusted = `--trusted-ca-file=${file('ca.pem')}`;
const ca = `--cacert=${file('ca.pem')}`;
const as = (name: string): readonly string[] => [
  `--cert=${file(`${name}.pem`)}`,
  `--key=${file(`${name}.key`)}`,
];

interface Server {
  readonly url: string;
  end(): Promise<void>;
}

/** A real etcd that speaks TLS only: `EtcdProcess` asks for its health without. */
async function startEtcd(args: readonly string[]): Promise<Server> {
  const [port, peerPort] = [await freePort(), await freePort()];
  const url = `https://127.0.0.1:${port}`;
  const directory = join(root, `etcd-${port}`);
  const flags = flagsOf(directory, url, args).map((flag) => flag.replaceAll('65001', String(peerPort)));
  const child: ChildProcess = spawn('etcd', [...flags, '--logger=zap', '--log-level=error'], {
    stdio: 'ignore',
  });
  const guard = guardOf(child, '');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const end = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    guard.kill('SIGKILL');
  };
  const deadline = Date.now() + startMsMax;
  const ask = [`--endpoints=${url}`, ca, ...as('root'), 'endpoint', 'health'];
  while ((await runWith('etcdctl', [...ask, '--insecure-skip-tls-verify'])).status !== 0) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await end();
      throw new Error('etcd with TLS did not start');
    }
  }
  return { url, end };
}

async function withBoth(
  args: readonly string[],
  work: (servers: readonly Server[]) => Promise<void>,
): Promise<void> {
  const servers: Server[] = [];
  try {
    servers.push(await startEtcd(args));
    servers.push(await DetcdHere.start({ scheme: 'https', args }));
    await work(servers);
  } finally {
    for (const server of servers) await server.end();
  }
}

/** Whether it succeeded, and what it then said: why a handshake failed, each library says in its own words. */
function shown({ status, out, err }: Ran): unknown {
  return status === 0 ? [status, out] : [status, err.includes('Error: ')];
}

/** What the programs say of each line, which must be equal. */
async function compare(
  servers: readonly Server[],
  lines: readonly (readonly string[])[],
): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const line of lines) {
    const told: unknown[] = [];
    for (const { url } of servers) {
      const ask = async (program: Program): Promise<unknown> => {
        const address = line.includes('--no-scheme') ? url.replace('https://', '') : url;
        const words = line.filter((word) => word !== '--no-scheme');
        return shown(await runWith(program, [`--endpoints=${address}`, '--command-timeout=1s', ...words]));
      };
      for (const program of programs) told.push(await ask(program));
    }
    for (const one of told) expect([line, one]).toEqual([line, told[0]]);
    answers.push(told[0]);
  }
  return answers;
}

const done = [0, 'OK\n'];
const failed = [1, true];

describe.runIf(hasEtcd)('TLS of detcd ctl and etcdctl', () => {
  beforeAll(() => makeCertificates(root, ['server', 'root', 'ann']));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('with a certificate of the server only', async () => {
    await withBoth(given, async (servers) => {
      const put = ['put', 'a', '1'];
      const answers = await compare(servers, [
        [ca, ...put],
        [ca, ...put, '--no-scheme'],
        ['--insecure-transport=false', '--insecure-skip-tls-verify', ...put],
        ['--insecure-transport=false', '--insecure-skip-tls-verify', ...put, '--no-scheme'],
        [ca, '--insecure-transport=false', ...put, '--no-scheme'],
        // Nobody vouches for the server; another does; no TLS at all.
        put,
        [`--cacert=${file('ann.pem')}`, ...put],
        [...put, '--no-scheme'],
        ['--insecure-transport=false', ...put, '--no-scheme'],
      ]);
      expect(answers).toEqual([done, done, done, done, done, failed, failed, failed, failed]);
      // The program itself, whose libraries may have something to say.
      for (const { url } of servers) {
        const command = new Lasting('detcd ctl', [`--endpoints=${url}`, ca, 'get', 'a']);
        expect([await command.end(), command.out, command.err]).toEqual([0, 'a\n1\n', '']);
      }
    });
  });

  it('with authorities, which ask for a certificate that is nobody by itself', async () => {
    await withBoth([...given, trusted], async (servers) => {
      const answers = await compare(servers, [
        [ca, ...as('ann'), 'put', 'a', '1'],
        [ca, 'put', 'a', '1'],
      ]);
      expect(answers).toEqual([done, failed]);
    });
  });

  it('with certificates of both, by which auth knows the users', async () => {
    await withBoth([...given, trusted, '--client-cert-auth', '--bcrypt-cost=4'], async (servers) => {
      const [asRoot, asAnn] = [
        [ca, ...as('root')],
        [ca, ...as('ann')],
      ];
      const answers = await compare(servers, [
        [...asAnn, 'put', 'a', '1'],
        [ca, 'put', 'a', '1'],
        [ca, `--cert=${file('ann.pem')}`, `--key=${file('root.key')}`, 'put', 'a', '1'],
        [ca, `--cert=${file('ann.pem')}`, 'put', 'a', '1'],
      ]);
      expect(answers.map((answer) => (answer as unknown[])[0])).toEqual([0, 1, 128, 128]);
      for (const line of [
        [...asRoot, 'user', 'add', 'root:pass'],
        [...asRoot, 'user', 'add', 'ann', '--no-password'],
        [...asRoot, 'user', 'add', 'tim:secret'],
        [...asRoot, 'role', 'add', 'root'],
        [...asRoot, 'role', 'add', 'reader'],
        [...asRoot, 'role', 'grant-permission', 'reader', 'read', 'a'],
        [...asRoot, 'user', 'grant-role', 'root', 'root'],
        [...asRoot, 'user', 'grant-role', 'ann', 'reader'],
        [...asRoot, 'user', 'grant-role', 'tim', 'reader'],
        [...asRoot, 'auth', 'enable'],
      ])
        for (const { url } of servers)
          expect(await runHere([`--endpoints=${url}`, ...line])).toMatchObject({ status: 0 });
      const users = await compare(servers, [
        [...asAnn, 'get', 'a'],
        [...asAnn, 'put', 'a', '2'],
        // A password goes before the certificate's name.
        [...asAnn, '--user=root:pass', 'put', 'a', '2'],
        [...asAnn, '--user=tim', '--password=secret', 'get', 'a'],
        [...asRoot, '--user=tim:secret', 'put', 'a', '3'],
        [...asRoot, '--user=tim:wrong', 'get', 'a'],
        [...asAnn, '--user=ann:any', 'get', 'a'],
      ]);
      expect(users).toEqual([[0, 'a\n1\n'], failed, done, [0, 'a\n2\n'], failed, [2, true], [2, true]]);
    });
  });

  it('with a certificate that the server makes itself', async () => {
    await withBoth(['--auto-tls'], async (servers) => {
      const answers = await compare(servers, [
        ['--insecure-skip-tls-verify', '--insecure-transport=false', 'put', 'a', '1'],
        ['--insecure-skip-tls-verify', '--insecure-transport=false', 'get', 'a', '--no-scheme'],
        ['put', 'a', '1'],
      ]);
      expect(answers).toEqual([done, [0, 'a\n1\n'], failed]);
      // etcdctl 3.5's behaviour; 3.4 overlooks the flag unless --insecure-transport=false stands with it.
      for (const { url } of servers)
        expect((await runHere([`--endpoints=${url}`, '--insecure-skip-tls-verify', 'get', 'a'])).out).toBe(
          'a\n1\n',
        );
    });
  });
});
