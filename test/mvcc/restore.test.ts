import { describe, expect, it } from 'vitest';
import { toBytes, type ByteString } from '../../core/base/bytes.ts';
import { Buckets } from '../../core/backend/index.ts';
import { MvccError, MvccStore, revisionKey, type LeaseAttachments } from '../../core/mvcc/index.ts';
import { StorageBench } from '../backend/support.ts';
import { compactAll, everything, put, remove, StoreBench, text } from './support.ts';

class Told implements LeaseAttachments {
  lines: string[] = [];

  attach(lease: bigint, key: ByteString): void {
    this.lines.push(`attach ${key} to ${lease}`);
  }
  detach(lease: bigint, key: ByteString): void {
    this.lines.push(`detach ${key} from ${lease}`);
  }
  take(): string[] {
    return this.lines.splice(0);
  }
}

describe('opening a store', () => {
  it('makes the buckets that are missing', () => {
    const bench = new StorageBench();
    const backend = bench.backend();
    MvccStore.open(backend);
    expect(backend.bucketNames()).toEqual([Buckets.key, Buckets.meta]);
  });

  it('changes nothing where they exist', () => {
    const bench = new StoreBench();
    put(bench.store, 'a');
    bench.reopen();
    bench.bench.settle();
    expect(bench.backend.settled).toBe(true);
  });

  it('goes on at the newest revision', () => {
    const bench = new StoreBench();
    const txn = bench.store.write();
    txn.put(text('a'), text('1'));
    txn.put(text('b'), text('1'));
    txn.end();
    remove(bench.store, 'a');
    const store = bench.reopen();
    expect(store.currentRevision).toBe(3);
    expect(put(store, 'b', '2')).toBe(4);
    expect(store.range(everything).kvs).toMatchObject([{ key: 'b', version: 2, create_revision: 2 }]);
  });

  it('goes on with the versions of keys whose first puts were compacted', () => {
    const bench = new StoreBench();
    for (let i = 0; i < 3; i++) put(bench.store, 'a');
    bench.store.compact(4);
    compactAll(bench.store);
    const store = bench.reopen();
    put(store, 'a');
    expect(store.range(everything).kvs).toMatchObject([{ create_revision: 2, version: 4 }]);
  });

  it('goes on at the compacted revision if every key up to it is gone', () => {
    const bench = new StoreBench();
    put(bench.store, 'a');
    remove(bench.store, 'a');
    // The next compaction removes the tombstone that the first must leave.
    put(bench.store, 'b');
    remove(bench.store, 'b');
    bench.store.compact(3);
    bench.store.compact(5);
    compactAll(bench.store);
    const tx = bench.backend.lock();
    tx.delete(Buckets.key, revisionKey({ main: 5, sub: 0 }, true));
    bench.backend.unlock();
    const store = bench.reopen();
    expect(store.range(everything).kvs).toEqual([]);
    expect([store.currentRevision, store.compactRevision]).toEqual([5, 5]);
  });

  it('takes a tombstone as the first that is seen of a key', () => {
    const bench = new StoreBench();
    put(bench.store, 'a');
    remove(bench.store, 'a');
    put(bench.store, 'b');
    bench.store.compact(4);
    bench.store.compactStep(1);
    const store = bench.reopen();
    const left: string[] = [];
    bench.visitRecords(({ revision, tombstone }) => left.push(`${tombstone ? 'x' : ''}${revision.main}`));
    expect(left).toEqual(['x3', '4']);
    expect(store.range(everything).kvs).toMatchObject([{ key: 'b' }]);
    expect(put(store, 'a')).toBe(5);
    expect(store.range(everything).kvs[0]).toMatchObject({ version: 1, create_revision: 5 });
  });

  it('resumes a compaction, and ends with what one without a restart leaves', () => {
    const bench = new StoreBench();
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) put(bench.store, key);
    bench.store.compact(7);
    bench.store.compactStep(2);
    const store = bench.reopen();
    expect(store.compacting).toBe(true);
    expect([store.finishedCompactRevision, store.compactRevision]).toEqual([-1, 7]);
    compactAll(store);
    const left: number[] = [];
    bench.visitRecords(({ revision }) => left.push(revision.main));
    expect(left).toEqual([5, 6, 7]);
    expect(bench.reopen().compacting).toBe(false);
  });

  it.each([
    ['a key of another length', 'short', ''],
    ['a put of version 0', revisionKey({ main: 2, sub: 0 }), '\x0a\x01k'],
    ['bytes that are no pair', revisionKey({ main: 2, sub: 0 }), '\x0a\x7f'],
  ])('refuses %s', (_what, key, value) => {
    const backend = new StorageBench().backend();
    const tx = backend.lock();
    tx.createBucket(Buckets.key);
    tx.put(Buckets.key, key as ByteString, toBytes(value as ByteString));
    backend.unlock();
    expect(() => MvccStore.open(backend)).toThrow(MvccError);
  });

  it('refuses a put and a tombstone with one revision', () => {
    const backend = new StorageBench().backend();
    const tx = backend.lock();
    tx.createBucket(Buckets.key);
    const pair = toBytes('\x0a\x01k\x10\x02\x18\x02\x20\x01' as ByteString);
    for (const tombstone of [false, true])
      tx.put(Buckets.key, revisionKey({ main: 2, sub: 0 }, tombstone), pair);
    backend.unlock();
    expect(() => MvccStore.open(backend)).toThrow('mvcc: revision 2.0 is there twice');
  });

  it('refuses a second tombstone and a malformed compaction', () => {
    const backend = new StorageBench().backend();
    const tx = backend.lock();
    tx.createBucket(Buckets.key);
    tx.createBucket(Buckets.meta);
    const tombstone = toBytes('\x0a\x01k' as ByteString);
    for (const main of [2, 3]) tx.put(Buckets.key, revisionKey({ main, sub: 0 }, true), tombstone);
    backend.unlock();
    expect(() => MvccStore.open(backend)).toThrow('mvcc: revision 3.0 deletes a key that does not exist');
    const again = backend.lock();
    again.delete(Buckets.key, revisionKey({ main: 3, sub: 0 }, true));
    again.put(Buckets.meta, text('finishedCompactRev'), new Uint8Array(3));
    backend.unlock();
    expect(() => MvccStore.open(backend)).toThrow('mvcc: finishedCompactRev of the meta bucket');
  });
});

describe('restoring a snapshot', () => {
  it('replaces everything in the same store', () => {
    const bench = new StoreBench();
    put(bench.store, 'old');
    put(bench.store, 'old');
    const other = new StoreBench('other');
    put(other.store, 'new', 'x');
    bench.store.compact(3);
    bench.store.restore(other.backend);
    expect(bench.store.currentRevision).toBe(2);
    expect(bench.store.compacting).toBe(false);
    expect(bench.store.digest).toBe(other.store.digest);
    expect(bench.store.range(everything).kvs).toMatchObject([{ key: 'new', value: 'x' }]);
  });

  it('keeps its listener', () => {
    const bench = new StoreBench();
    let told = 0;
    bench.store.onWrite = () => void told++;
    bench.store.restore(new StoreBench('other').backend);
    put(bench.store, 'a');
    expect(told).toBe(1);
  });
});

describe('lease attachments', () => {
  it('a put attaches, a put with another lease or without one detaches first, a delete detaches', () => {
    const told = new Told();
    const { store } = new StoreBench('leases', told);
    put(store, 'a', '', 7n);
    expect(told.take()).toEqual(['attach a to 7']);
    put(store, 'a', '', 8n);
    expect(told.take()).toEqual(['detach a from 7', 'attach a to 8']);
    put(store, 'a', '', 8n);
    expect(told.take()).toEqual(['detach a from 8', 'attach a to 8']);
    put(store, 'a');
    expect(told.take()).toEqual(['detach a from 8']);
    put(store, 'a', '', 9n);
    remove(store, 'a');
    expect(told.take()).toEqual(['attach a to 9', 'detach a from 9']);
    remove(store, 'a');
    put(store, 'a');
    expect(told.take()).toEqual([]);
  });

  it('are restored in key order, but not past a later tombstone or a put without a lease', () => {
    const told = new Told();
    const bench = new StoreBench('leases', told);
    for (const key of ['d', 'c', 'b', 'a']) put(bench.store, key, '', 7n);
    remove(bench.store, 'b');
    put(bench.store, 'c');
    put(bench.store, 'd', '', 8n);
    told.take();
    const store = bench.reopen();
    expect(told.take()).toEqual(['attach a to 7', 'attach d to 8']);
    remove(store, 'd');
    expect(told.take()).toEqual(['detach d from 8']);
    put(store, 'b');
    expect(told.take()).toEqual([]);
    store.restore(bench.backend);
    expect(told.take()).toEqual(['attach a to 7']);
  });
});
