import { describe, expect, it } from 'vitest';
import { Buckets, ConsistentIndex } from '../../core/backend/index.ts';
import { keyRange, MvccStore } from '../../core/mvcc/index.ts';
import { StorageBench } from '../backend/support.ts';
import { everything, newStore, put, remove, StoreBench, text } from './support.ts';

describe('a write transaction and the backend', () => {
  it('holds the batch lock from its beginning to its end', () => {
    const { store, backend } = new StoreBench();
    const txn = store.write();
    expect(() => backend.lock()).toThrow('batch lock');
    txn.put(text('a'), text('1'));
    expect(() => backend.commit()).toThrow('batch lock');
    txn.end();
    backend.lock();
    backend.unlock();
  });

  it('saves what others put into its batch together with its changes', () => {
    const bench = new StoreBench();
    const tx = bench.backend.lock();
    tx.createBucket(Buckets.lease);
    tx.put(Buckets.lease, text('id'), new Uint8Array(1));
    bench.backend.unlock();
    put(bench.store, 'a');
    bench.save();
    const txn = bench.store.write();
    txn.deleteRange(keyRange(text('a')));
    txn.batch.delete(Buckets.lease, text('id'));
    txn.end();
    const leaseThere = (): boolean => {
      const view = bench.backend.read();
      const bytes = view.get(Buckets.lease, text('id'));
      view.end();
      return bytes !== undefined;
    };
    expect([bench.store.range(everything).count, leaseThere()]).toEqual([0, false]);
    bench.crash('drop');
    expect([bench.store.range(everything).count, leaseThere()]).toEqual([1, true]);
  });

  it('without changes leaves the revision, yet its entry counts as applied', () => {
    const index = new ConsistentIndex();
    const store = MvccStore.open(new StorageBench().backend(index));
    index.stage({ index: 5, term: 1 });
    expect(index.position.index).toBe(0);
    expect(store.write().end()).toBe(1);
    expect(index.position.index).toBe(5);
  });

  it('reads through itself what it wrote, and older revisions too', () => {
    const bench = new StoreBench();
    put(bench.store, 'a', 'old');
    const store = bench.reopen();
    const txn = store.write();
    txn.put(text('a'), text('new'));
    expect(txn.range(everything).kvs).toMatchObject([{ value: 'new' }]);
    expect(txn.range(everything, { revision: 2 }).kvs).toMatchObject([{ value: 'old' }]);
    txn.end();
    expect(bench.backend.openReaders).toBe(0);
  });
});

describe('the listener of writes', () => {
  it('is called once for each transaction that changed something, when the store stands at its revision', () => {
    const { store, backend } = new StoreBench();
    const told: string[] = [];
    store.onWrite = (revision, changes) => {
      const pairs = store.range(everything).kvs.map(({ key, value }) => `${key}=${value}`);
      told.push(`${revision} ${store.currentRevision}: ${changes.length} changes, ${pairs.join(' ')}`);
      expect(backend.openReaders).toBe(0);
    };
    put(store, 'a', '1');
    store.write().end();
    remove(store, 'missing');
    const txn = store.write();
    txn.put(text('b'), text('2'));
    txn.deleteRange(keyRange(text('a')));
    expect(told).toHaveLength(1);
    txn.end();
    expect(told).toEqual(['2 2: 1 changes, a=1', '3 3: 2 changes, b=2']);
  });
});

describe('what a watcher needs to catch up', () => {
  it('visits changes in revision order between two revisions, and stops when told', () => {
    const store = newStore();
    put(store, 'b', '1');
    const txn = store.write();
    txn.put(text('c'), text('2'));
    txn.put(text('a'), text('2'));
    txn.deleteRange(keyRange(text('b')));
    txn.end();
    put(store, 'b', '3');
    const visited = (low: number, high: number, most = 99): string[] => {
      const seen: string[] = [];
      store.visitChanges(low, high, ({ revision, tombstone, kv }) => {
        seen.push(`${revision.main}.${revision.sub} ${tombstone ? 'delete' : 'put'} ${kv.key}${kv.value}`);
        return seen.length < most;
      });
      return seen;
    };
    const third = ['3.0 put c2', '3.1 put a2', '3.2 delete b'];
    expect(visited(1, 9)).toEqual(['2.0 put b1', ...third, '4.0 put b3']);
    expect(visited(3, 4)).toEqual(third);
    expect(visited(3, 9, 2)).toEqual(third.slice(0, 2));
    expect(visited(5, 9)).toEqual([]);
  });

  it('finds the pair of a key at a revision', () => {
    const bench = new StoreBench();
    put(bench.store, 'a', '1');
    put(bench.store, 'a', '2');
    remove(bench.store, 'a');
    for (const store of [bench.store, bench.reopen()]) {
      const found = [-1, 0, 1, 2, 3, 4, 5].map((revision) => store.pairAt(text('a'), revision)?.value);
      expect(found).toEqual([undefined, undefined, undefined, '1', '2', undefined, undefined]);
    }
  });
});
