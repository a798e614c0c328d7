import { describe, expect, it } from 'vitest';
import type { ByteString } from '../../../core/base/bytes.ts';
import type { EtcdClient, Task } from '../../../core/client/index.ts';
import { bytes, endOfKeys, prefixRange, text } from '../../../core/client/index.ts';
import { ConfigFollower, publish } from '../../../core/client/recipes/config.ts';
import { ServiceView, register, unregister } from '../../../core/client/recipes/discovery.ts';
import { Follower } from '../../../core/client/recipes/follow.ts';
import { Mirror } from '../../../core/client/recipes/mirror.ts';
import { withNamespace } from '../../../core/client/recipes/namespace.ts';
import { PriorityQueue } from '../../../core/client/recipes/priority_queue.ts';
import { Queue } from '../../../core/client/recipes/queue.ts';
import { SelfMetadata } from '../../../core/client/recipes/self_metadata.ts';
import { openSession } from '../../../core/client/recipes/session.ts';
import { type Isolation, transact } from '../../../core/client/recipes/stm.ts';
import { ok, together } from './support.ts';

function* contents(etcd: EtcdClient, prefix: string): Task<string[]> {
  const got = yield* etcd.range(prefixRange(bytes(prefix)));
  if (got.status !== 'ok') throw new Error(got.message);
  return got.response.kvs.map(({ key, value }) => `${text(key)}=${text(value)}`);
}

describe('queues', () => {
  it('first in, first out; an item that was not acknowledged comes again, to the same consumer only', () => {
    const seen: string[] = [];
    together('queue', function* ({ etcd }) {
      const queue = new Queue(etcd, bytes('q'));
      for (const value of ['a', 'b', 'c']) ok(yield* queue.enqueue(bytes(value)));
      const first = ok(yield* queue.dequeue(bytes('one'), 1000));
      seen.push(text(first.value), text(ok(yield* queue.dequeue(bytes('two'), 1000)).value));
      // It comes back after a crash.
      seen.push(text(ok(yield* queue.dequeue(bytes('one'), 1000)).value));
      seen.push(
        String(ok(yield* queue.acknowledge(first, 1000))),
        String(ok(yield* queue.acknowledge(first, 1000))),
      );
      seen.push(text(ok(yield* queue.dequeue(bytes('one'), 1000)).value));
      seen.push((yield* queue.dequeue(bytes('three'), 500)).status);
    });
    expect(seen).toEqual(['a', 'b', 'a', 'true', 'false', 'c', 'timeout']);
  });

  it('a dequeue waits for an item', () => {
    const seen: string[] = [];
    together(
      'waits',
      function* ({ etcd }) {
        seen.push(text(ok(yield* new Queue(etcd, bytes('q')).dequeue(bytes('one'), 20_000)).value));
      },
      function* ({ etcd }) {
        yield* etcd.sleep(2000);
        ok(yield* new Queue(etcd, bytes('q')).enqueue(bytes('late')));
      },
    );
    expect(seen).toEqual(['late']);
  });

  it('the most urgent first, among equals the oldest', () => {
    const seen: string[] = [];
    together('priority', function* ({ etcd }) {
      const queue = new PriorityQueue(etcd, bytes('q'));
      for (const [value, priority] of [
        ['x', 10],
        ['a', 2],
        ['b', 2],
        ['c', 2],
        ['now', 0],
      ] as const) {
        ok(yield* queue.enqueue(bytes(value), priority));
      }
      for (let i = 0; i < 5; i++) {
        const claim = ok(yield* queue.dequeue(bytes('one'), 1000));
        seen.push(text(claim.value));
        ok(yield* queue.acknowledge(claim, 1000));
      }
    });
    expect(seen).toEqual(['now', 'a', 'b', 'c', 'x']);
  });
});

describe('transactions', () => {
  /** What happens to a transaction that read `a` and blindly writes `b` if somebody changes a key before it commits. */
  function conflictsOf(isolation: Isolation, changed: string): number {
    let conflicts = -1;
    together(`stm ${isolation} ${changed}`, function* ({ etcd }) {
      yield* etcd.put(bytes('a'), bytes('0'));
      yield* etcd.put(bytes('b'), bytes('0'));
      let disturbed = false;
      const done = yield* transact(
        etcd,
        isolation,
        function* (txn) {
          yield* txn.get(bytes('a'));
          if (!disturbed) yield* etcd.put(bytes(changed), bytes('1'));
          disturbed = true;
          txn.put(bytes('b'), bytes('2'));
          return null;
        },
        5000,
      );
      ({ conflicts } = ok(done));
    });
    return conflicts;
  }

  it('conflict by what their isolation looks at', () => {
    expect(conflictsOf('serializable-snapshot', 'a')).toBe(1);
    expect(conflictsOf('serializable-snapshot', 'b')).toBe(1);
    expect(conflictsOf('serializable', 'a')).toBe(1);
    expect(conflictsOf('serializable', 'b')).toBe(0);
    expect(conflictsOf('repeatable-reads', 'a')).toBe(1);
    expect(conflictsOf('repeatable-reads', 'b')).toBe(0);
    expect(conflictsOf('read-committed', 'a')).toBe(0);
  });

  it('read one revision, see their own writes, and start again when the snapshot was compacted', () => {
    const seen: unknown[] = [];
    together('snapshot', function* ({ etcd }) {
      yield* etcd.put(bytes('a'), bytes('1'));
      yield* etcd.put(bytes('b'), bytes('1'));
      let compacts = true;
      const done = yield* transact(
        etcd,
        'serializable',
        function* (txn) {
          const a = yield* txn.get(bytes('a'));
          if (compacts) {
            for (const key of ['a', 'b']) yield* etcd.put(bytes(key), bytes('2'));
            const last = yield* etcd.put(bytes('z'), bytes(''));
            if (last.status === 'ok') yield* etcd.compact(last.response.header.revision);
          }
          compacts = false;
          const b = yield* txn.get(bytes('b'));
          txn.put(bytes('c'), bytes('mine'));
          txn.delete(bytes('a'));
          return [a, b, yield* txn.get(bytes('c')), yield* txn.get(bytes('a'))];
        },
        5000,
      );
      const { value, conflicts } = ok(done);
      seen.push(value, conflicts, yield* contents(etcd, ''));
    });
    expect(seen).toEqual([['2', '2', 'mine', null], 1, ['b=2', 'c=mine', 'z=']]);
  });
});

describe('a namespace', () => {
  it('adds its prefix to all that goes in, and takes it off all that comes out', () => {
    const seen: unknown[] = [];
    together('namespace', function* ({ etcd }) {
      for (const key of ['a/x', 'b', 'c']) yield* etcd.put(bytes(key), bytes('other'));
      const own = withNamespace(etcd, bytes('b/'));
      const watch = yield* own.watch({ key: endOfKeys, range_end: endOfKeys });
      yield* etcd.sleep(500);
      yield* own.put(bytes('k'), bytes('1'));
      yield* own.put(bytes('l'), bytes('2'));
      const all = yield* own.range({ key: endOfKeys, range_end: endOfKeys });
      if (all.status === 'ok') seen.push(all.response.kvs.map(({ key }) => key));
      const txn = yield* own.txn({
        compare: [{ target: 'VALUE', result: 'EQUAL', key: bytes('k'), value: bytes('1') }],
        success: [
          { kind: 'range', range: { key: bytes('l'), range_end: endOfKeys } },
          {
            kind: 'txn',
            txn: { compare: [], success: [{ kind: 'range', range: { key: bytes('k') } }], failure: [] },
          },
        ],
        failure: [],
      });
      const [ranged, inner] = txn.status === 'ok' ? txn.response.responses : [];
      if (ranged?.kind === 'range') seen.push(ranged.range.kvs.map(({ key }) => key));
      const [nested] = inner?.kind === 'txn' ? inner.txn.responses : [];
      if (nested?.kind === 'range') seen.push(nested.range.kvs.map(({ key }) => key));
      const called = yield* own.call({
        kind: 'delete_range',
        delete_range: { key: bytes('k'), prev_kv: true },
      });
      if (called.status === 'ok' && called.response.kind === 'delete_range') {
        seen.push(called.response.delete_range.prev_kvs.map(({ key }) => key));
      }
      const answer = yield* watch.next(2000);
      seen.push(answer?.kind === 'events' && answer.events[0]?.kv.key);
      const deleted = yield* own.delete(endOfKeys, { range_end: endOfKeys });
      seen.push(deleted.status === 'ok' && deleted.response.deleted, yield* contents(etcd, ''));
    });
    expect(seen).toEqual([['k', 'l'], ['l'], ['k'], ['k'], 'k', 1, ['a/x=other', 'b=other', 'c=other']]);
  });

  it('tells the keys of a lease that are its own', () => {
    let keys: readonly ByteString[] = [];
    together('leased', function* ({ etcd }) {
      const session = ok(yield* openSession(etcd, 5, 5000));
      const { lease } = session;
      const own = withNamespace(etcd, bytes('b/'));
      yield* own.put(bytes('k'), bytes(''), { lease });
      yield* etcd.put(bytes('elsewhere'), bytes(''), { lease });
      const told = yield* own.leaseTimeToLive(lease, true);
      if (told.status === 'ok') ({ keys } = told.response);
    });
    expect(keys).toEqual(['k']);
  });
});

describe('followers', () => {
  it('show a snapshot, then each revision by itself, and a snapshot again where the history is gone', () => {
    const seen: string[] = [];
    together('follow', function* ({ etcd }) {
      yield* etcd.put(bytes('p/a'), bytes('1'));
      const follower = new Follower(etcd, bytes('p/'));
      const show = function* (): Task {
        const step = yield* follower.next(3000);
        const changes = step?.changes.map(({ key, after }) => `${key}=${after?.value ?? 'gone'}`) ?? [];
        seen.push(`${step?.kind} ${changes.join(' ')}`);
      };
      yield* show();
      yield* publish(
        etcd,
        bytes('p/'),
        new Map([
          [bytes('b'), bytes('2')],
          [bytes('a'), null],
        ]),
      );
      yield* etcd.put(bytes('p/b'), bytes('3'));
      yield* show();
      yield* show();
      yield* follower.stop();
      yield* etcd.put(bytes('p/b'), bytes('4'));
      const last = yield* etcd.put(bytes('p/c'), bytes('5'));
      if (last.status === 'ok') yield* etcd.compact(last.response.header.revision);
      yield* show();
      seen.push(String((yield* follower.next(300)) === null));
    });
    expect(seen).toEqual([
      'snapshot p/a=1',
      'events p/b=2 p/a=gone',
      'events p/b=3',
      'snapshot p/b=4 p/c=5',
      'true',
    ]);
  });

  it('read more than one page', () => {
    let size = 0;
    together('pages', function* ({ etcd }) {
      for (let i = 0; i < 12; i++) {
        yield* publish(
          etcd,
          bytes('p/'),
          new Map(Array.from({ length: 100 }, (_, j) => [bytes(`${i}.${j}`), bytes('')])),
        );
      }
      const follower = new Follower(etcd, bytes('p/'));
      yield* follower.next(5000);
      size = follower.all().length;
    });
    expect(size).toBe(1200);
  });

  it('of a configuration: all of it at each change; a publisher who is late is refused', () => {
    const seen: unknown[] = [];
    together('config', function* ({ etcd }) {
      const prefix = bytes('config/');
      const first = ok(yield* publish(etcd, prefix, new Map([[bytes('a'), bytes('1')]])));
      const follower = new ConfigFollower(etcd, prefix);
      seen.push([...((yield* follower.next(2000))?.values ?? [])]);
      ok(yield* publish(etcd, prefix, new Map([[bytes('b'), bytes('2')]]), first));
      seen.push([...((yield* follower.next(2000))?.values ?? [])]);
      seen.push(ok(yield* publish(etcd, prefix, new Map([[bytes('a'), bytes('3')]]), first)));
    });
    expect(seen).toEqual([
      [['a', '1']],
      [
        ['a', '1'],
        ['b', '2'],
      ],
      null,
    ]);
  });

  it('of services: instances come, change their address, and are taken off by their own session only', () => {
    const seen: unknown[] = [];
    together('services', function* ({ etcd }) {
      const [one, two] = [ok(yield* openSession(etcd, 5, 5000)), ok(yield* openSession(etcd, 5, 5000))];
      const shop = bytes('shop');
      const view = new ServiceView(etcd, shop);
      const show = function* (): Task {
        while ((yield* view.next(300)) !== null);
        seen.push(
          view
            .instances()
            .map(({ name, address }) => `${name} ${address}`)
            .join(', '),
        );
      };
      ok(yield* register(one, shop, bytes('a'), bytes('1.1.1.1'), 2000));
      ok(yield* register(two, shop, bytes('b'), bytes('2.2.2.2'), 2000));
      yield* show();
      ok(yield* register(two, shop, bytes('b'), bytes('3.3.3.3'), 2000));
      seen.push(
        ok(yield* unregister(two, shop, bytes('a'), 2000)),
        ok(yield* unregister(one, shop, bytes('a'), 2000)),
      );
      yield* show();
      ok(yield* two.close(2000));
      yield* show();
    });
    expect(seen).toEqual(['a 1.1.1.1, b 2.2.2.2', false, true, 'b 3.3.3.3', '']);
  });

  it('of metadata: an address is told its own, by value and by folder', () => {
    const seen: unknown[] = [];
    together('metadata', function* ({ etcd }) {
      const values = new Map(
        Object.entries({
          'data/nodes/1/name': 'one',
          'data/nodes/1/disk': 'ssd',
          'data/nodes/10/name': 'ten',
          'data/region': 'north',
          'mapping/10.0.0.1/node': 'nodes/1',
          'mapping/10.0.0.1/region': 'region',
          'mapping/10.0.0.10/node': 'nodes/10',
        }).map(([key, value]) => [bytes(key), bytes(value)]),
      );
      ok(yield* publish(etcd, bytes('m/'), values));
      const metadata = new SelfMetadata(etcd, bytes('m/'));
      yield* metadata.next(2000);
      for (const address of ['10.0.0.1', '10.0.0.10', '10.0.0']) {
        seen.push([...metadata.self(bytes(address))].map(([name, value]) => `${name}=${value}`).join(' '));
      }
    });
    expect(seen).toEqual(['node/disk=ssd node/name=one region=north', 'node/name=ten', '']);
  });
});

describe('a mirror', () => {
  const ends = (etcd: EtcdClient) => ({
    source: etcd,
    sourcePrefix: bytes('s/'),
    destination: etcd,
    destinationPrefix: bytes('d/'),
    positionKey: bytes('position'),
  });

  it('copies what is there and what comes, goes on where another stopped, and gives up when it is overtaken', () => {
    const seen: unknown[] = [];
    together('mirror', function* ({ etcd }) {
      yield* etcd.put(bytes('s/a'), bytes('1'));
      yield* etcd.put(bytes('d/old'), bytes('of somebody else'));
      const first = new Mirror(ends(etcd));
      ok(yield* first.next(2000));
      seen.push(yield* contents(etcd, 'd/'));
      yield* etcd.put(bytes('s/b'), bytes('2'));
      yield* etcd.delete(bytes('s/a'));
      const second = new Mirror(ends(etcd));
      for (let i = 0; i < 2; i++) ok(yield* second.next(2000));
      seen.push(yield* contents(etcd, 'd/'), second.snapshots);
      seen.push((yield* first.next(2000)).status);
      seen.push(ok(yield* second.next(300)));
    });
    expect(seen).toEqual([['d/a=1'], ['d/b=2'], 0, 'lost', null]);
  });

  it('reads all again where the history is gone, and writes more keys than a txn takes', () => {
    const seen: unknown[] = [];
    together('mirror pages', function* ({ etcd }) {
      yield* etcd.put(bytes('s/gone'), bytes('1'));
      const first = new Mirror(ends(etcd));
      ok(yield* first.next(2000));
      yield* etcd.delete(bytes('s/gone'));
      for (let i = 0; i < 3; i++) {
        yield* publish(
          etcd,
          bytes('s/'),
          new Map(Array.from({ length: 100 }, (_, j) => [bytes(`${i}.${j}`), bytes('')])),
        );
      }
      const last = yield* etcd.put(bytes('s/last'), bytes('2'));
      if (last.status === 'ok') yield* etcd.compact(last.response.header.revision);
      const second = new Mirror(ends(etcd));
      ok(yield* second.next(5000));
      const copied = yield* contents(etcd, 'd/');
      seen.push(copied.length, copied.includes('d/gone=1'), second.snapshots);
    });
    expect(seen).toEqual([301, false, 1]);
  });
});
