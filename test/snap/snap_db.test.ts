import { describe, expect, it } from 'vitest';
import { formatSnapDbName } from '../../core/snap/index.ts';
import { ascii } from '../disk/host.ts';
import { directory, snapshot, SnapBench } from './support.ts';

function received(bench: SnapBench, index: number, text = `db ${index}`): void {
  const receipt = bench.dbs.receive(index);
  receipt.write(ascii(text.slice(0, 2)));
  receipt.write(ascii(text.slice(2)));
  receipt.finish(text.length, 20 + index);
  bench.settle();
}

describe('the receipt of a backend', () => {
  it('ends in a file that is whole and durable', () => {
    const bench = new SnapBench();
    received(bench, 7);
    expect(bench.done).toEqual([27]);
    bench.crash('drop');
    expect(bench.dbs.path(7)).toBe(`${directory}/${formatSnapDbName(7)}`);
    expect(bench.text(bench.dbs.path(7))).toBe('db 7');
    const kinds = bench.host.lines.map((line) => line.split(' ')[0]);
    expect(kinds).toEqual(['write', 'write', 'sync', 'done', 'rename', 'sync', 'done']);
  });

  it('leaves after a crash the whole file or none', () => {
    const found = new Set<string>();
    for (let steps = 0; steps <= 2; steps++) {
      for (let seed = 0; seed < 20; seed++) {
        const bench = new SnapBench(`db ${steps} ${seed}`);
        const receipt = bench.dbs.receive(3);
        receipt.write(ascii('x'.repeat(3000)));
        receipt.finish(3000, 10);
        bench.settle(steps);
        bench.crash('tear');
        bench.restart();
        const text = bench.text(`${directory}/${formatSnapDbName(3)}`);
        expect([null, 'x'.repeat(3000)]).toContain(text);
        if (bench.done.includes(10)) expect(text).not.toBe(null);
        found.add(`${steps} ${text === null ? 'none' : 'whole'}`);
      }
    }
    expect([...found].sort((a, b) => (a < b ? -1 : 1))).toEqual(['0 none', '1 none', '1 whole', '2 whole']);
  });

  it('leaves nothing when bytes are missing or the connection breaks', () => {
    const bench = new SnapBench();
    const short = bench.dbs.receive(3);
    short.write(ascii('abc'));
    expect(() => short.finish(4, 10)).toThrow('wrongSize');
    const broken = bench.dbs.receive(3);
    broken.write(ascii('abc'));
    broken.abort();
    expect(() => bench.dbs.receive(4).finish(0, 10)).toThrow('wrongSize');
    expect(() => broken.write(ascii('x'))).toThrow('is over');
    expect(() => short.finish(3, 10)).toThrow('is over');
    expect(bench.names()).toEqual([]);
    expect(() => bench.dbs.path(3)).toThrow('notFound');
  });

  it('may run twice for one snapshot', () => {
    const bench = new SnapBench();
    const [first, second] = [bench.dbs.receive(3), bench.dbs.receive(3)];
    first.write(ascii('aa'));
    second.write(ascii('bbb'));
    first.finish(2, 10);
    second.finish(3, 11);
    bench.settle();
    expect(bench.done).toEqual([10, 11]);
    expect(bench.text(bench.dbs.path(3))).toBe('bbb');
  });
});

describe('old backends', () => {
  it('go with the release of a newer snapshot, unless somebody is going to open them', () => {
    const bench = new SnapBench();
    for (const index of [3, 5, 8]) received(bench, index);
    bench.dbs.pin(3);
    expect(bench.dbs.release(8)).toBe(1);
    expect(bench.names()).toEqual([formatSnapDbName(3), formatSnapDbName(8)]);
    bench.dbs.unpin(3);
    expect(bench.dbs.release(8)).toBe(1);
    expect(bench.dbs.release(8)).toBe(0);
    expect(bench.names()).toEqual([formatSnapDbName(8)]);
  });

  it('and half-made files go at boot', () => {
    const bench = new SnapBench().saved(snapshot(5));
    for (const index of [3, 5, 8]) received(bench, index);
    bench.dbs.receive(9).write(ascii('half'));
    bench.snapshotter.save(snapshot(6), 10);
    bench.overwrite('db', ascii('kept'));
    bench.overwrite('db.tmp.123', ascii('defragmentation'));
    bench.crash('keep');
    bench.restart();
    expect(bench.dbs.removeOrphans(5)).toBe(5);
    expect(bench.names()).toEqual(['0000000000000001-0000000000000005.snap', formatSnapDbName(5), 'db']);
  });
});
