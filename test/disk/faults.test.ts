import { describe, expect, it } from 'vitest';
import { DiskError } from '../../core/ports.ts';
import { DiskBench } from './host.ts';

describe('latency', () => {
  it('completes syncs in the order of submission, not before the minimum, and varies', () => {
    const bench = new DiskBench();
    for (let i = 0; i < 50; i++) {
      bench.write('a', i, 'x');
      bench.disk.sync('a', i);
      bench.host.now += 100;
    }
    const times = bench.host.scheduled.map(({ atNs }) => atNs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.every((time, i) => time >= i * 100 + 1000)).toBe(true);
    expect(new Set(times).size).toBeGreaterThan(3);
    expect(bench.completeAll().map(({ token }) => token)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('does not wait after a crash for what was under way before it', () => {
    const bench = new DiskBench();
    bench.disk.latency = { syncMinNs: 1e12, syncMeanNs: 0 };
    bench.write('a', 0, 'x');
    bench.disk.sync('a', 1);
    bench.crash('keep');
    bench.disk.latency = { syncMinNs: 10, syncMeanNs: 0 };
    bench.disk.sync('a', 2);
    expect(bench.host.scheduled.at(-1)?.atNs).toBe(10);
    // The completion of the sync that the crash ended comes after, and is void.
    const [stale, fresh] = bench.host.scheduled;
    expect(bench.disk.completeSync(fresh?.id ?? 0)).toEqual({ token: 2, error: null });
    expect(bench.disk.completeSync(stale?.id ?? 0)).toBe(null);
  });
});

describe('faults', () => {
  const synced = () => {
    const bench = new DiskBench();
    bench.write('a', 0, 'old');
    bench.disk.sync('a', 1);
    bench.disk.syncDirectory('', 2);
    bench.completeAll();
    return bench;
  };

  it('lies: a sync succeeds and nothing is durable', () => {
    const bench = synced();
    bench.disk.faults.lyingSync = true;
    bench.write('a', 0, 'new');
    bench.write('b', 0, 'b');
    bench.disk.sync('a', 3);
    bench.disk.syncDirectory('', 4);
    expect(bench.completeAll().map(({ error }) => error)).toEqual([null, null]);
    expect(bench.disk.hasUnsynced()).toBe(true);
    const fork = bench.fork('fork');
    fork.disk.faults.lyingSync = false;
    fork.disk.sync('a', 5);
    fork.completeAll();
    fork.crash('drop');
    expect(fork.text('a')).toBe('new');
    bench.crash('drop');
    expect([bench.text('a'), bench.text('b')]).toEqual(['old', null]);
  });

  it('fails a sync: reads still see the bytes, no later sync brings them to the platter', () => {
    const bench = synced();
    bench.disk.faults.syncError = true;
    bench.write('a', 0, 'new');
    bench.disk.sync('a', 3);
    expect(bench.completeAll()).toEqual([{ token: 3, error: 'EIO' }]);
    bench.disk.faults.syncError = false;
    bench.disk.sync('a', 4);
    expect(bench.completeAll()).toEqual([{ token: 4, error: null }]);
    expect(bench.text('a')).toBe('new');
    bench.crash('keep');
    expect(bench.text('a')).toBe('old');
  });

  it('fails reads', () => {
    const bench = synced();
    expect(() => bench.disk.read('b', 0, 1)).toThrow(DiskError);
    bench.disk.faults.readError = true;
    expect(() => bench.disk.read('a', 0, 1)).toThrow('EIO: read a');
  });

  it('is full: a write that does not fit is dropped, and the next sync of the file says so once', () => {
    const bench = synced();
    bench.disk.faults.fullAtBytes = 10;
    bench.write('a', 3, '4567890');
    bench.write('a', 0, 'OLD');
    bench.write('b', 0, 'x');
    bench.disk.sync('a', 3);
    expect(bench.completeAll()).toEqual([{ token: 3, error: null }]);
    bench.write('a', 10, 'x');
    expect(bench.text('a')).toBe('OLD4567890');
    bench.disk.sync('a', 4);
    bench.disk.sync('a', 5);
    expect(bench.completeAll().map(({ error }) => error)).toEqual(['ENOSPC', null]);
    bench.disk.truncate('a', 3);
    bench.write('a', 3, 'x');
    expect(bench.text('a')).toBe('OLDx');
  });
});

describe('reports', () => {
  it('tells the host of every operation', () => {
    const bench = new DiskBench();
    bench.disk.makeDirectory('d');
    bench.write('d/a', 0, 'abc');
    bench.write('d/a', 3, 'def');
    bench.disk.sync('d/a', 1);
    bench.completeAll();
    bench.disk.truncate('d/a', 1);
    bench.disk.rename('d/a', 'd/b');
    bench.disk.remove('d/b');
    bench.disk.faults.lyingSync = true;
    bench.disk.syncDirectory('d', 2);
    bench.completeAll();
    expect(bench.host.lines).toEqual([
      'write d/a 0+3',
      'write d/a 3+3',
      'sync d/a 6',
      'done d/a ok',
      'truncate d/a 1',
      'rename d/a d/b',
      'remove d/b',
      'sync d 0',
      'fault lying sync d',
      'done d ok',
    ]);
  });
});
