import { nodeId } from '../../core/base/ids.ts';
import { EntryType, makeEntry, type Entry } from '../../core/raft/entry.ts';
import { recoverWal, Wal } from '../../core/wal/index.ts';
import { VirtualDisk } from '../../sim/disk/virtual_disk.ts';
import { RandomStream } from '../../sim/random.ts';
import { BenchHost } from './bench_host.ts';
import type { Figure } from './measure.ts';

const entryDataBytes = 128;
const batch = 10;
const appendEntries = 400_000;
const recoverEntries = 100_000;
const stepToken = 1;

function settle(host: BenchHost, disk: VirtualDisk, wal: Wal): void {
  for (let id = host.due.shift(); id !== undefined; id = host.due.shift()) {
    const completion = disk.completeSync(id);
    if (completion !== null) wal.onDisk(completion.token);
  }
}

function filled(count: number, perSave: number): { disk: VirtualDisk; ms: number; bytes: number } {
  const host = new BenchHost();
  const disk = new VirtualDisk(host, { syncMinNs: 1, syncMeanNs: 0 }, new RandomStream('bench'));
  const wal = Wal.create(disk, 'wal', Uint8Array.of(8, 1, 16, 1), { stepToken });
  settle(host, disk, wal);
  const data = new Uint8Array(entryDataBytes).fill(7);
  const started = performance.now();
  for (let index = 1; index <= count; index += perSave) {
    const entries: Entry[] = [];
    for (let i = 0; i < perSave; i++) entries.push(makeEntry(1, index + i, EntryType.normal, data));
    wal.save({ term: 1, vote: nodeId(1), commit: index - 1 }, entries);
    wal.sync(2);
    settle(host, disk, wal);
  }
  const ms = performance.now() - started;
  const bytes = disk.list('wal').reduce((sum, name) => sum + disk.sizeBytes(`wal/${name}`), 0);
  return { disk, ms, bytes };
}

/** Appends with a sync each, through the virtual disk; then a restart. */
export function benchWal(): Figure[] {
  filled(appendEntries / 10, batch);
  const batched = filled(appendEntries, batch);
  const single = filled(appendEntries / 4, 1);
  const { disk } = filled(recoverEntries, batch);
  const started = performance.now();
  const { entries } = recoverWal(disk, 'wal', { stepToken });
  const recoverMs = performance.now() - started;
  if (entries.length !== recoverEntries) throw new Error(`recovered ${entries.length} entries`);
  const seconds = batched.ms / 1000;
  const records = appendEntries + appendEntries / batch;
  return [
    {
      name: `append, ${batch} entries of ${entryDataBytes} bytes and a sync each`,
      unit: 'records/s',
      value: records / seconds,
    },
    { name: 'append, the same in bytes', unit: 'MB/s', value: batched.bytes / 1e6 / seconds },
    {
      name: 'saves of one entry and a hard state, a sync each',
      unit: 'saves/s',
      value: appendEntries / 4 / (single.ms / 1000),
    },
    { name: `recovery of ${recoverEntries} entries`, unit: 'ms', value: recoverMs },
  ];
}
