import { describe, expect, it } from 'vitest';
import { noSnapshot, validSnapshots, verifyWal } from '../../core/wal/index.ts';
import { directory, entry, firstPath, metadata, state, walWith, type WalBench } from './support.ts';

const indexes = (found: { readonly entries: readonly { readonly index: number }[] }) =>
  found.entries.map(({ index }) => index);

/** Ten entries of term 1, all committed, a snapshot of index 4 and two more entries. */
function snapped() {
  const { bench, wal } = walWith([[state(1, 1, 0), Array.from({ length: 10 }, (_, i) => entry(i + 1))]]);
  wal.save(state(1, 1, 10), []);
  wal.saveSnapshot({ index: 4, term: 1 });
  wal.save(state(1, 1, 12), [entry(11), entry(12)]);
  wal.sync(20);
  bench.settle();
  return { bench, wal };
}

/** A log of many small files, with a snapshot every ten entries. */
function segmented(last = 60) {
  const { bench, wal } = walWith([[state(1, 1, 0), []]], 300);
  for (let index = 1; index <= last; index++) {
    wal.save(state(1, 1, index), [entry(index, 1, 'y'.repeat(40))]);
    bench.settle();
    if (index % 10 === 0) wal.saveSnapshot({ index, term: 1 });
  }
  wal.sync(30);
  bench.settle();
  return { bench, wal };
}

const firstIndexes = (bench: WalBench) =>
  bench.disk.list(directory).map((name) => Number.parseInt(name.slice(17, 33), 16));

describe('open at a snapshot', () => {
  it('gives the entries after it and goes on at the end', () => {
    const { bench } = snapped();
    const opened = bench.open(4, 1);
    expect(indexes(opened)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    expect(opened).toMatchObject({ metadata, hardState: state(1, 1, 12), cutBytes: 0 });
    opened.wal.save(state(1, 1, 13), [entry(13)]);
    opened.wal.sync(40);
    bench.settle();
    bench.crash('drop');
    expect(indexes(bench.open(4, 1)).at(-1)).toBe(13);
    bench.settle();
    expect(indexes(bench.recover())).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
  });

  it('says when the log has no record of the snapshot, or one of another term', () => {
    const { bench } = snapped();
    const missing = bench.recoverError(() => bench.open(5, 1));
    expect(missing).toMatchObject({ kind: 'snapshotNotFound', path: firstPath });
    expect(missing.message).toContain('wal: snapshot not found');
    const other = bench.recoverError(() => bench.open(4, 2));
    expect(other.kind).toBe('snapshotMismatch');
    expect(other.message).toContain('wal: snapshot mismatch');
  });

  it('refuses a snapshot that was never committed', () => {
    const { bench, wal } = snapped();
    wal.saveSnapshot({ index: 20, term: 1 });
    bench.settle();
    expect(bench.recoverError(() => bench.open(20, 1)).kind).toBe('snapshotNotFound');
  });

  it('lets a snapshot from the leader replace entries that are missing or differ', () => {
    for (const before of [[entry(1)], [entry(1), entry(2), entry(3, 1, 'stale'), entry(4, 1, 'stale')]]) {
      const { bench, wal } = walWith([[state(1, 1, 0), before]]);
      wal.saveSnapshot({ index: 3, term: 2 });
      wal.save(state(2, 2, 3), []);
      bench.settle();
      expect(indexes(bench.open(3, 2))).toEqual([]);
      bench.settle();
      expect(bench.recoverError().message).toContain('expected entries up to commit 3');
      wal.save(state(2, 2, 4), [entry(4, 2, 'new')]);
      bench.settle();
      const opened = bench.open(3, 2);
      expect(opened.entries).toEqual([entry(4, 2, 'new')]);
      expect(opened.wal.lastEntryIndex).toBe(4);
      bench.settle();
      // The entries up to the snapshot were never there: without it, the log is no log.
      expect(bench.recoverError().kind).toBe('gap');
    }
  });

  it('drops stale entries behind the snapshot that an entry below it replaced', () => {
    const stale = Array.from({ length: 6 }, (_, i) => entry(i + 1));
    const { bench, wal } = walWith([[state(1, 1, 1), stale]]);
    wal.save(state(2, 2, 3), [entry(2, 2), entry(3, 2)]);
    wal.saveSnapshot({ index: 3, term: 2 });
    bench.settle();
    expect(indexes(bench.open(3, 2))).toEqual([]);
    bench.settle();
    expect(indexes(bench.recover())).toEqual([1, 2, 3]);
  });

  it('refuses a commit beyond the log: the hard state of a snapshot that was not recorded', () => {
    const { bench, wal } = walWith([[state(1, 1, 0), [entry(1)]]]);
    wal.save(state(2, 2, 3), []);
    bench.settle();
    expect(bench.recoverError()).toMatchObject({ kind: 'badRecord' });
    expect(bench.recoverError().message).toContain('expected a commit of at most 1, found commit 3');
  });

  it('reads only the files that may hold what follows', () => {
    const { bench } = segmented();
    const starts = firstIndexes(bench);
    expect(starts.length).toBeGreaterThan(10);
    const damaged = bench.disk.list(directory)[0] as string;
    const path = `${directory}/${damaged}`;
    const bytes = bench.bytes(path);
    bytes[60] = (bytes[60] as number) ^ 1;
    bench.overwrite(bytes, path);
    expect(bench.recoverError().kind).toBe('crcMismatch');
    for (const index of [10, 30, 60]) {
      expect(indexes(bench.open(index, 1))).toEqual(
        Array.from({ length: 60 - index }, (_, i) => index + 1 + i),
      );
      bench.settle();
    }
  });

  it('does not need files before that, but misses one after', () => {
    const { bench } = segmented();
    const names = bench.disk.list(directory);
    bench.disk.remove(`${directory}/${names[1]}`);
    expect(indexes(bench.open(30, 1)).length).toBe(30);
    bench.settle();
    bench.disk.remove(`${directory}/${names[0]}`);
    expect(bench.recoverError()).toMatchObject({ kind: 'missingSegment' });
    bench.disk.remove(`${directory}/${names.at(-2)}`);
    expect(bench.recoverError(() => bench.open(30, 1)).kind).toBe('missingSegment');
  });
});

describe('validSnapshots', () => {
  it('lists the records that the log committed, and changes nothing', () => {
    const { bench, wal } = snapped();
    wal.saveSnapshot({ index: 20, term: 1 });
    bench.settle();
    bench.host.lines.length = 0;
    expect(validSnapshots(bench.disk, directory)).toEqual([noSnapshot, { index: 4, term: 1 }]);
    expect(bench.host.lines).toEqual([]);
  });

  it('reads past a torn tail, and what a purge left', () => {
    const { bench, wal } = segmented(40);
    wal.release(25);
    wal.purge();
    const path = `${directory}/${bench.disk.list(directory).at(-1)}`;
    bench.disk.write(path, bench.disk.sizeBytes(path), Uint8Array.of(9, 0));
    const marks = validSnapshots(bench.disk, directory);
    expect(marks.at(-1)).toEqual({ index: 40, term: 1 });
    expect(marks[0]).toEqual({ index: 30, term: 1 });
  });
});

describe('verifyWal', () => {
  it('says what is there, and throws what opening would throw', () => {
    const { bench } = snapped();
    const path = firstPath;
    bench.disk.write(path, bench.disk.sizeBytes(path), Uint8Array.of(9, 0));
    bench.host.lines.length = 0;
    expect(verifyWal(bench.disk, directory, { index: 4, term: 1 })).toMatchObject({
      metadata,
      hardState: state(1, 1, 12),
      entryCount: 8,
      lastIndex: 12,
      tornBytes: 1,
    });
    expect(() => verifyWal(bench.disk, directory, { index: 4, term: 3 })).toThrow('snapshot mismatch');
    const bytes = bench.bytes();
    bytes[60] = (bytes[60] as number) ^ 1;
    bench.overwrite(bytes);
    bench.host.lines.length = 0;
    expect(() => verifyWal(bench.disk, directory, noSnapshot)).toThrow('crcMismatch');
    expect(bench.host.lines).toEqual([]);
  });
});

describe('release and purge', () => {
  it('keep the file that contains the index, and five', () => {
    const { bench, wal } = segmented();
    const starts = firstIndexes(bench);
    expect(wal.purge()).toBe(0);
    wal.release(20);
    wal.release(5);
    const removed = wal.purge();
    expect(firstIndexes(bench)).toEqual(starts.slice(removed));
    const [first, second] = firstIndexes(bench);
    expect(first).toBeLessThan(20);
    expect(second).toBeGreaterThanOrEqual(20);
    expect(indexes(bench.open(20, 1)).length).toBe(40);
    bench.settle();
    wal.release(60);
    wal.purge();
    expect(firstIndexes(bench).length).toBe(5);
    expect(wal.purge(0)).toBeGreaterThan(0);
    expect(firstIndexes(bench).length).toBeLessThan(5);
    expect(indexes(bench.open(60, 1))).toEqual([]);
  });

  it('take what was before the snapshot that the log was opened at', () => {
    const { bench } = segmented();
    const files = firstIndexes(bench).length;
    const { wal } = bench.open(60, 1);
    expect(wal.purge()).toBe(files - 5);
    expect(firstIndexes(bench).length).toBe(5);
    expect(wal.segmentNames.length).toBe(5);
  });

  it('leave a log that opens, whichever removals a crash takes back', () => {
    const shapes = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const { bench } = segmented(30);
      const opened = bench.open(30, 1);
      bench.settle();
      const before = bench.disk.list(directory).length;
      opened.wal.purge(1);
      for (let i = 0; i < seed; i++) bench.random.below(2);
      bench.crash('tear');
      shapes.add(String(before - bench.disk.list(directory).length));
      expect(validSnapshots(bench.disk, directory).at(-1)).toEqual({ index: 30, term: 1 });
      const again = bench.open(30, 1);
      bench.settle();
      again.wal.purge(1);
      expect(bench.disk.list(directory).length).toBeLessThanOrEqual(2);
      expect(indexes(bench.open(30, 1))).toEqual([]);
    }
    expect(shapes.size).toBeGreaterThan(2);
  });
});
