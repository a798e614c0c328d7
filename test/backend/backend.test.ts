import { batchOperationsMax } from '../../core/limits.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBytes, type ByteString } from '../../core/base/bytes.ts';
import { type Backend, Buckets, readDatabase, type Reading } from '../../core/backend/index.ts';
import { bytes, contentOfFile, directory, numbered, path, StorageBench, stepToken, text } from './support.ts';

const { key: keyBucket, lease } = Buckets;

function put(backend: Backend, key: string, value: string, bucket = keyBucket): void {
  const tx = backend.lock();
  tx.createBucket(bucket);
  tx.put(bucket, text(key), bytes(value));
  backend.unlock();
}

function remove(backend: Backend, key: string): void {
  backend.lock().delete(keyBucket, text(key));
  backend.unlock();
}

function pairs(reading: Reading, bucket = keyBucket, low = '', high?: string): string[] {
  const found: string[] = [];
  reading.visit(bucket, text(low), high === undefined ? undefined : text(high), (key, value) => {
    found.push(`${key}=${fromBytes(value)}`);
    return true;
  });
  return found;
}

function readPairs(backend: Backend): string[] {
  const view = backend.read();
  const found = pairs(view);
  view.end();
  return found;
}

function opened(operationsMax?: number): { bench: StorageBench; backend: Backend } {
  const bench = new StorageBench();
  const backend = bench.backend(undefined, operationsMax);
  bench.settle();
  return { bench, backend };
}

describe('a batch', () => {
  it('is committed at the interval, if there is anything in it', () => {
    const { bench, backend } = opened();
    bench.host.lines.length = 0;
    backend.onInterval();
    expect(bench.host.lines).toEqual([]);
    put(backend, 'a', '1');
    expect(bench.host.lines).toEqual([]);
    expect(backend.settled).toBe(false);
    backend.onInterval();
    bench.settle();
    expect(backend.settled).toBe(true);
    expect(contentOfFile(bench.file())).toEqual(['key/ sequence 0', 'key/a=1']);
  });

  it('is committed when it holds as many operations as allowed, 10,000 unless told otherwise', () => {
    expect(batchOperationsMax).toBe(10_000);
    const { bench, backend } = opened(4);
    for (const key of ['a', 'b']) put(backend, key, '1');
    bench.settle();
    // The bucket counts as an operation.
    expect(contentOfFile(bench.file())).toEqual([]);
    put(backend, 'c', '1');
    bench.settle();
    expect(contentOfFile(bench.file())).toEqual(['key/ sequence 0', 'key/a=1', 'key/b=1', 'key/c=1']);
  });

  it('fills while the one before is under way, and follows it', () => {
    const { bench, backend } = opened();
    put(backend, 'a', '1');
    backend.commit(10);
    put(backend, 'b', '2');
    backend.commit(11);
    put(backend, 'c', '3');
    bench.settle(2);
    bench.settle(1);
    expect(bench.done).toEqual([10]);
    expect(contentOfFile(bench.file())).toEqual(['key/ sequence 0', 'key/a=1']);
    bench.settle();
    expect(bench.done).toEqual([10, 11]);
    // What came after the second commit was asked for belongs to it all the same: it had not started.
    expect(contentOfFile(bench.file())).toHaveLength(4);
  });

  it('a token completes at once when all is durable, and with the commit under way when nothing is new', () => {
    const { bench, backend } = opened();
    backend.commit(10);
    bench.settle();
    put(backend, 'a', '1');
    backend.commit(11);
    backend.commit(12);
    bench.settle(2);
    expect(bench.done).toEqual([10]);
    bench.settle();
    expect(bench.done).toEqual([10, 11, 12]);
  });

  it('a token that completed survives every crash', () => {
    for (const mode of ['drop', 'tear', 'keep'] as const) {
      const { bench, backend } = opened();
      put(backend, 'a', '1');
      backend.commit(10);
      bench.settle();
      put(backend, 'b', '2');
      backend.commit();
      bench.crash(mode);
      expect(contentOfFile(bench.file())).toContain('key/a=1');
    }
  });

  it('its lock is held by one, and not while a commit starts', () => {
    const { backend } = opened();
    backend.lock();
    expect(() => backend.lock()).toThrow(/lock is free/);
    expect(() => backend.commit()).toThrow(/under the batch lock/);
    backend.unlock();
    expect(() => backend.unlock()).toThrow(/lock is held/);
  });
});

describe('readers', () => {
  it('see what was unlocked, committed or not, and not what is under the lock', () => {
    const { bench, backend } = opened();
    put(backend, 'a', '1');
    const tx = backend.lock();
    tx.put(keyBucket, text('b'), bytes('2'));
    expect(pairs(tx)).toEqual(['a=1', 'b=2']);
    expect(readPairs(backend)).toEqual(['a=1']);
    backend.unlock();
    expect(readPairs(backend)).toEqual(['a=1', 'b=2']);
    backend.commit();
    expect(readPairs(backend)).toEqual(['a=1', 'b=2']);
    bench.settle();
    expect(readPairs(backend)).toEqual(['a=1', 'b=2']);
  });

  // etcd 17230: deletes bypassed the buffer, so readers saw the key until the next commit.
  it('do not see a deleted key, committed before or not, even while no commit can start', () => {
    const { bench, backend } = opened();
    put(backend, 'a', '1');
    backend.commit();
    put(backend, 'b', '2');
    remove(backend, 'a');
    remove(backend, 'b');
    put(backend, 'c', '3');
    expect(readPairs(backend)).toEqual(['c=3']);
    const view = backend.read();
    expect(view.get(keyBucket, text('a'))).toBeUndefined();
    expect(fromBytes(view.get(keyBucket, text('c')) ?? bytes('none'))).toBe('3');
    view.end();
    bench.settle();
    put(backend, 'a', 'again');
    expect(readPairs(backend)).toEqual(['a=again', 'c=3']);
  });

  it('keep what they saw through writes, commits and a defragmentation', () => {
    const { bench, backend } = opened();
    put(backend, 'b', '1');
    put(backend, 'd', '1');
    const view = backend.read();
    put(backend, 'e', '2');
    put(backend, 'b', '2');
    put(backend, 'c', '2');
    const later = backend.read();
    backend.commit();
    bench.settle();
    remove(backend, 'b');
    backend.defragment();
    bench.settle();
    put(backend, 'a', '3');
    expect(pairs(view)).toEqual(['b=1', 'd=1']);
    expect(pairs(later)).toEqual(['b=2', 'c=2', 'd=1', 'e=2']);
    expect(readPairs(backend)).toEqual(['a=3', 'c=2', 'd=1', 'e=2']);
    view.end();
    later.end();
    expect(backend.openReaders).toBe(0);
  });

  it('read ranges, stop when told, and take a missing bucket for an empty one', () => {
    const { backend } = opened();
    for (const key of ['a', 'b', 'c', 'd']) put(backend, key, '1');
    backend.commit();
    for (const key of ['bb', 'c', 'e']) put(backend, key, '2');
    const view = backend.read();
    expect(pairs(view, keyBucket, 'b', 'd')).toEqual(['b=1', 'bb=2', 'c=2']);
    expect(pairs(view, keyBucket, 'd')).toEqual(['d=1', 'e=2']);
    expect(pairs(view, lease)).toEqual([]);
    expect(view.get(lease, text('a'))).toBeUndefined();
    for (const limit of [1, 2, 3, 4]) {
      const seen: ByteString[] = [];
      view.visit(keyBucket, text('a'), undefined, (key) => seen.push(key) < limit);
      expect(seen).toEqual(['a', 'b', 'bb', 'c'].slice(0, limit));
    }
    view.end();
  });
});

type Operation = readonly ['put' | 'delete' | 'commit' | 'settle' | 'defragment' | 'read', number];
const anyOperation: fc.Arbitrary<Operation> = fc.tuple(
  fc.constantFrom('put', 'put', 'put', 'delete', 'delete', 'commit', 'settle', 'defragment', 'read'),
  fc.nat(25),
);

it('what a reader sees is what the batch sees, whenever commits come', () => {
  fc.assert(
    fc.property(fc.array(anyOperation, { maxLength: 60 }), (operations) => {
      const { bench, backend } = opened(20);
      backend.lock().createBucket(keyBucket);
      backend.unlock();
      const kept: { view: ReturnType<Backend['read']>; wanted: string[] }[] = [];
      for (const [position, [kind, n]] of operations.entries()) {
        if (kind === 'put') put(backend, numbered(n), `${position}`);
        else if (kind === 'delete') remove(backend, numbered(n));
        else if (kind === 'settle') bench.settle(1 + (n % 3));
        else if (kind !== 'read') backend[kind]();
        const wanted = pairs(backend.lock());
        backend.unlock();
        expect(readPairs(backend)).toEqual(wanted);
        if (kind === 'read') kept.push({ view: backend.read(), wanted });
      }
      for (const { view, wanted } of kept) expect(pairs(view)).toEqual(wanted);
    }),
    { numRuns: 150 },
  );
});

describe('size and hash', () => {
  it('a defragmentation gives back what deletes freed, and leaves the content as it was', () => {
    const { bench, backend } = opened();
    for (let i = 0; i < 2000; i++) put(backend, numbered(i), 'x'.repeat(100));
    backend.commit();
    bench.settle();
    const full = backend.sizeBytes;
    expect(full).toBe(bench.file().length);
    for (let i = 0; i < 2000; i++) if (i % 10 > 0) remove(backend, numbered(i));
    backend.commit();
    bench.settle();
    put(backend, 'last', '1');
    backend.commit();
    bench.settle();
    expect(backend.sizeBytes).toBeGreaterThanOrEqual(full);
    expect(backend.sizeInUseBytes).toBeLessThan(full / 2);
    const before = readPairs(backend);
    const hash = backend.hash();
    put(backend, 'during', '1');
    backend.defragment(10);
    put(backend, 'while', '1');
    bench.settle();
    expect(bench.done).toEqual([10]);
    expect(readPairs(backend)).toEqual(['during=1', ...before, 'while=1'].sort((a, b) => (a < b ? -1 : 1)));
    expect(backend.sizeBytes).toBeLessThan(full / 4);
    expect(backend.sizeInUseBytes).toBe(backend.sizeBytes);
    expect(bench.file().length).toBe(backend.sizeBytes);
    expect(bench.disk.list(directory)).toEqual(['db']);
    remove(backend, 'during');
    remove(backend, 'while');
    expect(backend.hash()).toBe(hash);
    backend.audit();
  });

  it('a defragmentation fills pages to nine tenths: it copies keys in order', () => {
    const { bench, backend } = opened();
    for (let i = 0; i < 2000; i++) put(backend, numbered(i), 'x'.repeat(73));
    backend.defragment();
    bench.settle();
    // 36 elements of 100 bytes a page, against 20 where pages are half full.
    const leaves = Math.ceil(2000 / 36);
    expect(backend.sizeBytes / 4096).toBeLessThanOrEqual(leaves + 5);
  });

  it('the same changes make the same file, byte for byte', () => {
    const files = [1, 2].map(() => {
      const { bench, backend } = opened(50);
      for (let i = 0; i < 500; i++)
        put(backend, numbered((i * 37) % 101), `value ${i}`, i % 3 > 0 ? keyBucket : lease);
      backend.commit();
      bench.settle();
      return bench.file();
    });
    expect(files[0]).toEqual(files[1]);
  });

  it('the hash is that of the content, not of its way to the disk', () => {
    const { bench, backend } = opened();
    const other = opened().backend;
    for (const key of ['a', 'b', 'c']) put(backend, key, '1');
    backend.commit();
    bench.settle();
    for (const key of ['c', 'b', 'a']) put(other, key, '1');
    expect(other.hash()).toBe(backend.hash());
    put(other, 'a', '2');
    expect(other.hash()).not.toBe(backend.hash());
    expect(other.hash((_bucket, key) => key === 'a')).toBe(backend.hash((_bucket, key) => key === 'a'));
  });

  it('a snapshot is a database that holds all that was written', () => {
    const { bench, backend } = opened();
    put(backend, 'a', '1');
    backend.commit();
    put(backend, 'b', '2', lease);
    const file = backend.snapshot();
    expect(contentOfFile(file)).toEqual(['key/ sequence 0', 'key/a=1', 'lease/ sequence 0', 'lease/b=2']);
    expect(backend.bucketNames()).toEqual([keyBucket, lease]);
    const received = new StorageBench();
    received.install(file);
    expect(received.backend().hash()).toBe(backend.hash());
    // Both metas are good: one lost sector does not lose the snapshot.
    file.fill(0, 0, 4096);
    expect(contentOfFile(file)).toHaveLength(4);
    bench.settle();
  });
});

describe('errors', () => {
  it('a failed sync leaves the file at the commit before', () => {
    const { bench, backend } = opened();
    put(backend, 'a', '1');
    backend.commit();
    bench.settle();
    bench.disk.faults.fullAtBytes = bench.file().length + 4096;
    put(backend, 'b', 'x'.repeat(50_000));
    backend.commit();
    expect(bench.completeOne()).toEqual({ token: stepToken, error: 'ENOSPC' });
    expect(readDatabase(bench.file()).root.bucket(keyBucket)?.get(text('b'))).toBeUndefined();
    expect(contentOfFile(bench.file())).toContain('key/a=1');
    expect(bench.disk.sizeBytes(path)).toBeGreaterThan(0);
  });
});
