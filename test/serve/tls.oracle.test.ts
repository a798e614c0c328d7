import { readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEtcd, scratchDirectory } from '../etcd_process.ts';
import { makeCertificates } from './certificates.ts';
import { DetcdHere } from './detcd_here.ts';
import { type Ran, runEtcdctl } from './etcdctl.ts';

const root = scratchDirectory();
const file = (name: string): string => join(root, name);

function statusOf(url: string, options: object): Promise<string> {
  return new Promise((resolve) => {
    get(url, options, (response) => {
      response.resume();
      resolve(String(response.statusCode));
    }).on('error', (error) => resolve(error.message));
  });
}

describe.runIf(hasEtcd)('TLS', () => {
  beforeAll(() => makeCertificates(root, ['server', 'ann', 'root']));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('with given certificates: gRPC and HTTP on one port, for clients with a certificate', async () => {
    const detcd = await DetcdHere.start({
      scheme: 'https',
      args: [
        '--bcrypt-cost=4',
        `--cert-file=${file('server.pem')}`,
        `--key-file=${file('server.key')}`,
        '--client-cert-auth',
        `--trusted-ca-file=${file('ca.pem')}`,
      ],
    });
    try {
      const as = (who: string, ...args: string[]): Promise<Ran> =>
        runEtcdctl([
          `--endpoints=${detcd.url}`,
          `--cacert=${file('ca.pem')}`,
          `--cert=${file(`${who}.pem`)}`,
          `--key=${file(`${who}.key`)}`,
          ...args,
        ]);
      expect((await as('ann', 'put', 'a', '1')).out).toBe('OK\n');
      expect((await as('ann', 'endpoint', 'status')).out).toContain('3.4.23');
      const certified = {
        ca: readFileSync(file('ca.pem')),
        cert: readFileSync(file('ann.pem')),
        key: readFileSync(file('ann.key')),
      };
      expect(await statusOf(`${detcd.url}/health`, certified)).toBe('200');
      expect(await statusOf(`${detcd.url}/health`, { ca: certified.ca })).not.toBe('200');
      const bare = await runEtcdctl([
        `--endpoints=${detcd.url}`,
        `--cacert=${file('ca.pem')}`,
        '--command-timeout=1s',
        'get',
        'a',
      ]);
      expect(bare.status).not.toBe(0);
      const plain = await fetch(`${detcd.url.replace('https', 'http')}/health`).then(
        ({ status }) => status,
        () => 'refused',
      );
      expect(plain).toBe('refused');
      // With auth, a certificate's common name is a user.
      for (const line of [
        'user add root --no-password',
        'user add ann --no-password',
        'role add root',
        'user grant-role root root',
      ]) {
        expect((await as('root', ...line.split(' '))).err).toBe('');
      }
      expect((await as('root', 'auth', 'enable')).out).toBe('Authentication Enabled\n');
      expect((await as('root', 'get', 'a')).out).toBe('a\n1\n');
      expect((await as('ann', 'get', 'a')).err).toContain('permission denied');
      expect((await as('server', 'get', 'a')).err).toContain('permission denied');
    } finally {
      await detcd.end();
    }
  });

  it('with a certificate that it makes itself, the same after a restart', async () => {
    const directory = file('auto');
    const names: string[] = [];
    for (let start = 0; start < 2; start++) {
      const detcd = await DetcdHere.start({ directory, scheme: 'https', args: ['--auto-tls'] });
      const cert = join(directory, 'fixtures/client/cert.pem');
      const { out, err } = await runEtcdctl([
        `--endpoints=${detcd.url}`,
        `--cacert=${cert}`,
        'put',
        'a',
        '1',
      ]);
      expect(out, err).toBe('OK\n');
      names.push(readFileSync(cert, 'utf8'));
      await detcd.stop();
    }
    expect(names[1]).toBe(names[0]);
  });
});
