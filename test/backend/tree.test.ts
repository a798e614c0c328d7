import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareStrings, fromBytes, type ByteString } from '../../core/base/bytes.ts';
import type { Database, WriteBucket, WriteTx } from '../../core/backend/index.ts';
import { bytes, contentOf, contentOfFile, numbered, StorageBench, text } from './support.ts';

const bucketName = text('bucket');

function bucketIn(transaction: WriteTx, name = bucketName): WriteBucket {
  return transaction.root.bucket(name) ?? transaction.root.createBucket(name);
}

function commit(bench: StorageBench, database: Database, work: (bucket: WriteBucket) => void): void {
  bench.settle();
  const transaction = database.write();
  work(bucketIn(transaction));
  database.commit(transaction);
  bench.settle();
  database.audit();
}

describe('pages', () => {
  it('fill to the part that is asked for where keys ascend', () => {
    const sizes = [0.5, 0.9].map((fill) => {
      const bench = new StorageBench();
      const database = bench.database();
      commit(bench, database, (bucket) => {
        bucket.fillPercent = fill;
        for (let i = 0; i < 5000; i++) bucket.put(numbered(i), bytes('x'.repeat(73)));
      });
      return database.meta.highWater;
    });
    // 5000 elements of 16 + 11 + 73 bytes: 20 and 36 a page.
    expect(sizes[0]).toBeGreaterThanOrEqual(250);
    expect(sizes[0]).toBeLessThan(262);
    expect(sizes[1]).toBeGreaterThanOrEqual(139);
    expect(sizes[1]).toBeLessThan(148);
  });

  it('follow one another when a value is larger than one, and are used again when it goes', () => {
    const bench = new StorageBench();
    const database = bench.database();
    const large = 'y'.repeat(20_000);
    commit(bench, database, (bucket) => bucket.put(text('large'), bytes(large)));
    expect(contentOfFile(bench.file())).toEqual(['bucket/ sequence 0', `bucket/large=${large}`]);
    commit(bench, database, (bucket) => bucket.delete(text('large')));
    commit(bench, database, (bucket) => bucket.put(text('small'), bytes('1')));
    expect(database.freePages).toBeGreaterThanOrEqual(5);
    const { highWater } = database.meta;
    commit(bench, database, (bucket) => bucket.put(text('again'), bytes(large)));
    expect(database.meta.highWater).toBe(highWater);
  });

  it('merge when keys go, down to an inline bucket', () => {
    const bench = new StorageBench();
    const database = bench.database();
    const inUse = () => database.meta.highWater - database.freePages;
    commit(bench, database, (bucket) => {
      for (let i = 0; i < 20_000; i++) bucket.put(numbered(i), bytes('value'));
    });
    const full = inUse();
    commit(bench, database, (bucket) => {
      for (let i = 0; i < 20_000; i++) if (i % 20 !== 0) bucket.delete(numbered(i));
    });
    commit(bench, database, (bucket) => bucket.put(text('z'), bytes('')));
    expect(inUse()).toBeLessThan(full / 4);
    commit(bench, database, (bucket) => {
      for (let i = 20; i < 20_000; i += 20) bucket.delete(numbered(i));
    });
    commit(bench, database, (bucket) => bucket.put(text('z'), bytes('1')));
    expect(contentOfFile(bench.file())).toEqual([
      'bucket/ sequence 0',
      'bucket/key00000000=value',
      'bucket/z=1',
    ]);
    // Two metas, the root with the inline bucket, and what the last commit gave up.
    expect(inUse()).toBeLessThanOrEqual(4);
  });

  it('a bucket moves out of its parent when it grows and back when it shrinks', () => {
    const bench = new StorageBench();
    const database = bench.database();
    const sizes: number[] = [];
    for (const count of [1, 200, 0]) {
      commit(bench, database, (bucket) => {
        for (let i = 0; i < 200; i++) {
          if (i < count) bucket.put(numbered(i), bytes('0123456789'));
          else bucket.delete(numbered(i));
        }
      });
      const transaction = database.read();
      sizes.push(transaction.root.cursor().first() ? rootValueSize(transaction.root) : -1);
      transaction.end();
    }
    // The header of 16 bytes alone; inline with a page header, and an element in the first.
    expect(sizes).toEqual([16 + 16 + 16 + 11 + 10, 16, 16 + 16]);
  });
});

function rootValueSize(root: { cursor(): { first(): boolean; value: Uint8Array } }): number {
  const cursor = root.cursor();
  return cursor.first() ? cursor.value.length : -1;
}

describe('buckets', () => {
  it('nest, keep sequences, and are there when empty', () => {
    const bench = new StorageBench();
    const database = bench.database();
    commit(bench, database, (bucket) => {
      bucket.createBucket(text('empty'));
      const inner = bucket.createBucket(text('inner'));
      inner.setSequence(7);
      for (let i = 0; i < 500; i++) inner.put(numbered(i), bytes(`${i}`));
      inner.createBucket(text('third')).put(text('a'), bytes('b'));
      bucket.put(text('plain'), bytes('value'));
    });
    const again = new StorageBench();
    again.install(bench.file());
    const reopened = again.database();
    const transaction = reopened.read();
    const lines = contentOf(transaction.root);
    expect(lines).toHaveLength(506);
    expect(lines).toContain('bucket/empty/ sequence 0');
    expect(lines).toContain('bucket/inner/ sequence 7');
    expect(lines).toContain('bucket/inner/key00000499=499');
    expect(lines).toContain('bucket/inner/third/a=b');
    expect(transaction.root.bucket(bucketName)?.get(text('inner'))).toBeUndefined();
    expect(transaction.root.bucket(bucketName)?.bucket(text('plain'))).toBeUndefined();
    transaction.end();
  });

  it('a bucket is not overwritten by a key, nor a key by a bucket', () => {
    const bench = new StorageBench();
    const transaction = bench.database().write();
    const bucket = bucketIn(transaction);
    expect(() => transaction.root.put(bucketName, bytes(''))).toThrow(/is a bucket/);
    expect(() => transaction.root.delete(bucketName)).toThrow(/is a bucket/);
    bucket.put(text('key'), bytes(''));
    expect(() => bucket.createBucket(text('key'))).toThrow(/exists/);
    expect(() => bucket.put(text(''), bytes(''))).toThrow(/at least one byte/);
  });
});

// Keys of several lengths around common prefixes; values from empty to several pages.
const anyKey = fc.oneof(
  fc.integer({ min: 0, max: 400 }).map((i) => numbered(i)),
  fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 }).map((key) => text(key)),
  fc.integer({ min: 1, max: 700 }).map((length) => text('long'.repeat(length))),
);
const anyValue = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 2, arbitrary: fc.integer({ min: 300, max: 1500 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4000, max: 13_000 }) },
);
const anyChange = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant('put' as const), anyKey, anyValue) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('delete' as const), anyKey, fc.constant(0)) },
  // Runs of keys make trees of several levels, their deletion makes merges.
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant('fill' as const),
      fc.nat(400).map((i) => numbered(i)),
      anyValue,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant('clear' as const),
      fc.nat(400).map((i) => numbered(i)),
      fc.constant(0),
    ),
  },
);
type Change = readonly ['put' | 'delete' | 'fill' | 'clear', ByteString, number];

function applyChange(bucket: WriteBucket, model: Map<ByteString, string>, change: Change): void {
  const [kind, key, size] = change;
  const first = kind === 'fill' || kind === 'clear' ? Number(key.slice(3)) : 0;
  const keys =
    kind === 'put' || kind === 'delete' ? [key] : Array.from({ length: 60 }, (_, i) => numbered(first + i));
  for (const each of keys) {
    if (kind === 'put' || kind === 'fill') {
      const value = String.fromCharCode(97 + (each.length % 26)).repeat(kind === 'fill' ? size % 200 : size);
      bucket.put(each, bytes(value));
      model.set(each, value);
    } else {
      expect(bucket.delete(each)).toBe(model.delete(each));
    }
  }
}

function sortedPairs(model: ReadonlyMap<ByteString, string>): [ByteString, string][] {
  return [...model].sort(([a], [b]) => compareStrings(a, b));
}

/** Walks forward, backward, and seeks around a probe. */
function expectSame(
  bucket: { cursor(): ReturnType<WriteBucket['cursor']>; get(key: ByteString): Uint8Array | undefined },
  model: ReadonlyMap<ByteString, string>,
  probe: ByteString,
): void {
  const wanted = sortedPairs(model);
  const cursor = bucket.cursor();
  const forward: [ByteString, string][] = [];
  for (let found = cursor.first(); found; found = cursor.next())
    forward.push([cursor.key, fromBytes(cursor.value)]);
  expect(forward).toEqual(wanted);
  const backward: ByteString[] = [];
  for (let found = cursor.last(); found; found = cursor.previous()) backward.push(cursor.key);
  expect(backward.reverse()).toEqual(wanted.map(([key]) => key));
  const index = wanted.findIndex(([key]) => key >= probe);
  expect(cursor.seek(probe) ? cursor.key : undefined).toBe(wanted[index]?.[0]);
  if (index > 0 && cursor.previous()) expect(cursor.key).toBe(wanted[index - 1]?.[0]);
  const value = bucket.get(probe);
  expect(value === undefined ? undefined : fromBytes(value)).toBe(model.get(probe));
}

it('a tree holds what a sorted map holds, before and after commits and restarts, and no page is lost', () => {
  const seen = { reused: 0, levels: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.array(anyChange, { maxLength: 25, size: 'max' }), { maxLength: 8 }),
      anyKey,
      (rounds, probe) => {
        const bench = new StorageBench();
        let database = bench.database();
        const model = new Map<ByteString, string>();
        for (const [round, changes] of rounds.entries()) {
          const before = database.freePages;
          commit(bench, database, (bucket) => {
            for (const change of changes) applyChange(bucket, model, change);
            expectSame(bucket, model, probe);
          });
          if (database.freePages < before) seen.reused++;
          const transaction = database.read();
          const committed = transaction.root.bucket(bucketName);
          if (committed !== undefined) expectSame(committed, model, probe);
          if (model.size > 200) seen.levels++;
          transaction.end();
          if (round % 3 === 2) database = bench.database();
        }
      },
    ),
    { numRuns: 40 },
  );
  expect(seen.reused).toBeGreaterThan(10);
  expect(seen.levels).toBeGreaterThan(10);
});
