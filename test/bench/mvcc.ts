import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fromText } from '../../core/base/bytes.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import { Backend } from '../../core/backend/index.ts';
import { keyRange, MvccStore } from '../../core/mvcc/index.ts';
import { decodeRaftRequest, encodeRaftRequest } from '../../core/server/api/index.ts';
import type { RequestOp } from '../../core/server/api/index.ts';
import { applyRequest } from '../../core/server/apply/index.ts';
import type { Figure } from './measure.ts';
import { MemoryDisk } from './memory_disk.ts';

const keyCount = 10_000;
const operations = 200_000;
const rangeKeys = 100;
const value = fromText('v'.repeat(100));
const keys = Array.from({ length: keyCount }, (_, i) => fromText(`key/${String(i).padStart(6, '0')}`));

/** Not in key order, so that the index is not filled from one end. 7919 is prime and so visits every key. */
function keyAt(i: number): ByteString {
  return keys[(i * 7919) % keyCount] as ByteString;
}

function put(i: number): RequestOp {
  return { kind: 'put', put: { key: keyAt(i), value } };
}

function range(i: number): RequestOp {
  const start = (i * 7919) % (keyCount - rangeKeys);
  const [key, range_end] = [keys[start] as ByteString, keys[start + rangeKeys] as ByteString];
  return { kind: 'range', range: { key, range_end } };
}

/** Compare-and-swap on the value's presence, as locks and counters do it. */
function compareAndSwap(i: number): RequestOp {
  const key = keyAt(i);
  return {
    kind: 'txn',
    txn: {
      compare: [{ target: 'VERSION', result: 'GREATER', key, version: 0 }],
      success: [{ kind: 'put', put: { key, value } }],
      failure: [{ kind: 'range', range: { key } }],
    },
  };
}

function rate(count: number, once: (i: number) => void): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) once(i);
  return Math.round((count * 1000) / (performance.now() - start));
}

/** A store whose backend commits every 2000 writes, about as often as a busy member's. */
class Bench {
  readonly disk = new MemoryDisk();
  backend = this.open();
  store = MvccStore.open(this.backend);
  private writes = 0;

  private open(): Backend {
    const backend = Backend.open(this.disk, 'db', { stepToken: 1 });
    this.disk.settle(backend);
    return backend;
  }

  apply(request: RequestOp): void {
    applyRequest(this.store, request);
    if (++this.writes % 2000 === 0) this.save();
  }

  save(): void {
    this.backend.onInterval();
    this.disk.settle(this.backend);
  }

  /** Seconds that the store takes; the backend has read its file before. */
  reopen(): number {
    this.save();
    this.backend = this.open();
    return seconds(() => (this.store = MvccStore.open(this.backend)));
  }
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** One member's state machine without log, disk and network: 10,000 keys with values of 100 bytes. */
function benchApply(): Figure[] {
  const bench = new Bench();
  const apply = (make: (i: number) => RequestOp) => (i: number) => bench.apply(make(i));
  const puts = rate(operations, apply(put));
  const gets = rate(
    operations,
    apply((i) => ({ kind: 'range', range: { key: keyAt(i) } })),
  );
  const ranges = rate(operations / rangeKeys, apply(range));
  const txns = rate(operations, apply(compareAndSwap));
  const codec = rate(operations, (i) => {
    decodeRaftRequest(encodeRaftRequest({ header: { ID: i + 1 }, request: put(i) }));
  });
  return [
    { name: 'puts', unit: 'puts/s', value: puts },
    { name: 'gets', unit: 'ranges/s', value: gets },
    { name: `ranges of ${rangeKeys} keys`, unit: 'ranges/s', value: ranges },
    { name: 'compare-and-swap txns', unit: 'txns/s', value: txns },
    { name: 'put entries encoded and decoded', unit: 'entries/s', value: codec },
  ];
}

const manyKeys = 1_000_000;
const spanKeys = 100_000;

/** Not in key order either; the prime visits every key. */
function manyKeyAt(i: number): ByteString {
  return fromText(`key/${String((i * 7919) % manyKeys).padStart(8, '0')}`);
}

function putMany(bench: Bench): number {
  return seconds(() => {
    for (let i = 0; i < manyKeys; i++) bench.apply({ kind: 'put', put: { key: manyKeyAt(i), value } });
  });
}

/** Bytes on the heap after a full collection. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** A million keys, each put twice; the first put of each is then compacted away. */
function benchMany(): Figure[] {
  const bench = new Bench();
  putMany(bench);
  // An empty one, so that the keys of the old are not counted.
  bench.store = new Bench().store;
  const before = heapBytes();
  const restored = bench.reopen();
  const bytes = (heapBytes() - before) / manyKeys;
  const span = keyRange(fromText('key/00000000'), fromText(`key/${String(spanKeys).padStart(8, '0')}`));
  const cold = seconds(() => bench.store.range(span));
  const warm = seconds(() => bench.store.range(span));
  const hash = seconds(() => bench.store.hashKv());
  const puts = putMany(bench);
  bench.store.compact(bench.store.currentRevision);
  let longest = 0;
  const compacted = seconds(() => {
    for (;;) {
      let more = false;
      const step = seconds(() => (more = bench.store.compactStep()));
      longest = Math.max(longest, step);
      bench.save();
      if (!more) return;
    }
  });
  return [
    { name: 'puts on 1,000,000 keys', unit: 'puts/s', value: manyKeys / puts },
    { name: 'open 1,000,000 keys', unit: 's', value: restored },
    { name: 'heap per key, with up to 64 MiB of cached pairs', unit: 'bytes', value: bytes },
    { name: 'range of 100,000 keys, first time', unit: 'ms', value: cold * 1000 },
    { name: 'range of 100,000 keys, again', unit: 'ms', value: warm * 1000 },
    { name: 'HashKV over 1,000,000 revisions', unit: 's', value: hash },
    { name: 'compaction that removes 1,000,000 of 2,000,000 revisions', unit: 's', value: compacted },
    { name: 'its longest step (the first, which compacts the index)', unit: 's', value: longest },
  ];
}

export function benchMvcc(): Figure[] {
  return [...benchApply(), ...benchMany()];
}
