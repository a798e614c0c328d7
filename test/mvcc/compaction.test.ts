import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../core/base/assert.ts';
import { Buckets, ConsistentIndex } from '../../core/backend/index.ts';
import { compactionBatchLimit, compactionHashesKept } from '../../core/limits.ts';
import { checkRevision, keyRange, MvccStore, revisionKey } from '../../core/mvcc/index.ts';
import { StorageBench } from '../backend/support.ts';
import { compactAll, everything, newStore, put, remove, StoreBench, text } from './support.ts';

/** Such as `2 3 x5`: what is stored, x for a tombstone. */
function stored(bench: StoreBench): string {
  const words: string[] = [];
  bench.visitRecords(({ revision, tombstone }) => words.push(`${tombstone ? 'x' : ''}${revision.main}`));
  return words.join(' ');
}

/** a at 2 and 3, b at 4, a deleted at 5, c at 6, b at 7. */
function filled(): StoreBench {
  const bench = new StoreBench();
  for (const key of ['a', 'a', 'b']) put(bench.store, key);
  remove(bench.store, 'a');
  for (const key of ['c', 'b']) put(bench.store, key);
  return bench;
}

describe('which compactions are refused', () => {
  it('one at or below the last: compacted; one above the newest revision: future', () => {
    const { store } = filled();
    expect(store.compact(8)).toBe('future');
    expect(store.compact(4)).toBeNull();
    expect([3, 4].map((revision) => store.compact(revision))).toEqual(['compacted', 'compacted']);
    expect(store.compact(7)).toBeNull();
    expect(store.compactRevision).toBe(7);
  });

  it('0 is accepted once, as a real etcd does, and negative ones never', () => {
    const { store } = filled();
    expect([-5, -1, 0, 0].map((revision) => store.compact(revision))).toEqual([
      'compacted',
      'compacted',
      null,
      'compacted',
    ]);
  });

  it('and they change nothing', () => {
    const bench = filled();
    bench.save();
    bench.store.compact(99);
    expect(bench.backend.settled).toBe(true);
    expect(bench.store.compacting).toBe(false);
    expect(bench.store.compactRevision).toBe(-1);
  });
});

describe('reads after a compaction', () => {
  it('fail only below it, from the moment it is asked for', () => {
    const { store } = filled();
    store.compact(5);
    expect([4, 5, 6].map((revision) => checkRevision(store, revision))).toEqual(['compacted', null, null]);
    expect(store.range(everything, { revision: 5 }).kvs.map(({ key }) => key)).toEqual(['b']);
    expect(() => store.range(everything, { revision: 4 })).toThrow(AssertionError);
    expect(() => store.visitChanges(4, 9, () => true)).toThrow(AssertionError);
    expect(store.pairAt(text('a'), 4)).toBeUndefined();
    expect(store.pairAt(text('b'), 5)).toMatchObject({ mod_revision: 4 });
  });

  it('see versions and creation as if nothing had been removed', () => {
    const { store } = filled();
    store.compact(7);
    compactAll(store);
    put(store, 'b');
    put(store, 'a');
    expect(store.range(everything).kvs).toMatchObject([
      { key: 'a', create_revision: 9, version: 1 },
      { key: 'b', create_revision: 4, version: 3 },
      { key: 'c', create_revision: 6, version: 1 },
    ]);
  });
});

describe('what a compaction removes', () => {
  it.each([
    [2, '2 3 4 x5 6 7'],
    [3, '3 4 x5 6 7'],
    [4, '3 4 x5 6 7'],
    // A tombstone at the compacted revision stays, since a watch from there is legal; an older one goes.
    [5, '4 x5 6 7'],
    [6, '4 6 7'],
    [7, '6 7'],
  ])('at revision %i: %s stays', (revision, left) => {
    const bench = filled();
    bench.store.compact(revision);
    expect(stored(bench)).toBe('2 3 4 x5 6 7');
    compactAll(bench.store);
    expect(stored(bench)).toBe(left);
    bench.reopen();
    expect(stored(bench)).toBe(left);
  });

  it('a tombstone that stayed goes with the next one, and its key leaves the store', () => {
    const bench = filled();
    bench.store.compact(5);
    compactAll(bench.store);
    bench.store.compact(6);
    compactAll(bench.store);
    expect(stored(bench)).toBe('4 6 7');
    expect(bench.store.range(keyRange(text('a'))).count).toBe(0);
    expect(put(bench.store, 'a')).toBe(8);
    expect(bench.store.range(keyRange(text('a'))).kvs[0]).toMatchObject({ version: 1 });
  });

  it('does not change the digest', () => {
    const { store } = filled();
    const { digest } = store;
    store.compact(7);
    compactAll(store);
    expect(store.digest).toBe(digest);
  });
});

describe('how it goes on', () => {
  const puts = 3 * compactionBatchLimit;

  it('in steps of 1000 stored revisions, in the order in which compactions were asked for', () => {
    const bench = new StoreBench();
    const { store } = bench;
    const txn = store.write();
    for (let i = 0; i < puts; i++) txn.put(text('k'), text(''));
    txn.end();
    put(store, 'k');
    put(store, 'k');
    store.compact(3);
    store.compact(4);
    const left: number[] = [];
    const finished: number[] = [];
    for (let more = true; more;) {
      more = store.compactStep();
      left.push(stored(bench).split(' ').length);
      finished.push(store.finishedCompactRevision);
    }
    expect(left).toEqual([puts - 998, puts - 1998, 2, 2, 1]);
    expect(finished).toEqual([-1, -1, -1, 3, 4]);
    expect(store.compacting).toBe(false);
    expect(store.compactStep()).toBe(false);
  });

  it('the request is forced to the disk at once, with the position in the log', () => {
    const bench = new StorageBench();
    const index = new ConsistentIndex();
    let backend = bench.backend(index);
    const store = MvccStore.open(backend);
    index.stage({ index: 7, term: 2 });
    put(store, 'a');
    index.stage({ index: 8, term: 2 });
    expect(store.compact(2)).toBeNull();
    bench.settle();
    bench.crash('drop');
    backend = bench.backend();
    const again = new ConsistentIndex();
    again.load(backend.read());
    expect(again.position).toEqual({ index: 8, term: 2 });
    expect(MvccStore.open(backend).compactRevision).toBe(2);
  });

  it('a step does not move the position in the log: no entry asked for it', () => {
    const index = new ConsistentIndex();
    const backend = new StorageBench().backend(index);
    const store = MvccStore.open(backend);
    put(store, 'a');
    store.compact(2);
    index.stage({ index: 9, term: 2 });
    compactAll(store);
    expect(index.position).toEqual({ index: 0, term: 0 });
  });

  it('saves the end together with the last removals', () => {
    const bench = filled();
    bench.store.compact(7);
    bench.save();
    bench.store.compactStep();
    const seen = { left: stored(bench), finished: bench.store.finishedCompactRevision };
    expect(seen).toEqual({ left: '6 7', finished: 7 });
    // Both are in the batch that is lost, so both are undone.
    bench.crash('drop');
    expect(stored(bench)).toBe('2 3 4 x5 6 7');
    expect([bench.store.finishedCompactRevision, bench.store.compactRevision]).toEqual([-1, 7]);
    expect(bench.store.compacting).toBe(true);
  });

  it('writes both revisions as etcd does', () => {
    const bench = filled();
    bench.store.compact(6);
    compactAll(bench.store);
    const view = bench.backend.read();
    for (const key of ['scheduledCompactRev', 'finishedCompactRev']) {
      const bytes = view.get(Buckets.meta, text(key)) ?? new Uint8Array(0);
      expect(String.fromCharCode(...bytes)).toBe(revisionKey({ main: 6, sub: 0 }));
    }
    view.end();
  });
});

describe('hashes of compactions', () => {
  it('are what HashKV said just before, the latest ten', () => {
    const store = newStore();
    const wanted: unknown[] = [];
    for (let round = 0; round < compactionHashesKept + 3; round++) {
      for (const key of ['a', 'b', 'a', 'c']) put(store, key, `${round}`);
      if (round % 3 === 1) remove(store, 'a');
      // Every key is gone: what the compaction before left counts then.
      if (round % 5 === 4) for (const key of ['a', 'b', 'c']) remove(store, key);
      wanted.push(store.hashKv());
      expect(store.compact(store.currentRevision)).toBeNull();
      while (store.compactStep(3));
    }
    expect(store.compactionHashes).toEqual(wanted.slice(-compactionHashesKept));
  });

  it('leave out a tombstone at the compaction before, even if no key is left', () => {
    const { store } = filled();
    const hashes: unknown[] = [];
    for (const key of ['b', 'c']) {
      put(store, key);
      for (const one of ['b', 'c']) remove(store, one);
      hashes.push(store.hashKv());
      store.compact(store.currentRevision);
      compactAll(store);
    }
    expect(store.compactionHashes).toEqual(hashes);
  });

  it('are left out after a restart in between, because what was removed is not hashed', () => {
    const bench = filled();
    bench.store.compact(7);
    bench.store.compactStep(2);
    const store = bench.reopen();
    compactAll(store);
    expect(store.compactionHashes).toEqual([]);
    put(store, 'b');
    store.compact(8);
    compactAll(store);
    expect(store.compactionHashes).toMatchObject([{ compactRevision: 7, revision: 8 }]);
  });
});
