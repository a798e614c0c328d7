import { fromText } from '../../core/base/bytes.ts';
import type { ByteString } from '../../core/base/bytes.ts';
import { MvccStore } from '../../core/mvcc/index.ts';
import { decodeRaftRequest, encodeRaftRequest } from '../../core/server/api/index.ts';
import type { ClientRequest } from '../../core/server/api/index.ts';
import { applyRequest } from '../../core/server/apply/index.ts';

interface Measure {
  name: string;
  unit: string;
  value: number;
}

const keyCount = 10_000;
const operations = 200_000;
const rangeKeys = 100;
const value = fromText('v'.repeat(100));
const keys = Array.from({ length: keyCount }, (_, i) => fromText(`key/${String(i).padStart(6, '0')}`));

/** Not in key order, so that the index is not filled from one end. 7919 is prime and so visits every key. */
function keyAt(i: number): ByteString {
  return keys[(i * 7919) % keyCount] as ByteString;
}

function put(i: number): ClientRequest {
  return { kind: 'put', put: { key: keyAt(i), value } };
}

function range(i: number): ClientRequest {
  const start = (i * 7919) % (keyCount - rangeKeys);
  const [key, range_end] = [keys[start] as ByteString, keys[start + rangeKeys] as ByteString];
  return { kind: 'range', range: { key, range_end } };
}

/** Compare-and-swap on the value's presence, as locks and counters do it. */
function compareAndSwap(i: number): ClientRequest {
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

/** One member's state machine without log, disk and network: 10,000 keys with values of 100 bytes. */
export function benchMvcc(): Measure[] {
  const store = new MvccStore();
  const apply = (make: (i: number) => ClientRequest) => (i: number) => void applyRequest(store, make(i));
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
    { name: 'mvcc puts', unit: 'puts/s', value: puts },
    { name: 'mvcc gets', unit: 'ranges/s', value: gets },
    { name: `mvcc ranges of ${rangeKeys} keys`, unit: 'ranges/s', value: ranges },
    { name: 'mvcc compare-and-swap txns', unit: 'txns/s', value: txns },
    { name: 'put entries encoded and decoded', unit: 'entries/s', value: codec },
  ];
}
