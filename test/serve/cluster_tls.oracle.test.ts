import { rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasEtcd, scratchDirectory } from '../etcd_process.ts';
import { type ClusterMember, withCluster } from './cluster.ts';

const root = scratchDirectory();
const file = (name: string): string => join(root, name);

/** An authority and a certificate of it that serves and dials. */
async function makeCertificates(): Promise<void> {
  const authority = await generate([{ name: 'commonName', value: 'authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', keyCertSign: true },
    ],
  });
  writeFileSync(file('ca.pem'), authority.cert);
  const made = await generate([{ name: 'commonName', value: 'member' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  writeFileSync(file('peer.pem'), made.cert);
  writeFileSync(file('peer.key'), made.private);
}

function statusWithoutCertificate(url: string): Promise<string> {
  return new Promise((resolve) => {
    get(`${url}/version`, { rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(String(response.statusCode));
    }).on('error', (error: NodeJS.ErrnoException) => resolve(`refused: ${error.message}`));
  });
}

describe.skipIf(!hasEtcd)('members that speak TLS with each other', () => {
  beforeAll(makeCertificates);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each([[['detcd', 'detcd', 'detcd']], [['detcd', 'etcd', 'detcd']]] as const)(
    'certificates that %s make themselves',
    async (programs) => {
      await withCluster(programs, { args: ['--peer-auto-tls'], scheme: 'https' }, async (cluster) => {
        for (const member of cluster.members) expect(member.ctl('put', member.name, 'here')).toBe('OK\n');
        expect(await cluster.agreedHash()).not.toBe('');
      });
    },
  );

  it('given certificates, asked of both ends', async () => {
    const args = [
      `--peer-cert-file=${file('peer.pem')}`,
      `--peer-key-file=${file('peer.key')}`,
      `--peer-trusted-ca-file=${file('ca.pem')}`,
      '--peer-client-cert-auth',
    ];
    await withCluster(['detcd', 'etcd', 'detcd'], { args, scheme: 'https' }, async (cluster) => {
      for (const member of cluster.members) expect(member.ctl('put', member.name, 'here')).toBe('OK\n');
      expect(await cluster.agreedHash()).not.toBe('');
      const [detcd] = cluster.members as [ClusterMember];
      expect(await statusWithoutCertificate(detcd.peerUrl)).toMatch(/^refused/);
    });
  });
});
