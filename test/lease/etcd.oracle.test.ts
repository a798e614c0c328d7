import { beforeAll, describe, expect, it } from 'vitest';
import { Buckets } from '../../core/backend/index.ts';
import { fromText } from '../../core/base/bytes.ts';
import { Lessor } from '../../core/lease/index.ts';
import { MvccStore } from '../../core/mvcc/index.ts';
import { bytes, StorageBench } from '../backend/support.ts';
import { hasEtcd, withEtcd } from '../etcd_process.ts';

interface TimeToLiveAnswer {
  readonly TTL: string;
  readonly grantedTTL?: string;
  readonly keys?: readonly string[];
}

/** Granted seconds and keys by lease id: what both sides must say. */
const granted = { '5': 100, '77': 9_000_000_000, '-9': 4000 } as const;
const puts = [
  ['z', '5'],
  ['a', '5'],
  ['m', '5'],
  ['m', '77'],
  ['gone', '5'],
  ['free', '5'],
] as const;
const keysAfter = { '5': ['a', 'z'], '77': ['m'], '-9': [] } as const;
const ids = ['5', '77', '-9'] as const;

describe.runIf(hasEtcd)('a real etcd’s leases', () => {
  let file: Uint8Array;

  beforeAll(async () => {
    file = await withEtcd({}, async (etcd) => {
      for (const id of ids) await etcd.call('lease/grant', { ID: id, TTL: String(granted[id]) });
      for (const [key, lease] of puts) await etcd.call('kv/put', { key: btoa(key), lease });
      await etcd.call('kv/put', { key: btoa('free') });
      await etcd.call('kv/deleterange', { key: btoa('gone') });
      await etcd.call('lease/grant', { ID: '6', TTL: '100' });
      await etcd.call('lease/revoke', { ID: '6' });
      await etcd.stop();
      return etcd.database();
    });
  });

  it('are recovered with their keys', () => {
    const bench = new StorageBench();
    bench.install(file);
    const backend = bench.backend();
    const lessor = new Lessor({ minTtl: 2 });
    lessor.recover(backend);
    MvccStore.open(backend, lessor);
    expect(lessor.list().map(({ id }) => String(id))).toEqual(['-9', '5', '77']);
    lessor.promote(0, 0);
    for (const id of ids) {
      expect(lessor.timeToLive(BigInt(id), 0, true)).toEqual({
        kind: 'alive',
        ttl: granted[id],
        grantedTtl: granted[id],
        keys: keysAfter[id],
      });
    }
  });
});

describe.runIf(hasEtcd)('our leases', () => {
  it('are a real etcd’s: times, keys, and what a revoke deletes', async () => {
    const bench = new StorageBench();
    const backend = bench.backend();
    const lessor = new Lessor({ minTtl: 2 });
    lessor.recover(backend);
    const store = MvccStore.open(backend, lessor);
    for (const id of ids) lessor.grant(BigInt(id), granted[id], 0);
    const put = (key: string, lease: bigint): void => {
      const txn = store.write();
      txn.put(fromText(key), fromText('v'), lease);
      txn.end();
    };
    for (const [key, lease] of puts) put(key, BigInt(lease));
    put('free', 0n);
    const txn = store.write();
    txn.deleteRange({ kind: 'point', key: fromText('gone') });
    txn.end();
    lessor.grant(6n, 100, 0);
    put('six', 6n);
    lessor.revoke(6n, store);
    const tx = backend.lock();
    for (const name of Object.values(Buckets)) tx.createBucket(name);
    tx.put(Buckets.cluster, fromText('clusterVersion'), bytes('3.4.0'));
    backend.unlock();
    backend.commit();
    bench.settle();

    await withEtcd({ snapshot: bench.file() }, async (etcd) => {
      const list = (await etcd.call('lease/leases', {})) as {
        readonly leases: readonly { readonly ID: string }[];
      };
      expect(list.leases.map(({ ID }) => ID).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['-9', '5', '77']);
      for (const id of ids) {
        const answer = (await etcd.call('lease/timetolive', {
          ID: id,
          keys: true,
        })) as Partial<TimeToLiveAnswer>;
        expect(answer.grantedTTL).toBe(String(granted[id]));
        const keys = (answer.keys ?? []).map(atob).toSorted((a, b) => (a < b ? -1 : 1));
        expect(keys).toEqual(keysAfter[id]);
      }
      await etcd.call('lease/revoke', { ID: '5' });
      const left = (await etcd.call('kv/range', { key: btoa('\0'), range_end: btoa('\0') })) as {
        readonly kvs: readonly { readonly key: string }[];
      };
      expect(left.kvs.map(({ key }) => atob(key))).toEqual(['free', 'm']);
    });
  });
});
