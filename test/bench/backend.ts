import { Backend, Buckets } from '../../core/backend/index.ts';
import { fromBytes } from '../../core/base/bytes.ts';
import { encodeRevision } from '../../core/mvcc/revision.ts';
import { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { RandomStream } from '../../sim/random.ts';
import { BenchHost } from './bench_host.ts';
import { fastestSeconds, type Figure } from './measure.ts';

const batch = 10_000;
const puts = 200_000;
const rangeKeys = 100_000;
const valueBytes = 128;
const stepToken = 1;

interface Store {
  readonly disk: VirtualDisk;
  readonly backend: Backend;
  settle(): void;
}

function opened(): Store {
  const host = new BenchHost();
  const disk = new VirtualDisk(host, { syncMinNs: 1, syncMeanNs: 0 }, new RandomStream('bench'));
  const backend = Backend.open(disk, 'db', { stepToken });
  const settle = (): void => {
    for (let id = host.due.shift(); id !== undefined; id = host.due.shift()) {
      const completion = disk.completeSync(id);
      if (completion !== null) backend.onDisk(completion.token);
    }
  };
  settle();
  backend.lock().createBucket(Buckets.key);
  backend.unlock();
  return { disk, backend, settle };
}

/** Revisions as the key bucket has them: each put is a lock of its own; every `batch` of them are committed. */
function filled(count: number): Store {
  const store = opened();
  const value = new Uint8Array(valueBytes).fill(7);
  for (let main = 2; main < count + 2; main++) {
    const tx = store.backend.lockForApply();
    tx.putSequential(Buckets.key, fromBytes(encodeRevision({ main, sub: 0 }, false)), value);
    store.backend.unlock();
    if (main % 1000 === 0) store.settle();
  }
  store.backend.commit();
  store.settle();
  return store;
}

function countedRange(backend: Backend): number {
  const view = backend.read();
  let bytes = 0;
  view.visit(Buckets.key, fromBytes(new Uint8Array(1)), undefined, (key, value) => {
    bytes += key.length + value.length;
    return true;
  });
  view.end();
  return bytes;
}

/** Puts in batches through the virtual disk, a range over all keys, and a start from the file. */
export function benchBackend(): Figure[] {
  const putSeconds = fastestSeconds(2, () => void filled(puts));
  const { backend, disk } = filled(rangeKeys);
  const rangeSeconds = fastestSeconds(5, () => {
    if (countedRange(backend) !== rangeKeys * (17 + valueBytes)) throw new Error('a range missed keys');
  });
  const openSeconds = fastestSeconds(3, () => void Backend.open(disk, 'db', { stepToken }));
  return [
    {
      name: `puts of ${valueBytes} bytes in batches of ${batch}`,
      unit: 'puts/s',
      value: puts / putSeconds,
    },
    { name: `range over ${rangeKeys} keys`, unit: 'keys/s', value: rangeKeys / rangeSeconds },
    { name: `range over ${rangeKeys} keys, all of it`, unit: 'ms', value: rangeSeconds * 1000 },
    { name: `opening a database of ${rangeKeys} keys`, unit: 'ms', value: openSeconds * 1000 },
    {
      name: `size of a database of ${rangeKeys} keys of ${valueBytes} bytes`,
      unit: 'bytes',
      value: backend.sizeBytes,
    },
  ];
}
