import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../core/base/assert.ts';
import { fromText } from '../../core/base/bytes.ts';
import { checkRevision, keyRange } from '../../core/mvcc/index.ts';
import { everything, newStore, put, remove } from './support.ts';

describe('mvcc store', () => {
  it('starts at revision 1 with compact revision -1', () => {
    const store = newStore();
    expect(store.currentRevision).toBe(1);
    expect(store.compactRevision).toBe(-1);
    expect(put(store, 'a', '1')).toBe(2);
  });

  it('does not bump the revision for an empty transaction or a delete of a missing key', () => {
    const store = newStore();
    expect(store.write().end()).toBe(1);
    expect(remove(store, 'a')).toBe(1);
    put(store, 'a', '1');
    expect(remove(store, 'a')).toBe(3);
    expect(remove(store, 'a')).toBe(3);
    expect(store.currentRevision).toBe(3);
  });

  it('numbers the changes of a transaction from sub 0', () => {
    const store = newStore();
    put(store, 'b', '1');
    const txn = store.write();
    txn.put(fromText('a'), fromText('1'));
    txn.put(fromText('c'), fromText('1'));
    txn.deleteRange(everything);
    txn.end();
    const changes = txn.changes.map(({ revision, tombstone, kv }) => [revision, tombstone, kv.key]);
    expect(changes).toEqual([
      [{ main: 3, sub: 0 }, false, 'a'],
      [{ main: 3, sub: 1 }, false, 'c'],
      [{ main: 3, sub: 2 }, true, 'a'],
      [{ main: 3, sub: 3 }, true, 'b'],
      [{ main: 3, sub: 4 }, true, 'c'],
    ]);
  });

  it('shows a write transaction its own changes at main + 1 after the first', () => {
    const store = newStore();
    put(store, 'a', '1');
    const txn = store.write();
    expect(txn.currentRevision).toBe(2);
    expect(txn.range(everything)).toMatchObject({ revision: 2, count: 1 });
    txn.put(fromText('b'), fromText('1'));
    expect(txn.currentRevision).toBe(3);
    expect(txn.range(everything)).toMatchObject({ revision: 3, count: 2 });
    expect(txn.range(everything, { revision: 2 })).toMatchObject({ revision: 3, count: 1 });
    txn.end();
  });

  it('stores the key alone in a tombstone', () => {
    const store = newStore();
    put(store, 'a', '1');
    const txn = store.write();
    txn.deleteRange(keyRange(fromText('a')));
    txn.end();
    expect(txn.changes[0]?.kv).toEqual({
      key: 'a',
      create_revision: 0,
      mod_revision: 0,
      version: 0,
      value: '',
      lease: 0n,
    });
  });

  it('detaches a key from its lease by a put without one', () => {
    const store = newStore();
    for (const lease of [7n, 0n]) {
      const txn = store.write();
      txn.put(fromText('a'), fromText('1'), lease);
      txn.end();
      expect(store.range(everything).kvs[0]?.lease).toBe(lease);
    }
  });

  it('says which revisions can be read', () => {
    const view = {
      currentRevision: 9,
      compactRevision: 5,
      range: () => ({ kvs: [], count: 0, revision: 9 }),
    };
    const answers = [-7, 0, 1, 4, 5, 9, 10].map((revision) => checkRevision(view, revision));
    expect(answers).toEqual([null, null, 'compacted', 'compacted', null, null, 'future']);
  });

  it('stops on misuse: two write transactions, use after end, reads beside an open one', () => {
    const store = newStore();
    const txn = store.write();
    expect(() => store.write()).toThrow(AssertionError);
    expect(() => store.range(everything)).toThrow(AssertionError);
    txn.end();
    expect(() => txn.put(fromText('a'), fromText('1'))).toThrow(AssertionError);
    expect(() => txn.end()).toThrow(AssertionError);
    expect(() => store.range(everything, { revision: 2 })).toThrow(AssertionError);
  });
});

describe('HashKV', () => {
  it('equals what a real etcd 3.4 said, empty and after a put, a delete and a put', () => {
    const store = newStore();
    expect(store.hashKv().hash).toBe(1084519789);
    put(store, 'foo', 'bar');
    remove(store, 'foo');
    put(store, 'foo', 'baz');
    expect(store.hashKv().hash).toBe(2127355540);
  });

  it('covers what is stored up to the revision, tombstones included', () => {
    const store = newStore();
    put(store, 'a', '1');
    const before = store.hashKv().hash;
    remove(store, 'a');
    expect(store.hashKv().hash).not.toBe(before);
    expect(store.hashKv(2).hash).toBe(before);
    expect(store.hashKv(1).hash).toBe(newStore().hashKv().hash);
  });
});
