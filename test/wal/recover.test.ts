import { describe, expect, it } from 'vitest';
import { EntryType, makeEntry } from '../../core/raft/entry.ts';
import { FrameWriter, RecordType } from '../../core/wal/record.ts';
import {
  directory,
  entry,
  firstPath,
  frameStarts,
  metadata,
  state,
  stepToken,
  walWith,
  WalBench,
} from './support.ts';

const saved = [
  [state(1, 1, 0), [entry(1), entry(2), entry(3)]],
  [state(2, 2, 2), [entry(4, 2)]],
] as const;

/** The bytes of a log whose records are given, in a chain that starts at 0. */
type MadeRecord = readonly [RecordType, Uint8Array | null];

function framesOf(...records: readonly MadeRecord[]): Uint8Array {
  const writer = new FrameWriter(0);
  for (const [type, data] of records) writer.append(type, data);
  return writer.view().slice();
}

const crcRecord: MadeRecord = [RecordType.crc, null];
const metadataRecord: MadeRecord = [RecordType.metadata, metadata];
/** Of the snapshot that there is none: each log begins with it. */
const startMark: MadeRecord = [RecordType.snapshot, Uint8Array.of(8, 0, 16, 0)];

function logOf(...records: readonly MadeRecord[]): Uint8Array {
  return framesOf(crcRecord, metadataRecord, startMark, ...records);
}

function overwritten(bytes: Uint8Array): WalBench {
  const { bench } = walWith([]);
  bench.overwrite(bytes);
  return bench;
}

const entryBytes = (term: number, index: number) => Uint8Array.of(8, 0, 16, term, 24, index, 34, 1, 65);
const stateBytes = (term: number, vote: number, commit: number) =>
  Uint8Array.of(8, term, 16, vote, 24, commit);

describe('recoverWal', () => {
  it('finds what was saved', () => {
    const { bench } = walWith(saved);
    const recovered = bench.recover();
    expect(recovered).toMatchObject({ metadata, hardState: state(2, 2, 2), cutBytes: 0 });
    expect(recovered.entries).toEqual([entry(1), entry(2), entry(3), entry(4, 2)]);
    expect(recovered.snapshots).toEqual([{ index: 0, term: 0 }]);
  });

  it('goes on at the end, not at the start', () => {
    const { bench } = walWith(saved);
    const { wal } = bench.recover();
    expect(wal.save(state(2, 2, 3), [])).toBe(false);
    wal.save(state(3, 1, 3), [entry(5, 3)]);
    wal.saveSnapshot({ index: 3, term: 1 });
    wal.sync(10);
    bench.settle();
    bench.crash('drop');
    const again = bench.recover();
    expect(again.entries.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5]);
    expect(again.hardState).toEqual(state(3, 1, 3));
    expect(again.snapshots).toEqual([
      { index: 0, term: 0 },
      { index: 3, term: 1 },
    ]);
  });

  it('makes durable what it found before later syncs complete', () => {
    const { bench } = walWith(saved);
    const { wal } = bench.recover();
    wal.sync(10);
    expect(wal.ready).toBe(false);
    expect(bench.disk.hasUnsynced()).toBe(true);
    bench.settle();
    expect(bench.done.at(-1)).toBe(10);
  });

  it('lets an entry replace its index and all that follow', () => {
    const { bench } = walWith([...saved, [state(3, 3, 2), [entry(3, 3, 'other')]]]);
    expect(bench.recover().entries).toEqual([entry(1), entry(2), entry(3, 3, 'other')]);
  });

  it('keeps entries with other data than text, of all types', () => {
    const entries = [
      makeEntry(1, 1, EntryType.confChange, Uint8Array.of(0, 255, 128)),
      makeEntry(1, 2),
      makeEntry(1, 3, EntryType.confChangeV2),
      makeEntry(2, 4, EntryType.normal, new Uint8Array(5000).fill(7)),
    ];
    const { bench } = walWith([[state(2, 1, 2), entries]]);
    expect(bench.recover().entries).toEqual(entries);
  });

  it('skips files that are not segments', () => {
    const { bench } = walWith(saved);
    bench.write(`${directory}/notes.txt`, 0, 'hello');
    expect(bench.recover().entries.length).toBe(4);
    expect(bench.text(`${directory}/notes.txt`)).toBe('hello');
  });
});

describe('recoverWal refuses', () => {
  it('a directory without a log', () => {
    expect(new WalBench().recoverError()).toMatchObject({ kind: 'notFound', path: directory });
  });

  it('a missing segment in the middle', () => {
    const { bench, wal } = walWith(saved, 200);
    wal.save(null, [entry(5, 2)]);
    wal.save(null, [entry(6, 2, 'x'.repeat(300))]);
    bench.settle();
    wal.save(null, [entry(7, 2, 'x'.repeat(300))]);
    bench.settle();
    const second = bench.disk.list(directory)[1] as string;
    bench.disk.remove(`${directory}/${second}`);
    expect(bench.recoverError()).toMatchObject({ kind: 'missingSegment' });
  });

  it('a changed byte, naming file, place and both checksums', () => {
    const { bench } = walWith(saved);
    const bytes = bench.bytes();
    const start = frameStarts(bytes)[4] as number;
    bytes[start + 30] = (bytes[start + 30] as number) ^ 1;
    bench.overwrite(bytes);
    const error = bench.recoverError();
    expect(error).toMatchObject({ kind: 'crcMismatch', path: firstPath, offsetBytes: start });
    expect(error.message).toMatch(/expected crc [0-9a-f]{8}, found crc [0-9a-f]{8}$/);
  });

  it("a log that doesn't begin with its mark: another file's first sector may stand in place of its own", () => {
    const bytes = framesOf(crcRecord, metadataRecord, [RecordType.state, stateBytes(1, 1, 0)]);
    expect(overwritten(bytes).recoverError()).toMatchObject({ kind: 'snapshotNotFound' });
  });

  it('a gap', () => {
    const bytes = logOf([RecordType.entry, entryBytes(1, 1)], [RecordType.entry, entryBytes(1, 3)]);
    const error = overwritten(bytes).recoverError();
    expect(error).toMatchObject({ kind: 'gap', offsetBytes: frameStarts(bytes)[4] });
    expect(error.message).toContain('expected an entry of at most index 2, found index 3');
  });

  it('two different metadata', () => {
    const { bench, wal } = walWith(saved, 300);
    wal.save(null, [entry(5, 2, 'x'.repeat(300))]);
    bench.settle();
    const path = `${directory}/${bench.disk.list(directory)[1]}`;
    const first = bench.bytes(path);
    const writer = new FrameWriter(crcField(first));
    writer.append(RecordType.crc, null);
    writer.append(RecordType.metadata, Uint8Array.of(9));
    bench.overwrite(writer.view().slice(), path);
    expect(bench.recoverError()).toMatchObject({ kind: 'metadataConflict', path });
  });

  it('a segment that does not continue the chain of the one before', () => {
    const { bench, wal } = walWith(saved, 300);
    wal.save(null, [entry(5, 2, 'x'.repeat(300))]);
    bench.settle();
    const path = `${directory}/${bench.disk.list(directory)[1]}`;
    const writer = new FrameWriter(77);
    writer.append(RecordType.crc, null);
    writer.append(RecordType.metadata, metadata);
    bench.overwrite(writer.view().slice(), path);
    expect(bench.recoverError()).toMatchObject({ kind: 'crcMismatch', path, offsetBytes: 0 });
  });

  it.each([
    ['a second crc record', [RecordType.crc, null]],
    ['a second metadata record', [RecordType.metadata, metadata]],
    ['an entry of an unknown type', [RecordType.entry, Uint8Array.of(8, 3, 16, 1, 24, 1)]],
    ['an entry of term 0', [RecordType.entry, entryBytes(0, 1)]],
    ['an entry of index 0', [RecordType.entry, entryBytes(1, 0)]],
    ['an entry with further fields', [RecordType.entry, Uint8Array.of(8, 0, 16, 1, 24, 1, 40, 1)]],
    ['a hard state of term 0', [RecordType.state, stateBytes(0, 1, 0)]],
    ['a hard state that commits what is not there', [RecordType.state, stateBytes(1, 1, 1)]],
    ['a hard state that is an entry', [RecordType.state, entryBytes(1, 0)]],
    ['an empty snapshot mark that is cut', [RecordType.snapshot, Uint8Array.of(8)]],
  ] as const)('%s', (_, record) => {
    expect(overwritten(logOf([record[0], record[1]])).recoverError()).toMatchObject({ kind: 'badRecord' });
  });

  it.each([
    ['an entry below the commit index', [RecordType.entry, entryBytes(2, 1)]],
    ['an entry of a lower term than the one before', [RecordType.entry, entryBytes(1, 3)]],
    ['a hard state of a lower term', [RecordType.state, stateBytes(1, 3, 1)]],
    ['a hard state with another vote in the same term', [RecordType.state, stateBytes(2, 2, 1)]],
    ['a hard state with a lower commit index', [RecordType.state, stateBytes(2, 3, 0)]],
  ] as const)('%s', (_, record) => {
    const before = [
      [RecordType.entry, entryBytes(2, 1)],
      [RecordType.entry, entryBytes(2, 2)],
      [RecordType.state, stateBytes(2, 3, 1)],
    ] as const;
    expect(overwritten(logOf(...before)).recover().entries.length).toBe(2);
    expect(overwritten(logOf(...before, [record[0], record[1]])).recoverError().kind).toBe('badRecord');
  });

  it('a log without metadata', () => {
    const writer = new FrameWriter(0);
    writer.append(RecordType.crc, null);
    expect(overwritten(writer.view().slice()).recoverError()).toMatchObject({ kind: 'torn' });
  });
});

describe('a torn tail', () => {
  const long = entry(5, 2, 'x'.repeat(3000));

  /** A log whose last record has lost the sectors from `from` to `to`, counted from the frame's first whole sector. */
  function torn(from: number, to: number) {
    const { bench } = walWith([...saved, [null, [long]]]);
    const bytes = bench.bytes();
    const start = frameStarts(bytes).at(-2) as number;
    const first = Math.ceil(start / 512);
    bytes.fill(0, (first + from) * 512, (first + to) * 512);
    bench.overwrite(bytes);
    return { bench, bytes, start };
  }

  it('is cut off, the file kept as .broken, and the log goes on', () => {
    const { bench, bytes, start } = torn(1, 2);
    const recovered = bench.recover();
    expect(recovered.entries.length).toBe(4);
    expect(recovered.cutBytes).toBe(bytes.length - start - trailingZeros(bytes));
    expect(bench.bytes(`${firstPath}.broken`)).toEqual(bytes);
    expect(bench.disk.sizeBytes(firstPath)).toBe(start);
    recovered.wal.save(state(3, 1, 2), [entry(5, 3, 'y')]);
    recovered.wal.sync(10);
    bench.settle();
    bench.crash('drop');
    expect(bench.recover()).toMatchObject({ cutBytes: 0, hardState: state(3, 1, 2) });
    expect(bench.recover().entries.at(-1)).toEqual(entry(5, 3, 'y'));
    expect(bench.bytes(`${firstPath}.broken`)).toEqual(bytes);
  });

  it('may have lost its record and be zeros or anything after', () => {
    const { bench } = torn(0, 1);
    expect(bench.recover().entries.length).toBe(4);
    const { bench: shorter, bytes, start } = torn(5, 5);
    shorter.overwrite(bytes.subarray(0, start + 600));
    expect(shorter.recover()).toMatchObject({ cutBytes: 600 });
  });

  it('is zeroed durably before anything is appended', () => {
    const { bench } = torn(1, 2);
    const { wal } = bench.recover();
    bench.host.lines.length = 0;
    wal.save(null, [entry(5, 3)]);
    wal.sync(10);
    expect(bench.host.lines).toEqual([]);
    bench.settle();
    const kinds = bench.host.lines.map((line) => line.split(' ')[0]);
    expect(kinds).toEqual(['done', 'done', 'done', 'write', 'sync', 'done']);
  });

  it('is no tear if no whole sector is zero', () => {
    const { bench } = walWith([...saved, [null, [long]]]);
    const bytes = bench.bytes();
    const start = frameStarts(bytes).at(-2) as number;
    bytes.fill(0, start + 700, start + 1100);
    bench.overwrite(bytes);
    expect(bench.recoverError()).toMatchObject({ kind: 'crcMismatch', offsetBytes: start });
  });

  it('is fatal in a file that is not the last', () => {
    const { bench, wal } = walWith([...saved, [null, [long]]], 2500);
    bench.settle();
    expect(wal.segmentNames.length).toBe(2);
    const bytes = bench.bytes();
    const start = frameStarts(bytes).at(-2) as number;
    bytes.fill(0, 1024, 1536);
    bench.overwrite(bytes);
    expect(bench.recoverError()).toMatchObject({ kind: 'crcMismatch', path: firstPath, offsetBytes: start });
    bench.overwrite(bytes.subarray(0, 2048));
    expect(bench.recoverError()).toMatchObject({ kind: 'torn', path: firstPath, offsetBytes: start });
  });

  it('of zeros with stale bytes behind it becomes zeros', () => {
    const { bench } = walWith(saved);
    const bytes = bench.bytes();
    const stale = new Uint8Array(2048).fill(0);
    stale.set(bytes);
    stale.fill(99, 1536);
    bench.overwrite(stale);
    const recovered = bench.recover();
    expect(recovered).toMatchObject({ cutBytes: 2048 - bytes.length });
    expect(bench.disk.sizeBytes(firstPath)).toBe(bytes.length);
    expect(bench.disk.list(directory).length).toBe(1);
  });

  it('is no tear if the sector of the end holds more', () => {
    const { bench } = walWith(saved);
    const bytes = bench.bytes();
    const stale = new Uint8Array(bytes.length + 40);
    stale.set(bytes);
    stale[bytes.length + 12] = 1;
    bench.overwrite(stale);
    expect(bench.recoverError()).toMatchObject({ kind: 'badRecord', offsetBytes: bytes.length });
  });

  it('is one if a failed write left a hole there, whatever follows', () => {
    const { bench } = walWith(saved);
    const bytes = bench.bytes();
    const hole = new Uint8Array(bytes.length + 48);
    hole.set(bytes);
    hole.set(bytes.subarray(0, 24), bytes.length + 24);
    bench.overwrite(hole);
    expect(bench.recover()).toMatchObject({ cutBytes: expect.any(Number) as number });
    expect(bench.disk.sizeBytes(firstPath)).toBe(bytes.length);
  });
});

describe('a length field that is lost alone', () => {
  it('is put back when its record continues the chain', () => {
    // Grow the log until a hard state's frame (a record of 16 bytes) starts with the last 8 bytes of a sector.
    for (let size = 0; size < 512; size++) {
      const { bench } = walWith([
        [state(1, 1, 0), [entry(1, 1, 'x'.repeat(size))]],
        [state(2, 2, 1), []],
        [null, [entry(2, 2)]],
      ]);
      const bytes = bench.bytes();
      const start = frameStarts(bytes).at(-3) as number;
      if (start % 512 !== 504 || bytes[start] !== 16 || bytes[start + 7] !== 0) continue;
      bytes[start] = 0;
      bench.overwrite(bytes);
      const recovered = bench.recover();
      expect(recovered).toMatchObject({ hardState: state(2, 2, 1), cutBytes: 0 });
      expect(recovered.entries.length).toBe(2);
      bench.settle();
      bench.crash('drop');
      expect(bench.bytes()[start]).toBe(16);
      return;
    }
    throw new Error('no such log was found');
  });
});

it('uses only its own token', () => {
  const { bench } = walWith(saved);
  bench.recover();
  expect(bench.completeAll().map(({ token }) => token)).toEqual([stepToken, stepToken]);
});

function crcField(bytes: Uint8Array): number {
  let value = 0;
  for (let i = 11, scale = 1; ; i++, scale *= 128) {
    value += ((bytes[i] as number) & 127) * scale;
    if ((bytes[i] as number) < 128) return value;
  }
}

function trailingZeros(bytes: Uint8Array): number {
  let count = 0;
  while (bytes[bytes.length - 1 - count] === 0) count++;
  return count;
}
