import { describe, expect, it } from 'vitest';
import { noLease, type KeyValue } from '../../core/mvcc/index.ts';
import { addPut, newKeyIndex } from '../../core/mvcc/key_index.ts';
import { PairCache } from '../../core/mvcc/pair_cache.ts';
import { everything, put, StoreBench, text } from './support.ts';

/** A pair that takes 200 bytes. */
function pair(mod_revision: number, key = 'k'): KeyValue {
  const value = text('v'.repeat(99));
  return { key: text(key), create_revision: 2, mod_revision, version: 1, value, lease: noLease };
}

const at = (main: number): { main: number; sub: number } => ({ main, sub: 0 });

describe('pair cache', () => {
  it('has the newest pair of a key that was given to it, for its revision alone', () => {
    const cache = new PairCache(1000);
    const index = newKeyIndex();
    expect(cache.get(index, at(2))).toBeUndefined();
    cache.set(index, pair(3));
    expect(cache.get(index, at(3))).toEqual(pair(3));
    cache.set(index, pair(2));
    expect(cache.get(index, at(2))).toBeUndefined();
    expect(cache.get(index, at(3))).toEqual(pair(3));
    cache.set(index, pair(4));
    expect(cache.get(index, at(3))).toBeUndefined();
  });

  it('drops the keys that came first, as many as are over the bound', () => {
    const cache = new PairCache(1000);
    const indexes = Array.from({ length: 40 }, () => newKeyIndex());
    for (const [position, index] of indexes.entries()) {
      addPut(index, at(2));
      cache.set(index, pair(2));
      // Again, as after another write: it does not count twice.
      cache.set(index, pair(3));
      const held = indexes.filter(({ cached }) => cached !== null);
      expect(held).toEqual(indexes.slice(Math.max(0, position - 4), position + 1));
    }
  });

  it('keeps nothing that is larger than its bound', () => {
    const cache = new PairCache(100);
    const index = newKeyIndex();
    cache.set(index, pair(2));
    expect(index.cached).toBeNull();
  });

  it('makes no difference to what is read', () => {
    const bench = new StoreBench();
    for (let i = 0; i < 50; i++) put(bench.store, `k${i % 7}`, `value ${i}`, BigInt(i % 3));
    const read = (): unknown[] =>
      Array.from({ length: 51 }, (_, i) => bench.store.range(everything, { revision: i + 1 }).kvs);
    const written = read();
    bench.reopen();
    expect(read()).toEqual(written);
    expect(read()).toEqual(written);
    expect(bench.backend.openReaders).toBe(0);
  });
});
