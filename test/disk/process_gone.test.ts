import { describe, expect, it } from 'vitest';
import { faultSettings, noDiskFaults } from '../../sim/disk/host.ts';
import { drawBits } from '../../sim/faults/rot.ts';
import { RandomStream } from '../../sim/random.ts';
import { DiskBench } from './host.ts';

describe('a process that is gone, on a machine that runs', () => {
  it('is told nothing, but what it synced is done', () => {
    const bench = new DiskBench();
    bench.write('a', 0, 'old');
    bench.disk.sync('a', 1);
    bench.disk.syncDirectory('', 2);
    bench.disk.abandonSyncs();
    bench.write('a', 0, 'new');
    bench.disk.sync('a', 3);
    expect(bench.completeAll()).toEqual([{ token: 3, error: null }]);
    bench.crash('drop');
    expect(bench.text('a')).toBe('new');
  });

  it('leaves a page cache that hides what a failed sync lost, until the power goes', () => {
    const bench = new DiskBench();
    bench.disk.faults.syncError = true;
    bench.write('a', 0, 'x');
    bench.disk.sync('a', 1);
    expect(bench.disk.hidesLoss).toBe(false);
    bench.completeAll();
    expect([bench.disk.hidesLoss, bench.text('a')]).toEqual([true, 'x']);
    expect(bench.fork('fork').disk.hidesLoss).toBe(true);
    bench.crash('keep');
    expect([bench.disk.hidesLoss, bench.text('a')]).toEqual([false, '\0']);
  });

  it('hides nothing if the failed sync had nothing to write', () => {
    const bench = new DiskBench();
    bench.disk.faults.syncError = true;
    bench.disk.syncDirectory('', 1);
    bench.completeAll();
    expect(bench.disk.hidesLoss).toBe(false);
  });
});

describe('what a story may see', () => {
  it('is files with something durable, by path, and the space that is used', () => {
    const bench = new DiskBench();
    bench.disk.makeDirectory('d');
    bench.write('d/b', 0, 'bbbb');
    bench.write('a', 0, 'aa');
    expect(bench.disk.durableFiles()).toEqual([]);
    for (const path of ['d/b', 'a']) bench.disk.sync(path, 1);
    bench.completeAll();
    expect(bench.disk.durableFiles()).toEqual([
      { path: 'a', bytes: 2 },
      { path: 'd/b', bytes: 4 },
    ]);
    expect(bench.disk.usedSpaceBytes).toBe(6);
    bench.crash('drop');
    expect(bench.disk.durableFiles()).toEqual([]);
  });

  it('is how often faults took effect', () => {
    const bench = new DiskBench();
    bench.disk.stall();
    bench.disk.release();
    expect(bench.disk.faultsHit).toBe(0);
    bench.disk.faults.writeErrorPer10k = 10_000;
    bench.write('a', 0, 'x');
    bench.write('a', 0, 'x');
    expect(bench.disk.faultsHit).toBe(2);
  });
});

it('media faults stay in their folder', () => {
  const bench = new DiskBench();
  bench.disk.makeDirectory('log');
  for (const path of ['a', 'log/b', 'logbook']) {
    bench.write(path, 0, 'x'.repeat(600));
    bench.disk.sync(path, 1);
  }
  bench.completeAll();
  Object.assign(bench.disk.faults, { bitRotPer10k: 10_000, misdirectPer10k: 10_000, mediaUnder: 'log' });
  for (let i = 0; i < 20; i++) {
    for (const path of ['a', 'log/b']) {
      bench.write(path, 0, 'y');
      bench.disk.sync(path, 1);
    }
  }
  bench.completeAll();
  const hit = (fault: string) => bench.host.lines.filter((line) => line.startsWith(`fault ${fault}`));
  expect(new Set(hit('bit rot'))).toEqual(new Set(['fault bit rot log/b']));
  expect(new Set(hit('misdirected'))).toEqual(new Set(['fault misdirected write log/b']));
  expect(new Set(hit('overwritten'))).toEqual(new Set(['fault overwritten by it log/b']));
});

it('settings are what differs from a good disk, in one order', () => {
  expect(faultSettings(noDiskFaults())).toEqual({});
  const settings = faultSettings({
    bytesPerSecond: 5,
    syncError: false,
    readError: true,
    fullAtBytes: Infinity,
  });
  expect(JSON.stringify(settings)).toBe('{"readError":true,"bytesPerSecond":5}');
});

describe('bits to flip', () => {
  const files = [
    { path: 'member/snap/db', bytes: 4096 },
    { path: 'member/wal/0.wal', bytes: 700 },
    { path: 'member/wal/1.wal', bytes: 10 },
  ];
  const draws = (place: Parameters<typeof drawBits>[1], count = 200) =>
    Array.from({ length: count }, (_, i) => drawBits(files, place, new RandomStream(`rot ${i}`)));

  it('lie in one sector of what is there, different ones, ascending', () => {
    for (const drawn of draws({ bits: 5 })) {
      const bits = drawn?.bits ?? [];
      expect(new Set(bits).size).toBe(5);
      expect([...bits].sort((a, b) => a - b)).toEqual(bits);
      expect(new Set(bits.map((bit) => Math.floor(bit / 4096))).size).toBe(1);
      const bytes = files.find(({ path }) => path === drawn?.file)?.bytes ?? 0;
      expect(bits.every((bit) => bit < bytes * 8)).toBe(true);
    }
  });

  it('are of the log unless told; of a file, or of anywhere', () => {
    const names = (place: Parameters<typeof drawBits>[1]) =>
      new Set(draws(place).map((drawn) => drawn?.file));
    expect(names({})).toEqual(new Set(['member/wal/0.wal', 'member/wal/1.wal']));
    expect(names({ under: '' })).toEqual(new Set(files.map(({ path }) => path)));
    expect(names({ file: 'member/wal/1.wal' })).toEqual(new Set(['member/wal/1.wal']));
    expect(names({ file: 'member' })).toEqual(new Set([undefined]));
  });

  it('are not more than there are', () => {
    expect(
      drawBits(files, { file: 'member/wal/1.wal', bits: 500 }, new RandomStream('x'))?.bits,
    ).toHaveLength(80);
  });
});
