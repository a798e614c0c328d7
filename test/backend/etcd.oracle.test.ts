import { beforeAll, describe, expect, it } from 'vitest';
import { fromBytes } from '../../core/base/bytes.ts';
import { ProtobufReader, ProtobufWriter } from '../../core/base/protobuf.ts';
import { type Backend, Buckets, hashBuckets, readDatabase } from '../../core/backend/index.ts';
import { decodeKeyValue, encodeKeyValue } from '../../core/mvcc/key_value.ts';
import { decodeRevision, encodeRevision } from '../../core/mvcc/revision.ts';
import { hasEtcd, withEtcd } from '../etcd_process.ts';
import { defragmentedByEtcd, snapshotStatus } from './etcdctl.ts';
import { bytes, contentOf, StorageBench, text } from './support.ts';

/** A put of version 1, as etcd stores it. */
function putRevision(backend: Backend, main: number, key: string, value: string): void {
  const writer = new ProtobufWriter();
  const kv = { create_revision: main, mod_revision: main, version: 1, lease: 0n };
  encodeKeyValue(writer, { key: text(key), value: text(value), ...kv });
  const revision = fromBytes(encodeRevision({ main, sub: 0 }, false));
  backend.lockForApply().putSequential(Buckets.key, revision, writer.finish());
  backend.unlock();
}

function etcdBuckets(backend: Backend): void {
  const tx = backend.lock();
  for (const name of Object.values(Buckets)) tx.createBucket(name);
  tx.put(Buckets.cluster, text('clusterVersion'), bytes('3.4.0'));
  backend.unlock();
}

describe.runIf(hasEtcd)('etcdctl reads our databases', () => {
  it.each([0, 1, 50, 3000])('with %i keys: the same hash, keys and size', (keys) => {
    const bench = new StorageBench();
    const backend = bench.backend();
    etcdBuckets(backend);
    for (let i = 0; i < keys; i++)
      putRevision(backend, 2 + i, `k${i % 97}`, 'v'.repeat(1 + ((i * 37) % 900)));
    backend.commit();
    bench.settle();
    for (const file of [bench.file(), backend.snapshot()]) {
      const status = snapshotStatus(file);
      expect(status.hash).toBe(backend.hash());
      expect(status.totalKey).toBe(keys + 1);
      expect(status.revision).toBe(keys === 0 ? 0 : keys + 1);
    }
    expect(snapshotStatus(bench.file()).totalSize).toBe(backend.sizeBytes);
  });

  it('after deletes, large values, several commits, a restart and a defragmentation', () => {
    const bench = new StorageBench();
    let backend = bench.backend();
    etcdBuckets(backend);
    for (let round = 0; round < 12; round++) {
      for (let i = 0; i < 200; i++) {
        const value = i % 50 === 0 ? 'x'.repeat(9000) : `value ${i}`;
        putRevision(backend, 2 + round * 200 + i, `k${i}`, value);
      }
      const tx = backend.lock();
      for (let i = 0; i < 150; i++) {
        const main = 2 + round * 200 + ((i * 7) % 200);
        tx.delete(Buckets.key, fromBytes(encodeRevision({ main, sub: 0 }, false)));
      }
      backend.unlock();
      backend.commit();
      bench.settle();
      backend.audit();
      const status = snapshotStatus(bench.file());
      expect([status.hash, status.totalSize]).toEqual([backend.hash(), backend.sizeBytes]);
      if (round % 4 === 3) backend = bench.backend();
    }
    bench.settle();
    backend.defragment();
    bench.settle();
    expect(snapshotStatus(bench.file()).hash).toBe(backend.hash());
  });
});

describe.runIf(hasEtcd)('we read the databases of a real etcd', () => {
  const puts = 1500;
  let file: Uint8Array;

  beforeAll(async () => {
    file = await withEtcd({}, async (etcd) => {
      for (let from = 0; from < puts; from += 50) {
        await Promise.all(Array.from({ length: 50 }, (_, i) => etcd.call('kv/put', pair(from + i))));
      }
      for (let i = 0; i < 60; i++) await etcd.call('kv/deleterange', { key: pair(i).key });
      await etcd.call('lease/grant', { ID: '77', TTL: '600' });
      // Pages that a compaction frees are used again by these.
      await etcd.call('kv/compaction', { revision: '1000', physical: true });
      await new Promise((resolve) => setTimeout(resolve, 250));
      for (let i = 0; i < 60; i++) await etcd.call('kv/put', pair(i));
      await etcd.stop();
      return etcd.database();
    });
  });

  function pair(i: number): { key: string; value: string } {
    const value = i % 300 === 7 ? 'large '.repeat(2000) : `value ${i}`;
    return { key: btoa(`key ${i}`), value: btoa(value) };
  }

  it('every key and value is there, and the hash is the one etcdctl finds', () => {
    const { root } = readDatabase(file);
    const status = snapshotStatus(file);
    expect(hashBuckets(root)).toBe(status.hash);
    const newest = new Map<string, string | null>();
    const cursor = root.bucket(Buckets.key)?.cursor();
    for (let found = cursor?.first(); found === true; found = cursor?.next()) {
      if (cursor === undefined) break;
      const { tombstone } = decodeRevision(Uint8Array.from(cursor.key, (c) => c.charCodeAt(0)));
      const kv = decodeKeyValue(new ProtobufReader(cursor.value));
      newest.set(kv.key, tombstone ? null : kv.value);
    }
    expect(newest.size).toBe(puts);
    for (let i = 0; i < puts; i++) {
      const { key, value } = pair(i);
      expect(newest.get(atob(key))).toBe(atob(value));
    }
    expect(root.bucket(Buckets.lease)?.cursor().first()).toBe(true);
  });

  it('and we go on writing into it, so that etcdctl still accepts it', () => {
    const bench = new StorageBench();
    bench.install(file);
    const before = contentOf(readDatabase(file).root).length;
    const backend = bench.backend();
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 100; i++)
        putRevision(backend, 1_000_000 + round * 100 + i, `more ${i}`, 'y'.repeat(300));
      backend.commit();
      bench.settle();
      backend.audit();
      expect(snapshotStatus(bench.file()).hash).toBe(backend.hash());
    }
    expect(contentOf(readDatabase(bench.file()).root).length).toBe(before + 500);
    const { sizeBytes } = backend;
    backend.defragment();
    bench.settle();
    expect(backend.sizeBytes).toBeLessThanOrEqual(sizeBytes);
    expect(backend.sizeInUseBytes).toBe(backend.sizeBytes);
    expect(snapshotStatus(bench.file()).hash).toBe(backend.hash());
  });
});

describe.runIf(hasEtcd)('a real etcd works on our databases', () => {
  const keys = 400;

  function ours(): { bench: StorageBench; backend: Backend } {
    const bench = new StorageBench();
    const backend = bench.backend();
    etcdBuckets(backend);
    for (let i = 0; i < keys; i++) putRevision(backend, 2 + i, `k${i}`, `value ${i} `.repeat(1 + (i % 40)));
    backend.commit();
    bench.settle();
    return { bench, backend };
  }

  it('its defragmentation makes as many pages as ours', () => {
    const { bench, backend } = ours();
    const theirs = readDatabase(defragmentedByEtcd(bench.file())).meta.highWater;
    backend.defragment();
    bench.settle();
    const own = backend.sizeBytes / 4096;
    // Theirs has the pages of an empty file besides: the first root and a freelist.
    expect(theirs - own).toBeGreaterThanOrEqual(0);
    expect(theirs - own).toBeLessThanOrEqual(4);
  });

  it('it serves them, every key at its revision, takes writes, compacts and defragments', async () => {
    const { bench } = ours();
    const file = await withEtcd({ snapshot: bench.file() }, async (etcd) => {
      const all = { key: btoa('k'), range_end: btoa('l') };
      const range = async () => (await etcd.call('kv/range', all)) as { kvs: Record<string, string>[] };
      const { kvs } = await range();
      expect(kvs).toHaveLength(keys);
      for (const kv of kvs) {
        const i = Number(atob(kv['key'] ?? '').slice(1));
        expect([kv['mod_revision'], atob(kv['value'] ?? '')]).toEqual([
          String(2 + i),
          `value ${i} `.repeat(1 + (i % 40)),
        ]);
      }
      for (let i = 0; i < 50; i++) await etcd.call('kv/put', { key: btoa(`k${i}`), value: btoa('new') });
      await etcd.call('kv/compaction', { revision: String(keys + 20), physical: true });
      await etcd.call('maintenance/defragment', {});
      const after = await range();
      expect(after.kvs.filter((kv) => atob(kv['value'] ?? '') === 'new')).toHaveLength(50);
      expect(after.kvs).toHaveLength(keys);
      await etcd.stop();
      return etcd.database();
    });
    // And back: what etcd made of our file opens here.
    bench.install(file);
    const backend = bench.backend();
    bench.settle();
    backend.audit();
    expect(snapshotStatus(bench.file()).hash).toBe(backend.hash());
  });
});
