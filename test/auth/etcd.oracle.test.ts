import { beforeAll, describe, expect, it } from 'vitest';
import type { Permission } from '../../core/auth/index.ts';
import { decodeUser, encodeUser } from '../../core/auth/index.ts';
import { Buckets, readDatabase } from '../../core/backend/index.ts';
import { assertDefined } from '../../core/base/assert.ts';
import { emptyByteString, fromText as text, type ByteString } from '../../core/base/bytes.ts';
import type { RequestOp, TxnRequest } from '../../core/server/api/kv.ts';
import { checkAuth } from '../../core/server/apply/auth.ts';
import { RandomStream } from '../../sim/random.ts';
import { EtcdProcess, hasEtcd } from '../etcd_process.ts';
import { doHere, doThere, randomOperation, wordsHere, wordsThere, type Operation } from './operations.ts';
import { AuthBench, errorOf } from './support.ts';

const operationCount = 350;
const operationKinds = 13;
const requestCount = 250;

/** The same operations on a real etcd and here. */
class Pair {
  readonly here = new AuthBench();
  readonly there: EtcdProcess;
  /** Kinds that were done at least once, and errors met. */
  readonly done = new Set<Operation['kind']>();
  readonly refused = new Set<string>();
  private readonly passwords = new Map<string, string>();

  constructor(there: EtcdProcess) {
    this.there = there;
  }

  async run(operation: Operation): Promise<void> {
    if (isLooserIn34(this.here, operation)) return;
    const before = this.here.auth.enabled;
    const here = doHere(this.here.auth, operation);
    const there = await doThere(this.there, operation);
    expect(`${JSON.stringify(operation)}: ${wordsHere(here)}`).toBe(
      `${JSON.stringify(operation)}: ${wordsThere(there)}`,
    );
    if (here !== null) {
      this.refused.add(here);
      return;
    }
    this.done.add(operation.kind);
    if (operation.kind === 'userAdd' || operation.kind === 'changePassword') {
      this.passwords.set(operation.name, operation.password);
    }
    const rootSignedOut = operation.kind === 'changePassword' && operation.name === 'root';
    if (this.here.auth.enabled !== before || (before && rootSignedOut)) await this.signIn('root');
    await this.compareGet(operation, there.kind === 'ok' ? there.body : {});
  }

  private async compareGet(operation: Operation, body: Readonly<Record<string, unknown>>): Promise<void> {
    if (operation.kind === 'userGet') {
      const roles = this.here.auth.userGet(text(operation.name));
      expect(roles).toEqual({ kind: 'ok', value: ((body['roles'] as string[]) ?? []).map(text) });
    }
    if (operation.kind === 'roleGet') {
      const perm = ((body['perm'] as Partial<Permission>[]) ?? []).map(fromGateway);
      expect(this.here.auth.roleGet(text(operation.name))).toEqual({ kind: 'ok', value: perm });
    }
  }

  /** Whether it could sign in, which must be the same here. */
  async signIn(name: string): Promise<boolean> {
    this.there.token = null;
    if (!this.here.auth.enabled) return false;
    const password = this.passwords.get(name) ?? '';
    const reply = await this.there.reply('auth/authenticate', { name, password });
    const here = errorOf(this.here.auth.checkPassword(text(name), text(password)));
    // What 3.4 does with a password for a user without one is left out: it stores it.
    expect(`${name} ${wordsHere(here)}`).toBe(`${name} ${wordsThere(reply)}`);
    if (reply.kind === 'ok') this.there.token = String(reply.body['token']);
    return reply.kind === 'ok';
  }

  async compareLists(): Promise<void> {
    const users = await this.there.reply('auth/user/list', {});
    const roles = await this.there.reply('auth/role/list', {});
    if (users.kind === 'error' || roles.kind === 'error') throw new Error('lists refused');
    expect(this.here.auth.userList()).toEqual(((users.body['users'] as string[]) ?? []).map(text));
    expect(this.here.auth.roleList()).toEqual(((roles.body['roles'] as string[]) ?? []).map(text));
  }
}

/** 3.4 finds only the first of several permissions on one key, and then grants the same one twice. */
function isLooserIn34({ auth }: AuthBench, operation: Operation): boolean {
  if (operation.kind !== 'grantPermission') return false;
  const known = auth.roleGet(text(operation.name));
  if (known.kind === 'refused') return false;
  const { key, range_end } = operation.permission;
  const ofKey = known.value.filter((each) => each.key === key);
  return ofKey.findIndex((each) => each.range_end === range_end) > 0;
}

function fromGateway(perm: Partial<Permission>): Permission {
  const bytes = (value: string | undefined): ByteString => atob(value ?? '') as ByteString;
  return { permType: perm.permType ?? 'READ', key: bytes(perm.key), range_end: bytes(perm.range_end) };
}

/** The pairs of the auth buckets of a database file, passwords blotted out. */
function bucketsOf(file: Uint8Array): string[] {
  const { root } = readDatabase(file);
  return [Buckets.auth, Buckets.authUsers, Buckets.authRoles].flatMap((name) => {
    const lines: string[] = [];
    const cursor = assertDefined(root.bucket(name), name).cursor();
    for (let found = cursor.first(); found; found = cursor.next()) {
      const value = name === Buckets.authUsers ? withoutHash(cursor.value) : cursor.value;
      lines.push(`${name}/${cursor.key}=${Buffer.from(value).toString('hex')}`);
    }
    return lines;
  });
}

function withoutHash(bytes: Uint8Array): Uint8Array {
  const user = decodeUser(bytes);
  // Ours has nothing else in it than what the decoder knows, nor has etcd's.
  expect(Buffer.from(encodeUser(user)).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
  // 3.4 stores a new password for users that are to have none.
  const present = user.password !== emptyByteString && user.options?.no_password !== true;
  return encodeUser({ ...user, password: text(present ? 'hash' : '') });
}

describe.runIf(hasEtcd)('beside a real etcd', () => {
  let etcd: EtcdProcess;
  let pair: Pair;
  const random = new RandomStream('auth/oracle');

  beforeAll(async () => {
    etcd = await EtcdProcess.start({ args: ['--bcrypt-cost=4'] });
    pair = new Pair(etcd);
    return () => etcd.end();
  });

  it(`${operationCount} random operations: the same errors, users, roles and permissions`, async () => {
    for (let i = 0; i < operationCount; i++) {
      await pair.run(randomOperation(random));
      if (i % 50 === 49) await pair.compareLists();
    }
    expect(pair.done.size).toBe(operationKinds);
    expect(pair.refused.size).toBeGreaterThan(8);
  });

  it(`${requestCount} random requests of users: allowed and denied alike`, async () => {
    const users = await populate(pair);
    const seen = new Map<string, number>();
    for (const name of users) {
      expect(await pair.signIn(name)).toBe(true);
      for (let i = 0; i < requestCount / users.length; i++) {
        const request = randomRequest(random);
        const here = checkAuth(pair.here.auth, pair.here.as(name), request, () => []);
        const there = await send(etcd, request);
        const words = JSON.stringify(request);
        expect(`${name} ${words}: ${wordsHere(here)}`).toBe(`${name} ${words}: ${wordsThere(there)}`);
        seen.set(here ?? 'ok', (seen.get(here ?? 'ok') ?? 0) + 1);
      }
    }
    expect(seen.get('ok')).toBeGreaterThan(requestCount / 10);
    expect(seen.get('permissionDenied')).toBeGreaterThan(requestCount / 10);
  });

  it('what nobody, and who may not, is told', async () => {
    const put: RequestOp = { kind: 'put', put: { key: text('a') } };
    etcd.token = null;
    expect(wordsThere(await send(etcd, put))).toBe(wordsHere(checkAuth(pair.here.auth, null, put, () => [])));
    expect(wordsThere(await etcd.reply('auth/user/list', {}))).toBe(
      wordsHere(pair.here.auth.checkAdmin(null)),
    );
    etcd.token = 'abcdefghijklmnop.1';
    expect(wordsThere(await send(etcd, put))).toBe(wordsHere('invalidAuthToken'));
    expect(errorOf(pair.here.auth.authInfo(text(etcd.token), 0))).toBe('invalidAuthToken');
    await pair.signIn('u0');
    const own = await etcd.reply('auth/user/get', { name: 'u0' });
    const other = await etcd.reply('auth/user/get', { name: 'u1' });
    const { auth } = pair.here;
    expect(wordsThere(own)).toBe(wordsHere(auth.checkUserGet(pair.here.as('u0'), text('u0'))));
    expect(wordsThere(other)).toBe(wordsHere(auth.checkUserGet(pair.here.as('u0'), text('u1'))));
    for (const role of ['r0', 'r1', 'root', 'nowhere']) {
      const reply = await etcd.reply('auth/role/get', { role });
      expect(wordsThere(reply)).toBe(wordsHere(auth.checkRoleGet(pair.here.as('u0'), text(role))));
    }
    for (const [method, body] of [
      ['auth/user/list', {}],
      ['auth/role/add', { name: 'x' }],
      ['auth/enable', {}],
      ['cluster/member/remove', { ID: 1 }],
    ] as const) {
      expect(wordsThere(await etcd.reply(method, body))).toBe(wordsHere(auth.checkAdmin(pair.here.as('u0'))));
    }
  });

  it('its database and ours hold the same bytes', async () => {
    await etcd.stop();
    pair.here.commit();
    const ours = bucketsOf(pair.here.storage.file());
    expect(ours.length).toBeGreaterThan(8);
    expect(ours).toEqual(bucketsOf(etcd.database()));
  });
});

/** Enables auth with a few users that have a role of random permissions each. */
async function populate(pair: Pair): Promise<readonly string[]> {
  const random = new RandomStream('auth/oracle/populate');
  const users = ['u0', 'u1', 'u2', 'u3', 'u4'];
  await pair.run({ kind: 'userAdd', name: 'root', password: 'pw', options: 'none' });
  await pair.run({ kind: 'grantRole', name: 'root', role: 'root' });
  for (const [i, name] of users.entries()) {
    await pair.run({ kind: 'userAdd', name, password: 'pw', options: 'none' });
    await pair.run({ kind: 'roleAdd', name: `r${i}` });
    await pair.run({ kind: 'grantRole', name, role: `r${i}` });
    await pair.run({ kind: 'grantRole', name, role: `r${Math.max(i - 1, 0)}` });
    for (let j = 0; j < 4; j++) {
      const operation = grantTo(`r${i}`, random);
      await pair.run(operation);
    }
  }
  await pair.run({ kind: 'enable' });
  return users;
}

function grantTo(name: string, random: RandomStream): Operation {
  for (;;) {
    const operation = randomOperation(random);
    if (operation.kind === 'grantPermission') return { ...operation, name };
  }
}

const requestKeys = ['a', 'b', 'ba', 'bb', 'c', '\xff', '\xff\xff', '\0'];
const requestEnds = ['', '\0', 'b', 'ba', 'c', 'd', '\xff'];

function randomRequest(random: RandomStream): RequestOp {
  const key = random.pick(requestKeys) as ByteString;
  const range_end = randomEnd(random, key);
  switch (random.below(5)) {
    case 0:
      return { kind: 'put', put: { key, prev_kv: random.chance(1, 3) } };
    case 1:
      return { kind: 'delete_range', delete_range: { key, range_end, prev_kv: random.chance(1, 3) } };
    case 2:
      return { kind: 'txn', txn: randomTxn(random, key, range_end) };
    default:
      return { kind: 'range', range: { key, range_end } };
  }
}

/** Not an end at or before the key: whether a range without keys is allowed depends on the shape of etcd's tree. */
function randomEnd(random: RandomStream, key: ByteString): ByteString {
  for (;;) {
    const end = random.pick(requestEnds) as ByteString;
    if (end === '' || end === '\0' || end > key) return end;
  }
}

/** Without what 3.4 does not check: nested txns, previous values of puts, leases. */
function randomTxn(random: RandomStream, key: ByteString, range_end: ByteString): TxnRequest {
  const op: RequestOp = random.chance(1, 2)
    ? { kind: 'put', put: { key } }
    : { kind: 'delete_range', delete_range: { key, range_end, prev_kv: random.chance(1, 3) } };
  const range: RequestOp = { kind: 'range', range: { key, range_end } };
  const chosen = random.chance(1, 2) ? op : range;
  return {
    compare: random.chance(1, 2)
      ? [{ target: 'VERSION', result: 'GREATER', key, range_end, version: 0 }]
      : [],
    success: random.chance(1, 2) ? [chosen] : [],
    failure: random.chance(1, 2) ? [chosen] : [],
  };
}

async function send(etcd: EtcdProcess, request: RequestOp): ReturnType<EtcdProcess['reply']> {
  const methods = {
    range: 'kv/range',
    put: 'kv/put',
    delete_range: 'kv/deleterange',
    txn: 'kv/txn',
  } as const;
  return etcd.reply(methods[request.kind], bodyOf(request));
}

function bodyOf(request: RequestOp): object {
  if (request.kind === 'put') {
    return {
      key: btoa(request.put.key),
      value: btoa('v'),
      prev_kv: request.put.prev_kv ?? false,
    };
  }
  if (request.kind === 'range') return keysOf(request.range);
  if (request.kind === 'delete_range') {
    return { ...keysOf(request.delete_range), prev_kv: request.delete_range.prev_kv ?? false };
  }
  const { compare, success, failure } = request.txn;
  const names = { range: 'requestRange', put: 'requestPut', delete_range: 'requestDeleteRange' } as const;
  const op = (each: RequestOp): object => {
    if (each.kind === 'txn') throw new Error('no nested txns here');
    return { [names[each.kind]]: bodyOf(each) };
  };
  return {
    compare: compare.map((each) => ({
      ...keysOf(each),
      target: each.target,
      result: each.result,
      version: '0',
    })),
    success: success.map(op),
    failure: failure.map(op),
  };
}

function keysOf({ key, range_end }: { key: ByteString; range_end?: ByteString }): object {
  return { key: btoa(key), range_end: btoa(range_end ?? '') };
}
