import { describe, expect, it } from 'vitest';
import { DiskBench } from './host.ts';

const sector = 512;

/** A file of eight sectors, each of its own letter, durable. */
function synced(seed = 'media') {
  const bench = new DiskBench(seed);
  bench.write(
    'a',
    0,
    'abcdefgh'
      .split('')
      .map((letter) => letter.repeat(sector))
      .join(''),
  );
  bench.disk.sync('a', 1);
  bench.disk.syncDirectory('', 2);
  bench.completeAll();
  bench.host.lines.length = 0;
  return bench;
}

const shape = (bench: DiskBench, path = 'a') => (bench.text(path) ?? '').replace(/(.)\1*/gs, '$1');

describe('bit rot', () => {
  it('changes one bit that was durable, for reads too', () => {
    const bench = synced();
    expect(bench.disk.flipBit('a', 700 * 8 + 1)).toBe(true);
    expect(bench.text('a')?.charCodeAt(700)).toBe('b'.charCodeAt(0) ^ 2);
    expect(bench.host.lines).toEqual(['fault bit rot a']);
    bench.crash('keep');
    expect(bench.text('a')?.charCodeAt(700)).toBe('b'.charCodeAt(0) ^ 2);
    expect(bench.disk.flipBit('a', 8 * sector * 8)).toBe(false);
    expect(bench.disk.flipBit('b', 0)).toBe(false);
  });

  it('is healed by a write that covers it, and never reaches what is yet to be written', () => {
    const bench = synced();
    bench.write('a', sector, 'B'.repeat(sector));
    expect(bench.disk.flipBit('a', 600 * 8)).toBe(true);
    expect(bench.text('a')?.[600]).toBe('B');
    bench.disk.sync('a', 3);
    expect(bench.disk.flipBit('a', 700 * 8)).toBe(true);
    expect(bench.text('a')?.[700]).toBe('B');
    bench.completeAll();
    bench.crash('drop');
    expect(shape(bench)).toBe('aBcdefgh');
  });

  it('comes with syncs, somewhere, when it is on', () => {
    const places = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const bench = synced(`rot ${seed}`);
      const before = bench.text('a') ?? '';
      bench.disk.faults.bitRotPer10k = 10_000;
      bench.disk.sync('a', 3);
      bench.completeAll();
      const after = bench.text('a') ?? '';
      const changed = after.split('').flatMap((letter, i) => (letter === before[i] ? [] : [i]));
      expect(changed.length).toBe(1);
      places.add(Math.floor((changed[0] ?? 0) / sector));
    }
    expect(places.size).toBeGreaterThan(4);
  });
});

describe('a misdirected write', () => {
  it('leaves one sector as it was and puts it over another', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const bench = synced(`misdirect ${seed}`);
      bench.disk.faults.misdirectPer10k = 10_000;
      bench.write('a', sector, 'B'.repeat(sector) + 'C'.repeat(sector));
      bench.disk.sync('a', 3);
      expect(bench.completeAll()).toEqual([{ token: 3, error: null }]);
      const found = shape(bench);
      bench.crash('keep');
      expect(shape(bench)).toEqual(found);
      if (!bench.host.lines.some((line) => line.startsWith('fault'))) {
        expect(found).toBe('aBCdefgh');
        continue;
      }
      expect(bench.host.lines.filter((line) => line.startsWith('fault'))).toEqual([
        'fault misdirected write a',
        'fault overwritten by it a',
      ]);
      seen.add(found);
    }
    expect(seen.size).toBeGreaterThan(8);
    expect([...seen].some((text) => text.includes('b'))).toBe(true);
  });

  it('may hit another file', () => {
    const hit = new Set<boolean>();
    for (let seed = 0; seed < 20; seed++) {
      const bench = synced(`other ${seed}`);
      bench.write('z', 0, 'z'.repeat(sector));
      bench.disk.faults.misdirectPer10k = 10_000;
      bench.disk.sync('z', 3);
      bench.completeAll();
      hit.add(shape(bench) !== 'abcdefgh');
    }
    expect(hit.size).toBe(2);
  });
});

describe('a stale read', () => {
  it('shows one sector as it was before its last sync, and only that time', () => {
    const bench = synced();
    bench.write('a', 0, 'A'.repeat(sector));
    bench.disk.sync('a', 3);
    bench.completeAll();
    bench.disk.faults.staleReadPer10k = 10_000;
    // What was synced before it was on is not forgotten.
    expect(shape(bench)).toBe('Abcdefgh');
    bench.write('a', 2 * sector, 'C'.repeat(sector));
    bench.disk.sync('a', 4);
    bench.completeAll();
    expect(shape(bench)).toBe('Abcdefgh');
    const part = bench.disk.read('a', 2 * sector + 500, 100);
    expect(String.fromCharCode(...part)).toBe('c'.repeat(12) + 'd'.repeat(88));
    expect(bench.host.lines.filter((line) => line.startsWith('fault')).length).toBe(2);
    bench.disk.faults.staleReadPer10k = 0;
    expect(shape(bench)).toBe('AbCdefgh');
  });
});

describe('write errors', () => {
  it('drop the write whole, and the next sync says so once', () => {
    const bench = synced();
    bench.disk.faults.writeErrorPer10k = 10_000;
    bench.write('a', 0, 'A'.repeat(sector));
    bench.disk.faults.writeErrorPer10k = 0;
    expect(shape(bench)).toBe('abcdefgh');
    bench.disk.sync('a', 3);
    bench.disk.sync('a', 4);
    expect(bench.completeAll().map(({ error }) => error)).toEqual(['EIO', null]);
    expect(bench.host.lines[0]).toBe('fault write error a');
  });
});

describe('names', () => {
  const renamed = (fault: 'lostDirectorySync' | 'lostRename') => {
    const bench = synced();
    bench.disk.faults[fault] = true;
    bench.write('b.tmp', 0, 'b');
    bench.disk.sync('b.tmp', 3);
    bench.disk.rename('b.tmp', 'b');
    bench.disk.syncDirectory('', 4);
    expect(bench.completeAll().map(({ error }) => error)).toEqual([null, null]);
    expect(bench.text('b')).toBe('b');
    return bench;
  };

  it('are all lost with a lost directory sync', () => {
    const bench = renamed('lostDirectorySync');
    expect(bench.host.lines).toContain('fault lost directory sync ');
    const fork = bench.fork('fork');
    fork.disk.faults.lostDirectorySync = false;
    fork.disk.syncDirectory('', 5);
    fork.completeAll();
    fork.crash('drop');
    expect(fork.disk.list('')).toEqual(['a', 'b']);
    bench.crash('drop');
    expect(bench.disk.list('')).toEqual(['a']);
  });

  it('are the old ones after a lost rename', () => {
    const bench = renamed('lostRename');
    expect(bench.host.lines).toContain('fault lost rename ');
    bench.crash('drop');
    expect(bench.disk.list('')).toEqual(['a', 'b.tmp']);
  });
});

describe('bandwidth', () => {
  it('adds the time of the bytes', () => {
    const bench = synced();
    bench.disk.latency = { syncMinNs: 10, syncMeanNs: 0 };
    bench.disk.faults.bytesPerSecond = 1_000_000;
    const start = bench.host.now;
    bench.write('a', 0, 'A'.repeat(2000));
    bench.disk.sync('a', 3);
    expect(bench.host.scheduled.at(-1)?.atNs).toBe(start + 10 + 2_000_000);
  });
});

describe('a stall', () => {
  it('holds syncs and reads back until it is released, then lets them through in order', () => {
    const bench = synced();
    bench.disk.latency = { syncMinNs: 10, syncMeanNs: 0 };
    for (const token of [3, 4]) bench.disk.sync('a', token);
    bench.disk.stall();
    expect(bench.disk.stalled).toBe(true);
    expect(bench.completeOne()).toBe(null);
    bench.disk.sync('a', 5);
    expect(() => bench.text('a')).toThrow('EIO');
    bench.host.now += 5000;
    expect(bench.host.scheduled.length).toBe(1);
    bench.disk.release();
    expect(bench.host.scheduled.slice(1).every(({ atNs }) => atNs === bench.host.now)).toBe(true);
    // The time that the second one had before the stall comes before the first one is done: it is void.
    expect(bench.completeOne()).toBe(null);
    expect(bench.completeAll().map(({ token }) => token)).toEqual([3, 4, 5]);
    expect(shape(bench)).toBe('abcdefgh');
    bench.disk.sync('a', 6);
    expect(bench.completeAll().map(({ token }) => token)).toEqual([6]);
  });

  it('survives a crash, which ends the syncs that waited', () => {
    const bench = synced();
    bench.disk.sync('a', 3);
    bench.disk.stall();
    bench.crash('keep');
    bench.disk.release();
    bench.disk.release();
    expect(bench.completeAll()).toEqual([]);
    expect(bench.host.lines.filter((line) => line.startsWith('fault'))).toEqual([
      'fault stall ',
      'fault stall ended ',
    ]);
  });
});

describe('disks', () => {
  it('are swapped with all they hold', () => {
    const [one, two] = [synced('one'), new DiskBench('two')];
    two.write('b', 0, 'bb');
    one.disk.swapWith(two.disk);
    expect([one.disk.list(''), shape(two)]).toEqual([['b'], 'abcdefgh']);
    two.disk.faults.fullAtBytes = 8 * sector;
    two.write('c', 0, 'c');
    expect(two.host.lines.slice(1)).toEqual(['fault swapped ', 'fault disk full c']);
    two.disk.sync('a', 1);
    expect(() => one.disk.swapWith(two.disk)).toThrow('syncs under way');
  });

  it('are wiped', () => {
    const bench = synced();
    bench.disk.wipe();
    expect(bench.disk.list('')).toEqual([]);
    bench.disk.faults.fullAtBytes = 1;
    bench.write('a', 0, 'x');
    expect(bench.text('a')).toBe('x');
    bench.crash('drop');
    expect(bench.disk.list('')).toEqual([]);
    expect(bench.host.lines[0]).toBe('fault wiped ');
  });
});

it('a fault that is off draws nothing: the others find what they would have found', () => {
  const run = (alsoWriteErrors: boolean) => {
    const bench = synced('streams');
    bench.disk.faults.bitRotPer10k = 5000;
    const found: (string | null)[] = [];
    for (let i = 0; i < 30; i++) {
      bench.disk.faults.writeErrorPer10k = alsoWriteErrors ? 3000 : 0;
      bench.write('b', 0, 'x');
      bench.disk.faults.writeErrorPer10k = 0;
      bench.disk.sync('a', 3);
      bench.completeAll();
      found.push(bench.text('a'));
    }
    return { found, times: bench.host.now };
  };
  expect(run(true)).toEqual(run(false));
});
