import { createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { JwtTokens, type JwtSigner } from '../../core/auth/index.ts';
import { fromBytes, fromText as text, toBytes, type ByteString } from '../../core/base/bytes.ts';
import { EtcdProcess, hasEtcd, scratchDirectory } from '../etcd_process.ts';
import { wordsHere, wordsThere } from './operations.ts';
import { valueOf } from './support.ts';

/** Both sides have the same pair of keys. */
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const signer: JwtSigner = {
  algorithm: 'RS256',
  sign: (input) => fromBytes(createSign('sha256').update(toBytes(input)).sign(privateKey)),
  verify: (input, signature) =>
    createVerify('sha256').update(toBytes(input)).verify(publicKey, toBytes(signature)),
};

describe.runIf(hasEtcd)('JWT beside a real etcd', () => {
  let etcd: EtcdProcess;
  const tokens = new JwtTokens({ signer, originUnixSeconds: Math.floor(Date.now() / 1000) });

  beforeAll(async () => {
    const directory = scratchDirectory();
    const files = { public: join(directory, 'public.pem'), private: join(directory, 'private.pem') };
    writeFileSync(files.public, publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(files.private, privateKey.export({ type: 'pkcs1', format: 'pem' }));
    const keys = `pub-key=${files.public},priv-key=${files.private}`;
    const args = ['--bcrypt-cost=4', `--auth-token=jwt,${keys},sign-method=RS256,ttl=10m`];
    try {
      // It reads the keys once, as it starts.
      etcd = await EtcdProcess.start({ args });
    } finally {
      rmSync(directory, { recursive: true });
    }
    return () => etcd.end();
  });

  beforeAll(async () => {
    for (const name of ['root', 'ann']) await etcd.call('auth/user/add', { name, password: 'pw' });
    await etcd.call('auth/user/grant', { user: 'root', role: 'root' });
    await etcd.call('auth/enable', {});
  });

  /** Two users, the grant and the first revision. */
  const revision = 4;

  function made(username: string, at = revision): ByteString {
    return valueOf(
      tokens.assign({ username: text(username), revision: at, index: 1, simpleToken: text(''), nowNs: 0 }),
    );
  }

  async function put(token: string): Promise<string> {
    etcd.token = token;
    return wordsThere(await etcd.reply('kv/put', { key: btoa('a'), value: btoa('b') }));
  }

  it('it takes ours', async () => {
    expect(await put(made('root'))).toBe('ok');
    expect(await put(made('ann'))).toBe(wordsHere('permissionDenied'));
    expect(await put(made('root', revision - 1))).toBe(wordsHere('authOldRevision'));
    expect(await put(`${made('root')}A`)).toBe(wordsHere('invalidAuthToken'));
  });

  it('we take its', async () => {
    etcd.token = null;
    const reply = await etcd.reply('auth/authenticate', { name: 'ann', password: 'pw' });
    if (reply.kind === 'error') throw new Error(reply.message);
    const token = text(String(reply.body['token']));
    expect(tokens.info(token, 1, 0)).toEqual({ username: 'ann', revision });
    expect(token.split('.')[0]).toBe(made('ann').split('.')[0]);
    expect(tokens.info(`${token}A` as ByteString, 1, 0)).toBe(null);
  });
});
