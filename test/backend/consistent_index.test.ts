import { describe, expect, it } from 'vitest';
import { Buckets, ConsistentIndex, readDatabase, type Backend } from '../../core/backend/index.ts';
import { bytes, numbered, StorageBench, text } from './support.ts';

const { key: keyBucket, meta } = Buckets;

function opened() {
  const bench = new StorageBench();
  const index = new ConsistentIndex();
  const backend = bench.backend(index);
  bench.settle();
  backend.lock().createBucket(keyBucket);
  backend.unlock();
  return { bench, index, backend };
}

function apply(backend: Backend, index: ConsistentIndex, at: number): void {
  index.stage({ index: at, term: 3 });
  backend.lockForApply().put(keyBucket, numbered(at), bytes('x'));
  backend.unlock();
}

/** Index, term, and the number of entries whose data is there, as a restart after this moment would find them. */
function found(bench: StorageBench): [number, number, number] {
  const index = new ConsistentIndex();
  const again = new StorageBench();
  again.install(bench.file());
  const backend = again.backend();
  const view = backend.read();
  index.load(view);
  let entries = 0;
  view.visit(keyBucket, text(''), undefined, () => ++entries > 0);
  view.end();
  return [index.position.index, index.position.term, entries];
}

describe('the consistent index', () => {
  it('is saved with the data, in the format of etcd', () => {
    const { bench, index, backend } = opened();
    apply(backend, index, 1);
    apply(backend, index, 2);
    backend.onInterval();
    bench.settle();
    expect(found(bench)).toEqual([2, 3, 2]);
    const stored = readDatabase(bench.file()).root.bucket(meta);
    expect(stored?.get(text('consistent_index'))).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2));
    expect(stored?.get(text('term'))).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 3));
  });

  // etcd 13766: the index was counted before the apply held the batch lock; a commit in between saved it without the data.
  it('of an entry whose apply has not begun is not saved', () => {
    const { bench, index, backend } = opened();
    apply(backend, index, 1);
    index.stage({ index: 2, term: 3 });
    // Something else writes and is committed in between.
    backend.lock().put(keyBucket, text('other'), bytes(''));
    backend.unlock();
    backend.commit();
    bench.settle();
    expect(found(bench)).toEqual([1, 3, 2]);
    backend.lockForApply().put(keyBucket, numbered(2), bytes('x'));
    backend.unlock();
    backend.commit();
    bench.settle();
    expect(found(bench)).toEqual([2, 3, 3]);
  });

  // etcd 14685: a defragmentation committed the data without the index, and a restart applied the entries twice.
  it('is saved on every way a commit comes about', () => {
    const ways: readonly ((backend: Backend) => void)[] = [
      (backend) => backend.onInterval(),
      (backend) => backend.commit(),
      (backend) => backend.commit(50),
      (backend) => backend.defragment(),
    ];
    for (const way of ways) {
      const { bench, index, backend } = opened();
      for (let at = 1; at <= 5; at++) {
        apply(backend, index, at);
        way(backend);
        apply(backend, index, ++at);
        for (let step = 0; step < 8; step++) {
          const now = found(bench);
          expect(now[2]).toBe(now[0]);
          bench.settle(1);
        }
      }
      backend.commit();
      bench.settle();
      expect(found(bench)).toEqual([6, 3, 6]);
    }
  });

  it('goes with a snapshot, and a commit is forced for it alone', () => {
    const { bench, index, backend } = opened();
    apply(backend, index, 1);
    const again = new StorageBench();
    again.install(backend.snapshot());
    expect(found(again)).toEqual([1, 3, 1]);
    backend.commit();
    bench.settle();
    // An entry that writes nothing.
    index.stage({ index: 2, term: 4 });
    backend.lockForApply();
    backend.unlock();
    backend.onInterval();
    bench.settle();
    expect(found(bench)).toEqual([1, 3, 1]);
    backend.commit();
    bench.settle();
    expect(found(bench)).toEqual([2, 4, 1]);
  });

  it('of 0 is never saved, and none goes back', () => {
    const { bench, index, backend } = opened();
    backend.lock().put(keyBucket, text('other'), bytes(''));
    backend.unlock();
    backend.commit();
    bench.settle();
    expect(readDatabase(bench.file()).root.bucket(meta)).toBeUndefined();
    index.stage({ index: 5, term: 1 });
    expect(() => index.stage({ index: 4, term: 1 })).toThrow(/ascend/);
  });
});
