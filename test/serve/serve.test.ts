import { Client, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { methodOf } from '../../core/node/grpc/method.ts';
import { type LeaseId, type SnapshotResponse, rpcs, snapshotRpc } from '../../core/server/api/index.ts';
import type { Rpc } from '../../core/server/api/rpcs.ts';
import * as lockMessages from '../../core/node/lock/messages.ts';
import { DetcdHere } from './detcd_here.ts';

function call<Request, Response>(
  client: Client,
  rpc: Pick<Rpc<Request, Response>, 'grpcPath' | 'request' | 'response'>,
  request: Request,
): Promise<Response> {
  const { path, requestSerialize, responseDeserialize } = methodOf(rpc, 'unary');
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) => {
      if (error === null && answer !== undefined) resolve(answer);
      else reject(error ?? new Error('no answer'));
    });
  });
}

const raw = (bytes: Buffer): Buffer => bytes;

describe('a served member', () => {
  let detcd: DetcdHere;
  let client: Client;

  beforeAll(async () => {
    detcd = await DetcdHere.start({ args: ['--enable-v2', '--election-timeout=500'] });
    client = new Client(detcd.url.replace('http://', ''), credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    await detcd.end();
  });

  it('answers gRPC, JSON and the v2 API on one port', async () => {
    await call(client, rpcs.put, { key: fromText('a'), value: fromText('1') });
    const found = await fetch(`${detcd.url}/v3/kv/range`, { method: 'POST', body: '{"key":"YQ=="}' });
    expect(await found.json()).toMatchObject({ kvs: [{ key: 'YQ==', value: 'MQ==' }] });
    const made = await fetch(`${detcd.url}/v2/keys/k?value=v`, { method: 'PUT' });
    expect([made.status, made.headers.get('x-etcd-index')]).toEqual([201, '4']);
    expect(await (await fetch(`${detcd.url}/health`)).text()).toBe('{"health":"true"}');
    expect(await (await fetch(`${detcd.url}/metrics`)).text()).toMatch(/^etcd_server_has_leader 1$/m);
  });

  it('tells errors with etcd’s codes and texts', async () => {
    const wrong = call(client, rpcs.lease_revoke, { ID: 7n as LeaseId });
    await expect(wrong).rejects.toMatchObject({ code: 5, details: 'etcdserver: requested lease not found' });
  });

  it('sends its database in pieces, and its checksum at the end', async () => {
    const { path, requestSerialize, responseDeserialize } = methodOf(snapshotRpc, 'serverStream');
    const stream = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {});
    const pieces: SnapshotResponse[] = [];
    for await (const piece of stream) pieces.push(piece as SnapshotResponse);
    const last = pieces.pop();
    expect(last?.blob).toHaveLength(32);
    const bytes = pieces.reduce((sum, { blob }) => sum + blob.length, 0);
    expect(pieces[0]?.remaining_bytes).toBe(bytes - (pieces[0]?.blob.length ?? 0));
    expect(bytes % 4096).toBe(0);
  });

  it('locks for its clients: the second waits for the first', async () => {
    const lock = {
      grpcPath: '/v3lockpb.Lock/Lock',
      request: lockMessages.lockRequest,
      response: lockMessages.lockResponse,
    };
    const unlock = {
      grpcPath: '/v3lockpb.Lock/Unlock',
      request: lockMessages.unlockRequest,
      response: lockMessages.unlockResponse,
    };
    const leases = await Promise.all([1, 2].map(() => call(client, rpcs.lease_grant, { TTL: 60 })));
    const [one, two] = leases.map(({ ID }) => ID);
    const name = fromText('l');
    const first = await call(client, lock, { name, lease: one ?? 0n });
    let isSecond = false;
    const second = call(client, lock, { name, lease: two ?? 0n }).then((answer) => {
      isSecond = true;
      return answer;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(isSecond).toBe(false);
    await call(client, unlock, { key: first.key });
    expect((await second).key).toBe(`l/${(two ?? 0n).toString(16)}`);
    await expect(call(client, lock, { name, lease: 99n })).rejects.toMatchObject({
      details: 'etcdserver: requested lease not found',
    });
  });

  it('tells its health, and what services it has', async () => {
    const health = await new Promise((resolve, reject) => {
      client.makeUnaryRequest('/grpc.health.v1.Health/Check', raw, raw, Buffer.alloc(0), (error, answer) =>
        error === null ? resolve(answer?.toString('hex')) : reject(error),
      );
    });
    // Field 1, SERVING.
    expect(health).toBe('0801');
    const stream = client.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      raw,
      raw,
    );
    // Field 7: list the services.
    stream.write(Buffer.from('3a0161', 'hex'));
    const listed = await new Promise<string>((resolve) =>
      stream.once('data', (answer: Buffer) => resolve(answer.toString('latin1'))),
    );
    stream.cancel();
    stream.on('error', () => undefined);
    for (const service of ['etcdserverpb.KV', 'etcdserverpb.Maintenance', 'v3electionpb.Election']) {
      expect(listed).toContain(service);
    }
  });
});
