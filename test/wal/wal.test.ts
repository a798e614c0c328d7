import { describe, expect, it } from 'vitest';
import { crc32c } from '../../core/base/crc32c.ts';
import { emptyHardState } from '../../core/raft/entry.ts';
import { FrameWriter, parseRecord, RecordType } from '../../core/wal/record.ts';
import { formatSegmentName, mustSync, parseSegmentName, walExists } from '../../core/wal/index.ts';
import { directory, entry, firstPath, metadata, state, stepToken, walWith, WalBench } from './support.ts';

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
}

// Bytes of a log that etcd 3.4.23 wrote. Where a record's data is not known, the chain starts from the checksum before it.
const metadataCrc = crcOf('08 01 10 fc b5 88 d4 09 1a 16');
const confChangeCrc = crcOf('08 02 10 a5 f4 ce a2 09 1a 66');

function crcOf(record: string): number {
  const bytes = fromHex(record);
  const whole = new Uint8Array(200);
  whole.set(bytes);
  return parseRecord(whole, 0, whole.length)?.crc ?? -1;
}

describe('frames are those of etcd', () => {
  it('writes the crc record that starts a log', () => {
    const writer = new FrameWriter(0);
    writer.append(RecordType.crc, null);
    expect(writer.view()).toEqual(fromHex('04 00 00 00 00 00 00 84 08 04 10 00 00 00 00 00'));
  });

  it('writes the empty snapshot record behind the metadata', () => {
    const writer = new FrameWriter(metadataCrc);
    writer.append(RecordType.snapshot, fromHex('08 00 10 00'));
    expect(writer.view()).toEqual(
      fromHex('0e 00 00 00 00 00 00 82 08 05 10 a1 ef de cc 0e 1a 04 08 00 10 00 00 00'),
    );
  });

  it('writes a hard state without padding behind the first entry', () => {
    const writer = new FrameWriter(confChangeCrc);
    writer.append(RecordType.state, fromHex('08 01 10 00 18 01'));
    expect(writer.view()).toEqual(
      fromHex('10 00 00 00 00 00 00 00 08 03 10 fc bb 91 a0 06 1a 06 08 01 10 00 18 01'),
    );
  });

  it('pads every frame to 8 bytes with zeros and says how much', () => {
    const writer = new FrameWriter(0);
    for (let length = 0; length < 40; length++) {
      writer.clear();
      writer.append(RecordType.entry, new Uint8Array(length).fill(255));
      const frame = writer.view();
      expect(frame.length % 8).toBe(0);
      const top = frame[7] as number;
      const padding = top === 0 ? 0 : top - 0x80;
      expect(padding).toBeLessThan(8);
      expect((frame[0] as number) + padding + 8).toBe(frame.length);
      expect([...frame.subarray(frame.length - padding)]).toEqual(Array.from({ length: padding }, () => 0));
    }
  });
});

describe('names', () => {
  it('formats and parses', () => {
    const name = formatSegmentName({ sequence: 26, firstIndex: 4096 });
    expect(name).toBe('000000000000001a-0000000000001000.wal');
    expect(parseSegmentName(name)).toEqual({ sequence: 26, firstIndex: 4096 });
  });

  it('leaves other files alone', () => {
    for (const name of [
      '0.tmp',
      '000000000000001a-0000000000001000.wal.broken',
      'x',
      'ffffffffffffffff-0000000000000000.wal',
    ]) {
      expect(parseSegmentName(name)).toBe(null);
    }
  });
});

describe('mustSync', () => {
  it('is not needed when only the commit index moves', () => {
    expect(mustSync(state(1, 2, 5), state(1, 2, 3), 0)).toBe(false);
    expect(mustSync(null, state(1, 2, 3), 0)).toBe(false);
    expect(mustSync(state(2, 2, 3), state(1, 2, 3), 0)).toBe(true);
    expect(mustSync(state(1, 2, 3), state(1, 0, 3), 0)).toBe(true);
    expect(mustSync(null, emptyHardState, 1)).toBe(true);
  });

  it('is what save returns', () => {
    const wal = new WalBench().create();
    expect(wal.save(state(1, 2, 0), [])).toBe(true);
    expect(wal.save(state(1, 2, 1), [])).toBe(false);
    expect(wal.save(null, [entry(1)])).toBe(true);
  });
});

describe('create', () => {
  it('writes crc, metadata and an empty snapshot, and names the directory last', () => {
    const bench = new WalBench();
    bench.settle();
    bench.host.lines.length = 0;
    bench.create().sync(9);
    bench.settle();
    const made = `${directory}.tmp/0000000000000000-0000000000000000.wal`;
    expect(bench.host.lines).toEqual([
      `write ${made} 0+64`,
      `sync ${made} 64`,
      `sync ${directory}.tmp 0`,
      `done ${made} ok`,
      `done ${directory}.tmp ok`,
      `rename ${directory}.tmp ${directory}`,
      'sync member 0',
      'done member ok',
      `sync ${firstPath} 0`,
      `done ${firstPath} ok`,
    ]);
    const bytes = bench.bytes();
    expect(bytes.subarray(0, 16)).toEqual(fromHex('04 00 00 00 00 00 00 84 08 04 10 00 00 00 00 00'));
    const record = parseRecord(bytes, 24, bytes.length);
    expect(record).toMatchObject({ type: RecordType.metadata, crc: crc32c(0, metadata) });
    expect(bytes.subarray(record?.dataStart, record?.dataEnd)).toEqual(metadata);
    expect(walExists(bench.disk, directory)).toBe(true);
  });

  it('is durable when a sync completes, and either there or not before', () => {
    for (let steps = 0; steps <= 6; steps++) {
      for (let seed = 0; seed < 20; seed++) {
        const bench = new WalBench(`create ${steps} ${seed}`);
        const wal = bench.create();
        wal.save(state(1, 1, 0), [entry(1)]);
        wal.sync(9);
        bench.settle(steps);
        bench.crash('tear');
        if (bench.done.includes(9)) expect(walExists(bench.disk, directory)).toBe(true);
        if (walExists(bench.disk, directory)) {
          expect(bench.recover().metadata).toEqual(metadata);
        } else {
          bench.makeParent();
          bench.create().sync(10);
          bench.settle();
          expect(bench.done).toContain(10);
          expect(bench.recover().entries).toEqual([]);
        }
      }
    }
  });

  it('refuses a directory that holds a log', () => {
    const { bench } = walWith([]);
    expect(() => bench.create()).toThrow('already holds a log');
  });
});

describe('save and sync', () => {
  it('keeps what is saved until the log is ready, then writes it and completes the waiting syncs in order', () => {
    const bench = new WalBench();
    const wal = bench.create();
    wal.save(state(1, 1, 0), [entry(1)]);
    wal.sync(7);
    wal.save(null, [entry(2)]);
    wal.sync(8);
    expect(wal.ready).toBe(false);
    expect(wal.lastEntryIndex).toBe(2);
    bench.settle();
    expect(wal.ready).toBe(true);
    expect(bench.done).toEqual([0, 7, 8]);
    expect(bench.recover().entries.map(({ index }) => index)).toEqual([1, 2]);
  });

  it('writes once per save and syncs only what was written before', () => {
    const { bench, wal } = walWith([[state(1, 1, 0), [entry(1)]]]);
    bench.host.lines.length = 0;
    wal.save(state(1, 1, 1), [entry(2), entry(3)]);
    wal.sync(10);
    wal.save(null, [entry(4)]);
    expect(bench.host.lines.map((line) => line.split(' ')[0])).toEqual(['write', 'sync', 'write']);
    bench.settle();
    bench.crash('drop');
    expect(bench.recover().entries.map(({ index }) => index)).toEqual([1, 2, 3]);
  });

  it('hands on tokens that are not its own', () => {
    const { wal } = walWith([]);
    expect(wal.onDisk(stepToken + 1)).toBe(false);
    expect(() => wal.onDisk(stepToken)).toThrow('a completed step of the log');
  });

  it('writes no empty hard state', () => {
    const { bench, wal } = walWith([]);
    const before = bench.bytes().length;
    wal.save(emptyHardState, []);
    expect(bench.bytes().length).toBe(before);
  });
});

describe('cut', () => {
  it('goes on in a file with crc, metadata and hard state, named when both files are durable', () => {
    const { bench, wal } = walWith([[state(3, 2, 0), [entry(1)]]], 400);
    bench.host.lines.length = 0;
    wal.save(null, [entry(2, 3, 'x'.repeat(400))]);
    wal.sync(10);
    bench.settle();
    const next = `${directory}/0000000000000001-0000000000000003.wal`;
    expect(bench.host.lines.map((line) => line.replace(/ \d+\+?\d*$/, ''))).toEqual([
      `write ${firstPath}`,
      `write ${next}.tmp`,
      `sync ${firstPath}`,
      `sync ${next}.tmp`,
      `done ${firstPath} ok`,
      `done ${next}.tmp ok`,
      `rename ${next}.tmp ${next}`,
      `sync ${directory}`,
      `done ${directory} ok`,
      `sync ${next}`,
      `done ${next} ok`,
    ]);
    const bytes = bench.bytes(next);
    expect(bytes[9]).toBe(RecordType.crc);
    expect(bench.done.at(-1)).toBe(10);
    const { hardState, entries } = bench.recover();
    expect(hardState).toEqual(state(3, 2, 0));
    expect(entries.length).toBe(2);
  });

  it('reads any number of segments in order, with one chain of checksums', () => {
    const { bench, wal } = walWith([[state(1, 1, 0), []]], 300);
    for (let index = 1; index <= 60; index++) {
      wal.save(state(1, 1, index - 1), [entry(index, 1, 'y'.repeat(index))]);
      if (index % 5 === 0) wal.sync(100 + index);
      if (index % 7 === 0) bench.settle();
    }
    bench.settle();
    expect(bench.done.slice(2)).toEqual(Array.from({ length: 12 }, (_, i) => 105 + 5 * i));
    expect(wal.segmentNames.length).toBeGreaterThan(8);
    bench.crash('drop');
    const recovered = bench.recover();
    expect(recovered.entries).toEqual(
      Array.from({ length: 60 }, (_, i) => entry(i + 1, 1, 'y'.repeat(i + 1))),
    );
    expect(recovered.hardState).toEqual(state(1, 1, 59));
    expect(recovered.wal.segmentNames).toEqual(wal.segmentNames);
    recovered.wal.save(null, [entry(61)]);
    recovered.wal.sync(200);
    bench.settle();
    bench.crash('drop');
    expect(bench.recover().entries.length).toBe(61);
  });

  it('removes a half-made segment at recovery', () => {
    const { bench, wal } = walWith([[state(1, 1, 0), [entry(1)]]], 400);
    wal.save(null, [entry(2, 1, 'x'.repeat(400))]);
    bench.crash('keep');
    expect(bench.disk.list(directory).length).toBe(2);
    const recovered = bench.recover();
    expect(recovered.entries.length).toBe(2);
    expect(bench.disk.list(directory).length).toBe(1);
    recovered.wal.save(null, [entry(3)]);
    recovered.wal.sync(20);
    bench.settle();
    bench.crash('drop');
    expect(bench.recover().entries.length).toBe(3);
    expect(bench.disk.list(directory).length).toBe(2);
  });
});
