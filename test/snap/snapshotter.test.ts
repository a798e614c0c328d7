import { describe, expect, it } from 'vitest';
import { formatSnapName } from '../../core/snap/index.ts';
import { directory, mark, snapshot, SnapBench, stepToken } from './support.ts';

const nameOf = (index: number, term = 1) => formatSnapName({ term, index });

describe('save', () => {
  it('names the file when its bytes are durable, and says so when the name is, too', () => {
    const bench = new SnapBench();
    bench.snapshotter.save(snapshot(7, 2), 9);
    expect(bench.names()).toEqual([`${nameOf(7, 2)}.1.tmp`]);
    bench.settle();
    const path = `${directory}/${nameOf(7, 2)}`;
    expect(bench.host.lines.map((line) => line.replace(/ \d+(\+\d+)?$/, ''))).toEqual([
      `write ${path}.1.tmp`,
      `sync ${path}.1.tmp`,
      `done ${path}.1.tmp ok`,
      `rename ${path}.1.tmp ${path}`,
      `sync ${directory}`,
      `done ${directory} ok`,
    ]);
    expect(bench.done).toEqual([9]);
    bench.crash('drop');
    expect(bench.snapshotter.load(nameOf(7, 2))).toEqual(snapshot(7, 2));
  });

  it('leaves after a crash a whole file, the older one, or none', () => {
    const found = new Set<string>();
    for (let steps = 0; steps <= 2; steps++) {
      for (let seed = 0; seed < 25; seed++) {
        const bench = new SnapBench(`save ${steps} ${seed}`).saved(snapshot(5));
        bench.done.length = 0;
        bench.snapshotter.save(snapshot(9, 1, 'x'.repeat(2000)), 10);
        bench.settle(steps);
        bench.crash('tear');
        bench.restart();
        const { snapshot: loaded, broken } = bench.snapshotter.loadNewest([mark(5), mark(9)]);
        expect(broken).toEqual([]);
        if (bench.done.includes(10)) expect(loaded?.metadata.index).toBe(9);
        found.add(`${steps} ${loaded?.metadata.index}`);
      }
    }
    expect([...found].sort((a, b) => (a < b ? -1 : 1))).toEqual(['0 5', '1 5', '1 9', '2 9']);
  });

  it('may be under way more than once', () => {
    const bench = new SnapBench();
    for (const token of [10, 11]) bench.snapshotter.save(snapshot(7), token);
    bench.snapshotter.save(snapshot(8), 12);
    bench.settle();
    expect(bench.done).toEqual([10, 11, 12]);
    expect(bench.names()).toEqual([nameOf(7), nameOf(8)]);
    expect(bench.publisher.onDisk(12)).toBe(false);
    expect(() => bench.publisher.onDisk(stepToken)).toThrow('a completed step of a snapshot');
  });
});

describe('loadNewest', () => {
  it('takes the newest that the log has a record of, by term, then index', () => {
    const bench = new SnapBench().saved(snapshot(5), snapshot(9), snapshot(8, 2), snapshot(20, 3));
    const load = (...marks: ReturnType<typeof mark>[]) =>
      bench.snapshotter.loadNewest(marks).snapshot?.metadata.index ?? null;
    expect(load(mark(0, 0), mark(5), mark(9), mark(8, 2))).toBe(8);
    expect(load(mark(5), mark(9), mark(8, 1))).toBe(9);
    expect(load(mark(20, 2))).toBe(null);
    expect(load()).toBe(null);
    expect(bench.names().length).toBe(4);
  });

  it('renames what it can not trust, and tries the next older one', () => {
    const bench = new SnapBench().saved(snapshot(5), snapshot(9), snapshot(12));
    const bytes = bench.bytes(nameOf(12));
    bytes[20] = (bytes[20] as number) ^ 4;
    bench.overwrite(nameOf(12), bytes);
    bench.overwrite(nameOf(9), new Uint8Array());
    // A whole file under another's name: a misdirected write.
    bench.overwrite(nameOf(11), bench.bytes(nameOf(5)));
    bench.overwrite('notes.txt', bytes);
    const { snapshot: loaded, broken } = bench.snapshotter.loadNewest([5, 9, 11, 12].map((at) => mark(at)));
    expect(loaded).toEqual(snapshot(5));
    expect(broken.map(({ kind }) => kind)).toEqual(['crcMismatch', 'wrongName', 'empty']);
    const names = [nameOf(5), ...[9, 11, 12].map((at) => `${nameOf(at)}.broken`), 'notes.txt'];
    expect(bench.names()).toEqual(names);
    expect(bench.bytes(`${nameOf(12)}.broken`)).toEqual(bytes);
    expect(bench.snapshotter.loadNewest([mark(5)]).broken).toEqual([]);
  });

  it('never throws a file away because it could not be read', () => {
    const bench = new SnapBench().saved(snapshot(5));
    bench.disk.faults.readError = true;
    expect(() => bench.snapshotter.loadNewest([mark(5)])).toThrow('EIO');
    expect(bench.names()).toEqual([nameOf(5)]);
  });
});

describe('purge', () => {
  it('keeps the newest five', () => {
    const bench = new SnapBench().saved(...[1, 2, 3, 4, 5, 6, 7].map((at) => snapshot(at)));
    bench.overwrite(`${nameOf(1)}.broken`, new Uint8Array(1));
    bench.snapshotter.release(7);
    expect(bench.snapshotter.purge()).toEqual([nameOf(1), nameOf(2)]);
    expect(bench.snapshotter.names()).toEqual([3, 4, 5, 6, 7].map((at) => nameOf(at)));
    expect(bench.snapshotter.purge()).toEqual([]);
    expect(bench.snapshotter.purge(2).length).toBe(3);
    expect(bench.names()).toContain(`${nameOf(1)}.broken`);
  });

  it('keeps the newest that the log has a record of, however many are newer', () => {
    const bench = new SnapBench().saved(...[1, 2, 3, 4, 5, 6, 7].map((at) => snapshot(at)));
    expect(bench.snapshotter.purge(2)).toEqual([]);
    bench.snapshotter.release(3);
    bench.snapshotter.release(2);
    expect(bench.snapshotter.purge(2)).toEqual([nameOf(1), nameOf(2)]);
    expect(bench.snapshotter.loadNewest([mark(3)]).snapshot).toEqual(snapshot(3));
  });

  it('goes by the log after a start', () => {
    const bench = new SnapBench().saved(...[1, 2, 3].map((at) => snapshot(at)));
    expect(bench.snapshotter.loadNewest([mark(2)]).snapshot).toEqual(snapshot(2));
    expect(bench.snapshotter.purge(1)).toEqual([nameOf(1)]);
  });
});
