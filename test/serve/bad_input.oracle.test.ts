import { createServer, connect, type Server } from 'node:net';
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFlags } from '../../core/node/config/read_flags.ts';
import { serveConfigOf } from '../../core/node/config/serve_config.ts';
import { serve } from '../../core/node/serve.ts';
import { scratchDirectory } from '../etcd_process.ts';
import { DetcdHere, flagsOf, freePort } from './detcd_here.ts';

/** One unary call with bytes as they are. */
function call(client: Client, path: string, message: Uint8Array): Promise<string> {
  const same = (value: Buffer): Buffer => value;
  return new Promise((resolve) => {
    const deadline = Date.now() + 10_000;
    client.makeUnaryRequest(path, same, same, Buffer.from(message), new Metadata(), { deadline }, (error) =>
      resolve(error === null ? 'ok' : `${error.code} ${error.details}`),
    );
  });
}

/** Sends bytes and returns what comes back until the other side closes. */
function talk(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(3000, () => socket.destroy());
    socket.on('data', (data) => void (answer += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

async function refusal(
  directory: string,
  args: readonly string[],
  url = 'http://127.0.0.1:1',
): Promise<string> {
  const config = serveConfigOf(readFlags(flagsOf(directory, url, args), {}).values);
  try {
    const served = await serve(config, { writeLog: () => undefined, onFailed: () => undefined });
    await served.stop();
  } catch (error) {
    return String(error);
  }
  return 'it started';
}

describe('what a running member is sent', () => {
  let detcd: DetcdHere;
  let client: Client;
  beforeAll(async () => {
    detcd = await DetcdHere.start();
    client = new Client(detcd.url.replace('http://', ''), credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    await detcd.end();
  });

  it('malformed HTTP: it is refused, and the member goes on', async () => {
    expect(await talk(detcd.port, 'nonsense\r\n\r\n')).toContain('400 Bad Request');
    // The beginning of a preface, and no more: nothing is done for it meanwhile.
    const used = process.cpuUsage();
    await talk(detcd.port, 'PRI * HT');
    expect(process.cpuUsage(used).user).toBeLessThan(1_500_000);
    expect(await talk(detcd.port, `GET / HTTP/1.1\r\nBad Header: ${'x'.repeat(100_000)}\r\n\r\n`)).toContain(
      '400',
    );
    expect(
      await talk(detcd.port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nthis is no frame at all'.padEnd(70_000, 'x')),
    ).not.toContain('200');
    for (const body of ['{bad', '[]', '{"key":1}', '{"key":"not base64"}', '{"limit":"x","key":"YQ=="}']) {
      const response = await fetch(`${detcd.url}/v3/kv/range`, { method: 'POST', body });
      expect([body, response.status]).toEqual([body, 400]);
      expect(await response.json()).toMatchObject({ code: 3 });
    }
    const large = await fetch(`${detcd.url}/v3/kv/put`, { method: 'POST', body: 'x'.repeat(5_000_000) });
    expect(large.status).toBe(413);
    expect(await call(client, '/etcdserverpb.KV/Range', Buffer.from('0a0161', 'hex'))).toBe('ok');
  });

  it('malformed gRPC: the call fails, and no other', async () => {
    expect(await call(client, '/etcdserverpb.KV/Put', Buffer.from('0affffffff', 'hex'))).toMatch(/^13 /);
    expect(await call(client, '/etcdserverpb.KV/Nothing', Buffer.alloc(0))).toMatch(/^12 /);
    expect(await call(client, '/etcdserverpb.KV/Txn', Buffer.from('1200', 'hex'))).toMatch(/^13 /);
    expect(await call(client, '/etcdserverpb.KV/Range', Buffer.alloc(0))).toBe(
      '3 etcdserver: key is not provided',
    );
  });

  it('requests that are too large, in etcd’s words', async () => {
    const put = (bytes: number): Uint8Array => {
      const length: number[] = [];
      for (let rest = bytes; ; rest = Math.floor(rest / 128)) {
        length.push((rest % 128) | (rest >= 128 ? 128 : 0));
        if (rest < 128) break;
      }
      return Buffer.concat([Buffer.from([0x0a, 1, 0x61, 0x12, ...length]), Buffer.alloc(bytes)]);
    };
    expect(await call(client, '/etcdserverpb.KV/Put', put(1_500_000))).toBe('ok');
    expect(await call(client, '/etcdserverpb.KV/Put', put(1_600_000))).toBe(
      '3 etcdserver: request is too large',
    );
    expect(await call(client, '/etcdserverpb.KV/Put', put(3_000_000))).toMatch(/^8 .*larger than max/);
  });

  it('clients that vanish, and one that does not read: writes go on, and what they held is let go', async () => {
    const watching = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const response = await fetch(`${detcd.url}/v3/watch`, {
          method: 'POST',
          body: JSON.stringify({ create_request: { key: 'AA==', range_end: 'AA==' } }),
        });
        return response.body?.getReader();
      }),
    );
    expect(detcd.served.host.streamsOpen).toBe(8);
    const value = Buffer.alloc(100_000).toString('base64');
    for (let i = 0; i < 40; i++) {
      const response = await fetch(`${detcd.url}/v3/kv/put`, {
        method: 'POST',
        body: JSON.stringify({ key: btoa(`slow${i}`), value }),
      });
      expect(response.status).toBe(200);
    }
    for (const reader of watching) await reader?.cancel();
    const deadline = Date.now() + 5000;
    while (detcd.served.host.streamsOpen > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(detcd.served.host.streamsOpen).toBe(0);
  });

  it('a client that asks for a snapshot and does not read it: writes go on, and its pages are let go when it is gone', async () => {
    const value = Buffer.alloc(1_000_000, 'v').toString('base64');
    const put = (key: string): Promise<Response> =>
      fetch(`${detcd.url}/v3/kv/put`, { method: 'POST', body: JSON.stringify({ key: btoa(key), value }) });
    for (let i = 0; i < 12; i++) await put(`snapshot ${i}`);
    const readers = (): number => detcd.served.host.state?.backend.openReaders ?? -1;
    const gone = new AbortController();
    const path = `${detcd.url}/v3/maintenance/snapshot`;
    const response = await fetch(path, { method: 'POST', body: '{}', signal: gone.signal });
    expect([response.status, readers()]).toEqual([200, 1]);
    expect((await put('meanwhile')).status).toBe(200);
    gone.abort();
    const deadline = Date.now() + 5000;
    while (readers() !== 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(readers()).toBe(0);
  });

  it('tokens and passwords: no log holds them', async () => {
    await withAuth(detcd);
    expect(detcd.lines.join('')).not.toMatch(/s3cret|tok3n/);
  });
});

async function withAuth(detcd: DetcdHere): Promise<void> {
  const post = async (path: string, body: object, token = ''): Promise<Record<string, string>> => {
    const headers = token === '' ? {} : { authorization: token };
    const response = await fetch(`${detcd.url}/v3/auth/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers,
    });
    return (await response.json()) as Record<string, string>;
  };
  await post('user/add', { name: 'root', password: 's3cret' });
  await post('role/add', { name: 'root' });
  await post('user/grant', { user: 'root', role: 'root' });
  await post('enable', {});
  expect(await post('authenticate', { name: 'root', password: 's3cret-wrong' })).toMatchObject({ code: 3 });
  expect(await post('user/list', {}, 'tok3n.1')).toMatchObject({ error: 'etcdserver: invalid auth token' });
  const { token } = await post('authenticate', { name: 'root', password: 's3cret' });
  expect(detcd.lines.join('')).not.toContain(token);
  await post('disable', {}, token);
}

describe('what a member is started with', () => {
  const root = scratchDirectory();
  let made = '';
  beforeAll(async () => {
    const first = await DetcdHere.start({ directory: join(root, 'made') });
    await fetch(`${first.url}/v3/kv/put`, { method: 'POST', body: '{"key":"YQ==","value":"Yg=="}' });
    await first.stop();
    made = first.directory;
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  function copyOfMade(name: string): string {
    const directory = join(root, name);
    cpSync(made, directory, { recursive: true });
    return directory;
  }

  it('an address in use', async () => {
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const reason = await refusal(join(root, 'port'), [], `http://127.0.0.1:${port}`);
    expect(reason).toContain(`listen tcp 127.0.0.1:${port}: bind: address already in use`);
    taken.close();
  });

  it('a directory in use', async () => {
    const directory = copyOfMade('used');
    const port = await freePort();
    const running = await DetcdHere.start({ directory, port });
    const reason = await refusal(directory, [], `http://127.0.0.1:${await freePort()}`);
    expect(reason).toContain(`the data directory ${directory} is used by another process`);
    await running.stop();
  });

  it('a directory that was made with other flags keeps its ids, as in etcd', async () => {
    const directory = copyOfMade('others');
    const first = await DetcdHere.start({ directory, args: ['--initial-cluster-token=other'] });
    const reply = await fetch(`${first.url}/v3/kv/range`, { method: 'POST', body: '{"key":"YQ=="}' });
    expect(await reply.json()).toMatchObject({ kvs: [{ value: 'Yg==' }] });
    await first.stop();
  });

  it('a log and a database of two different members', async () => {
    const directory = copyOfMade('mixed');
    rmSync(join(directory, 'member/wal'), { recursive: true });
    expect(await refusal(directory, [], `http://127.0.0.1:${await freePort()}`)).toMatch(
      /expected the log that led to the backend/,
    );
  });

  it('a broken log, and a broken database', async () => {
    const broken = copyOfMade('broken');
    const wal = join(broken, 'member/wal');
    const [name = ''] = readdirSync(wal);
    const bytes = readFileSync(join(wal, name));
    bytes[bytes.indexOf('clientURLs') + 2] = 0x58;
    writeFileSync(join(wal, name), bytes);
    expect(await refusal(broken, [], `http://127.0.0.1:${await freePort()}`)).toMatch(
      /crcMismatch in member\/wal/,
    );
    const other = copyOfMade('db');
    const db = join(other, 'member/snap/db');
    copyFileSync(db, `${db}.copy`);
    writeFileSync(db, readFileSync(db).fill(0x55, 0, 8192));
    expect(await refusal(other, [], `http://127.0.0.1:${await freePort()}`)).toMatch(/member\/snap\/db/);
  });

  it('files of keys that are none', async () => {
    const url = 'https://127.0.0.1:1';
    const missing = ['--cert-file=/nonexistent/c.pem', '--key-file=/nonexistent/k.pem'];
    expect(await refusal(join(root, 'tls'), missing, url)).toContain('/nonexistent/c.pem');
    mkdirSync(join(root, 'pem'));
    const junk = join(root, 'pem/junk.pem');
    writeFileSync(junk, 'junk');
    const args = [`--cert-file=${junk}`, `--key-file=${junk}`];
    expect(await refusal(join(root, 'tls'), args, url)).toContain(`tls: ${junk}`);
    const jwt = ['--auth-token=jwt,sign-method=RS256,priv-key=/nonexistent'];
    expect(await refusal(join(root, 'jwt'), jwt)).toContain('--auth-token: ENOENT');
    expect(
      await refusal(join(root, 'jwt'), [`--auth-token=jwt,sign-method=RS256,priv-key=${junk}`]),
    ).toContain('expected a key in PEM');
    const peer = [
      '--listen-peer-urls=https://127.0.0.1:0',
      ...missing.map((flag) => flag.replace('--', '--peer-')),
    ];
    expect(await refusal(join(root, 'peer'), peer)).toContain('/nonexistent/c.pem');
  });

  it('a cluster that is not there, a peer address that is not free', async () => {
    const cluster = '--initial-cluster=s1=http://127.0.0.1:65001,s2=http://127.0.0.1:1';
    const joining = [cluster, '--initial-cluster-state=existing'];
    expect(await refusal(join(root, 'two'), joining)).toContain('cannot fetch cluster info from peer urls');
    const port = await freePort();
    const holder = createServer().listen(port, '127.0.0.1');
    const held = await refusal(join(root, 'held'), [`--listen-peer-urls=http://127.0.0.1:${port}`]);
    expect(held).toContain(`listen tcp 127.0.0.1:${port}: bind: address already in use`);
    holder.close();
  });
});
