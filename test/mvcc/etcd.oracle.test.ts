import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ByteString } from '../../core/base/bytes.ts';
import { ProtobufReader, ProtobufWriter } from '../../core/base/protobuf.ts';
import { Buckets, readDatabase } from '../../core/backend/index.ts';
import { keyRange, MvccStore, parseRevisionKey, type KeyRange } from '../../core/mvcc/index.ts';
import { GrpcSession } from '../etcd_grpc.ts';
import { hasEtcd, withEtcd } from '../etcd_process.ts';
import { compactAll, everything, put, remove, StoreBench, text } from './support.ts';

const calls = Number(process.env['DETCD_ORACLE_CALLS'] ?? 300);
const seed = Number(process.env['DETCD_ORACLE_SEED'] ?? 1);

type Operation =
  | { readonly kind: 'put'; readonly key: ByteString; readonly value: ByteString; readonly lease: 0 | 7 }
  | { readonly kind: 'delete'; readonly key: ByteString; readonly end: ByteString };

type Call =
  | { readonly kind: 'txn'; readonly operations: readonly Operation[] }
  /** Counted back from the newest revision. */
  | { readonly kind: 'compact'; readonly back: number };

const names = ['a', 'b', 'c', 'd', 'e', 'f'] as ByteString[];
const key = fc.constantFrom(...names);
const putOf = fc.record({
  kind: fc.constant('put' as const),
  key,
  value: key,
  lease: fc.constantFrom(0 as const, 0 as const, 7 as const),
});
const deleteOf = fc.record({
  kind: fc.constant('delete' as const),
  key,
  end: fc.constantFrom('', '', '', 'c', 'z', '\0') as fc.Arbitrary<ByteString>,
});
const txn = fc.oneof(
  { weight: 3, arbitrary: fc.uniqueArray(putOf, { maxLength: 3, selector: (one) => one.key }) },
  { weight: 2, arbitrary: fc.array(deleteOf, { maxLength: 2 }) },
);
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('txn' as const), operations: txn }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('compact' as const), back: fc.integer({ min: -1, max: 8 }) }),
  },
);

function rangeOf({ key: low, end }: Extract<Operation, { kind: 'delete' }>): KeyRange {
  return keyRange(low, end);
}

function message(write: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  write(writer);
  return writer.finish();
}

/** etcdserverpb.RequestOp: 2 is a put, 3 a delete. */
function writeOperation(writer: ProtobufWriter, one: Operation): void {
  writer.message(one.kind === 'put' ? 2 : 3, one, (inner) => {
    inner.byteString(1, one.key);
    inner.byteStringNonEmpty(2, one.kind === 'put' ? one.value : one.end);
    if (one.kind === 'put') inner.varintNonZero(3, one.lease);
  });
}

async function run(etcd: GrpcSession, store: MvccStore, one: Call): Promise<void> {
  if (one.kind === 'txn') {
    const { operations } = one;
    const bytes = message((writer) => operations.forEach((op) => writer.message(2, op, writeOperation)));
    expect((await etcd.call('etcdserverpb.KV/Txn', bytes)).status).toBe(0);
    const write = store.write();
    for (const op of operations) {
      if (op.kind === 'put') write.put(op.key, op.value, BigInt(op.lease));
      else write.deleteRange(rangeOf(op));
    }
    write.end();
    return;
  }
  const revision = store.currentRevision - one.back;
  const ours = store.compact(revision);
  const bytes = message((writer) => {
    writer.varint(1, revision);
    writer.bool(2, true);
  });
  const theirs = await etcd.call('etcdserverpb.KV/Compact', bytes);
  const texts = { compacted: 'has been compacted', future: 'is a future revision' };
  expect(theirs.message).toBe(ours === null ? '' : `etcdserver: mvcc: required revision ${texts[ours]}`);
}

/** Hash and compact revision, or the error. */
async function theirHash(etcd: GrpcSession, revision: number): Promise<[number, number] | string> {
  const {
    status,
    body,
    message: error,
  } = await etcd.call(
    'etcdserverpb.Maintenance/HashKV',
    message((writer) => writer.varintNonZero(1, revision)),
  );
  if (status !== 0) return error;
  const reader = new ProtobufReader(body);
  let hash = 0;
  let compactRevision = 0;
  while (reader.next()) {
    if (reader.field === 2) hash = reader.uint();
    else if (reader.field === 3) compactRevision = reader.int();
    else reader.skip();
  }
  return [hash, compactRevision];
}

it.runIf(hasEtcd)(
  `HashKV equals a real etcd's over ${calls} random calls with compactions, whether or not ours removed already`,
  async () => {
    await withEtcd({}, async ({ url }) => {
      const etcd = new GrpcSession(url);
      const { store } = new StoreBench();
      const grant = message((writer) => {
        writer.varint(1, 3600);
        writer.varint(2, 7);
      });
      await etcd.call('etcdserverpb.Lease/LeaseGrant', grant);
      let compared = 0;
      let refused = 0;
      for (const [position, one] of fc.sample(call, { numRuns: calls, seed }).entries()) {
        await run(etcd, store, one);
        if (position % 3 === 0) store.compactStep(4);
        const { currentRevision, compactRevision } = store;
        for (const revision of [0, compactRevision, compactRevision + 1, currentRevision - 1]) {
          if (revision < 0 || (revision > 0 && revision < compactRevision)) continue;
          const theirs = await theirHash(etcd, revision);
          if (typeof theirs === 'string') {
            // 3.4 can't hash at the compacted revision itself; 3.6 can.
            expect([revision > currentRevision, revision === compactRevision]).toContain(true);
            refused++;
            continue;
          }
          const { hash, compactRevision: compacted } = store.hashKv(revision);
          expect([hash, compacted], `call ${position} (seed ${seed}), revision ${revision}`).toEqual(theirs);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(calls);
      expect(refused).toBeGreaterThan(0);
      etcd.close();
    });
  },
);

/** Keys and versions of everything that can be read now. */
function readable(store: MvccStore): unknown {
  return store.range(everything).kvs.map((kv) => [kv.key, kv.value, kv.mod_revision, kv.version]);
}

it.runIf(hasEtcd)(
  'a real etcd resumes the compaction that ours left unfinished, and ours opens what it made of it',
  async () => {
    const bench = new StoreBench();
    const { store } = bench;
    for (let i = 0; i < 60; i++) put(store, `k${i % 7}`, `${i}`);
    remove(store, 'k3');
    put(store, 'k1', 'last');
    store.compact(62);
    for (let i = 0; i < 3; i++) store.compactStep(10);
    bench.save();
    const wanted = readable(store);
    const file = await withEtcd({ snapshot: bench.bench.file() }, async (etcd) => {
      const all = { key: btoa('k'), range_end: btoa('l') };
      const { kvs, header } = (await etcd.call('kv/range', all)) as {
        kvs: Record<string, string>[];
        header: Record<string, string>;
      };
      expect(header['revision']).toBe('63');
      const theirs = kvs.map((kv) => [
        atob(kv['key'] ?? ''),
        atob(kv['value'] ?? ''),
        Number(kv['mod_revision']),
        Number(kv['version']),
      ]);
      expect(theirs).toEqual(wanted);
      await expect(etcd.call('kv/range', { ...all, revision: '61' })).rejects.toThrow('has been compacted');
      await etcd.call('kv/put', { key: btoa('k9'), value: btoa('theirs') });
      await etcd.stop();
      return etcd.database();
    });
    bench.bench.install(file);
    const again = MvccStore.open(bench.bench.backend());
    expect([again.currentRevision, again.compactRevision, again.finishedCompactRevision]).toEqual([
      64, 62, 62,
    ]);
    expect(readable(again)).toEqual([...(wanted as unknown[]), ['k9', 'theirs', 64, 1]]);
    // A tombstone at the compacted revision, which 3.4 removes, is all that differs.
    compactAll(store);
    const mains = (database: Uint8Array): number[] => {
      const found: number[] = [];
      const cursor = readDatabase(database).root.bucket(Buckets.key)?.cursor();
      for (let more = cursor?.first() ?? false; more; more = cursor?.next() ?? false) {
        found.push(parseRevisionKey(cursor?.key ?? text('')).revision.main);
      }
      return found;
    };
    const ours: number[] = [];
    bench.visitRecords(({ revision }) => ours.push(revision.main));
    expect(ours).toContain(62);
    expect([...ours.filter((main) => main !== 62), 64]).toEqual(mains(file));
  },
);
