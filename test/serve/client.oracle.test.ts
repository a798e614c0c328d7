import { Etcd3, EtcdLockFailedError } from 'etcd3';
import { afterEach, describe, expect, it } from 'vitest';
import { DetcdHere } from './detcd_here.ts';

/** Its Isolation.Serializable, an enum that is no value at run time. */
const serializable = 1;

/** The npm client etcd3: a program that knows nothing of us. */
describe('the client etcd3', () => {
  const open: (() => Promise<unknown> | void)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  async function started(args: readonly string[] = []): Promise<DetcdHere> {
    const detcd = await DetcdHere.start({ args: ['--bcrypt-cost=4', ...args] });
    open.push(() => detcd.end());
    return detcd;
  }

  function clientOf(url: string, auth?: { readonly username: string; readonly password: string }): Etcd3 {
    const client = new Etcd3({ hosts: url.replace('http://', ''), ...(auth === undefined ? {} : { auth }) });
    open.push(() => client.close());
    return client;
  }

  it('puts, gets, lists and deletes', async () => {
    const client = clientOf((await started()).url);
    await client.put('a').value('1');
    await client.put('b').value('ü');
    expect(await client.get('a').string()).toBe('1');
    expect(await client.get('none').string()).toBe(null);
    expect(await client.getAll().strings()).toEqual({ a: '1', b: 'ü' });
    expect(await client.getAll().prefix('b').keys()).toEqual(['b']);
    const { deleted } = await client.delete().key('a');
    expect(deleted).toBe('1');
    const swapped = await client.if('b', 'Value', '==', 'ü').then(client.put('b').value('2')).commit();
    expect(swapped.succeeded).toBe(true);
  });

  it('watches on over a restart of the member', async () => {
    const first = await DetcdHere.start({ args: ['--bcrypt-cost=4'] });
    const { port, directory } = first;
    const client = clientOf(first.url);
    const seen: string[] = [];
    const watcher = await client.watch().prefix('w/').create();
    watcher.on('put', (kv) => void seen.push(kv.value.toString()));
    await client.put('w/1').value('before');
    while (seen.length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
    await first.stop();
    const second = await DetcdHere.start({ directory, port, args: ['--bcrypt-cost=4'] });
    open.push(async () => {
      await second.end();
      await first.end();
    });
    const other = clientOf(second.url);
    await other.put('w/2').value('after');
    const deadline = Date.now() + 20_000;
    while (seen.length < 2 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen).toEqual(['before', 'after']);
    await watcher.cancel();
  });

  it('keeps a lease, and lets it go', async () => {
    const client = clientOf((await started()).url);
    const lease = client.lease(2);
    await lease.put('leased').value('x');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await client.get('leased').string()).toBe('x');
    await lease.revoke();
    expect(await client.get('leased').string()).toBe(null);
    await expect(client.put('k').value('v').lease('12345')).rejects.toThrow('requested lease not found');
  });

  it('locks', async () => {
    const { url } = await started();
    const [one, two] = [clientOf(url), clientOf(url)];
    const held = await one.lock('l').ttl(5).acquire();
    await expect(two.lock('l').ttl(5).acquire()).rejects.toThrow(EtcdLockFailedError);
    await held.release();
    await (await two.lock('l').ttl(5).acquire()).release();
  });

  it('elects', async () => {
    const { url } = await started();
    const [one, two] = [clientOf(url), clientOf(url)];
    const first = one.election('e', 5).campaign('one');
    await new Promise((resolve) => first.once('elected', resolve));
    const leaders: (string | undefined)[] = [];
    const observer = await two.election('e', 5).observe();
    observer.on('change', (leader) => void leaders.push(leader));
    const second = two.election('e', 5).campaign('two');
    await first.resign();
    await new Promise((resolve) => second.once('elected', resolve));
    expect(await two.election('e', 5).leader()).toBe('two');
    await second.resign();
    await observer.cancel();
  });

  it('signs in', async () => {
    const { url } = await started();
    const admin = clientOf(url);
    const root = await admin.role('root').create();
    const user = await admin.user('root').create('secret');
    await user.addRole(root);
    await admin.role('reader').create();
    await admin.role('reader').grant({ permission: 'Read', range: admin.range({ prefix: 'open/' }) });
    await (await admin.user('ann').create('pw')).addRole('reader');
    await admin.auth.authEnable();
    const ann = clientOf(url, { username: 'ann', password: 'pw' });
    expect(await ann.get('open/x').string()).toBe(null);
    await expect(ann.put('open/x').value('1')).rejects.toThrow('permission denied');
    await expect(clientOf(url, { username: 'ann', password: 'no' }).get('open/x')).rejects.toThrow(
      'authentication failed',
    );
    const known = clientOf(url, { username: 'root', password: 'secret' });
    await known.put('open/x').value('1');
    expect(await ann.get('open/x').string()).toBe('1');
  });

  it('transfers in transactions that nobody loses', async () => {
    const { url } = await started();
    const client = clientOf(url);
    await client.put('from').value('100');
    await client.put('to').value('0');
    // Its other levels find a conflict with themselves, against a real etcd, too.
    const transfer = (): Promise<unknown> =>
      client.stm({ retries: 100, isolation: serializable }).transact(async (tx) => {
        const [from, to] = [Number(await tx.get('from')), Number(await tx.get('to'))];
        await tx.put('from').value(String(from - 1));
        await tx.put('to').value(String(to + 1));
      });
    await Promise.all(Array.from({ length: 10 }, transfer));
    expect(await client.getAll().strings()).toEqual({ from: '90', to: '10' });
  });
});
