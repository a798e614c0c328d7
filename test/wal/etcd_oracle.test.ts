import { beforeAll, describe, expect, it } from 'vitest';
import { ProtobufReader } from '../../core/base/protobuf.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { recoverWal, validSnapshots, verifyWal, Wal } from '../../core/wal/index.ts';
import { hardStateCodec, readSnapshotMark, readWalEntry } from '../../core/wal/payloads.ts';
import { RecordType } from '../../core/wal/record.ts';
import { SegmentReader } from '../../core/wal/segment_reader.ts';
import { Publisher, Snapshotter, decodeSnapFile, encodeSnapFile } from '../../core/snap/index.ts';
import { hasEtcd } from '../etcd_process.ts';
import { DiskBench } from '../disk/host.ts';
import { memberOfEtcd, type MemberFiles } from './member_of_etcd.ts';
import { directory, stepToken, WalBench } from './support.ts';

/** Writes the records of a log again, one at a time, with our log. */
function rewritten(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly counts: readonly number[] } {
  const bench = new WalBench();
  const ids = new NodeIdTable();
  const codec = hardStateCodec(ids);
  const reader = new SegmentReader(bytes, 0);
  const counts = [0, 0, 0, 0, 0, 0];
  for (let position = 0; reader.next(); position++) {
    counts[reader.type] = (counts[reader.type] ?? 0) + 1;
    const record = new ProtobufReader(reader.data);
    if (reader.type === RecordType.metadata) {
      bench.wal = Wal.create(bench.disk, directory, reader.data.slice(), { stepToken, ids });
      bench.settle();
    }
    if (reader.type === RecordType.entry) bench.wal?.save(null, [readWalEntry(record)]);
    if (reader.type === RecordType.state) bench.wal?.save(codec.read(record), []);
    // The third record, an empty snapshot, is part of a new log.
    if (reader.type === RecordType.snapshot && position > 2)
      bench.wal?.saveSnapshot(readSnapshotMark(record));
  }
  return { bytes: bench.bytes(), counts };
}

describe.runIf(hasEtcd)('a log that a real etcd wrote', () => {
  let files: MemberFiles = { wal: new Map(), snap: new Map() };
  beforeAll(async () => {
    files = await memberOfEtcd(25, 10);
  });

  it('is read, record by record, and written again byte for byte', () => {
    const { wal, snap } = files;
    const [[name, bytes] = ['', new Uint8Array()]] = wal;
    const again = rewritten(bytes);
    expect(bytes.subarray(0, again.bytes.length)).toEqual(again.bytes);
    expect(bytes.subarray(again.bytes.length).every((byte) => byte === 0)).toBe(true);
    const [, metadata, entries, states, crcs, snapshots] = again.counts;
    expect([metadata, crcs]).toEqual([1, 1]);
    expect(entries).toBeGreaterThan(27);
    expect(states).toBeGreaterThan(3);
    expect(snapshots).toBe(snap.size + 1);

    const bench = new WalBench();
    bench.disk.makeDirectory(directory);
    bench.disk.write(`${directory}/${name}`, 0, bytes);
    const marks = validSnapshots(bench.disk, directory);
    expect(marks.length).toBe(snap.size + 1);
    const mark = marks.at(-1) ?? { index: 0, term: 0 };
    const ids = new NodeIdTable();
    const whole = recoverWal(bench.disk, directory, { stepToken, ids });
    expect(whole.entries.length).toBe(whole.hardState.commit);
    // The vote is the member's own id, which the metadata hold, too.
    const own = new ProtobufReader(whole.metadata);
    own.next();
    expect(ids.foreign(whole.hardState.vote)).toBe(own.uint64());
    const opened = verifyWal(bench.disk, directory, mark);
    expect(opened.entryCount).toBe(whole.entries.length - mark.index);
  });

  it('has snapshots that are read and written again byte for byte, the newest first', () => {
    const bench = new DiskBench();
    const [[name, bytes] = ['', new Uint8Array()]] = files.wal;
    bench.disk.makeDirectory('wal');
    bench.disk.makeDirectory('snap');
    bench.disk.write(`wal/${name}`, 0, bytes);
    const ids = new NodeIdTable();
    for (const [file, content] of files.snap) {
      bench.disk.write(`snap/${file}`, 0, content);
      const snapshot = decodeSnapFile(content, file, ids);
      expect(snapshot.metadata.confState.voters.length).toBe(1);
      expect(encodeSnapFile(snapshot, ids)).toEqual(content);
    }
    expect(files.snap.size).toBeGreaterThan(1);
    const marks = validSnapshots(bench.disk, 'wal');
    const snapshotter = new Snapshotter(bench.disk, 'snap', new Publisher(bench.disk, stepToken), ids);
    const { snapshot, broken } = snapshotter.loadNewest(marks);
    expect(snapshot?.metadata).toMatchObject(marks.at(-1) ?? {});
    expect(broken).toEqual([]);
  });
});
