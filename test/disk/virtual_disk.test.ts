import { describe, expect, it } from 'vitest';
import { DiskBench } from './host.ts';

describe('page cache', () => {
  it('shows writes at once and makes them durable with the sync', () => {
    const bench = new DiskBench();
    bench.write('a', 0, 'hello');
    expect(bench.text('a')).toBe('hello');
    bench.disk.sync('a', 7);
    bench.disk.syncDirectory('', 8);
    bench.write('a', 5, ' world');
    expect(bench.completeAll()).toEqual([
      { token: 7, error: null },
      { token: 8, error: null },
    ]);
    expect(bench.text('a')).toBe('hello world');
    bench.crash('drop');
    expect(bench.text('a')).toBe('hello');
  });

  it('has nothing durable before the sync completes, and the sync never completes after a crash', () => {
    const bench = new DiskBench();
    bench.write('a', 0, 'x');
    bench.disk.syncDirectory('', 1);
    bench.completeAll();
    bench.disk.sync('a', 2);
    bench.crash('drop');
    expect(bench.completeAll()).toEqual([]);
    expect(bench.text('a')).toBe('');
  });

  it('loses a file whose name was not synced, and keeps it in mode keep', () => {
    for (const [mode, found] of [
      ['drop', null],
      ['keep', 'x'],
    ] as const) {
      const bench = new DiskBench();
      bench.write('a', 0, 'x');
      bench.disk.sync('a', 1);
      bench.completeAll();
      bench.crash(mode);
      expect(bench.text('a')).toBe(found);
    }
  });

  it('keeps and drops whole caches', () => {
    const bench = new DiskBench();
    bench.write('a', 0, 'old');
    bench.disk.sync('a', 1);
    bench.disk.syncDirectory('', 2);
    bench.completeAll();
    bench.write('a', 0, 'new and longer');
    const fork = bench.fork('fork');
    expect(bench.crash('keep')).toMatchObject({ mode: 'keep', keptSectors: 1, droppedSectors: 0 });
    expect(bench.text('a')).toBe('new and longer');
    expect(fork.crash('drop')).toMatchObject({ mode: 'drop', keptSectors: 0, droppedSectors: 1 });
    expect(fork.text('a')).toBe('old');
  });

  it('copies the bytes it is given and the bytes it returns', () => {
    const bench = new DiskBench();
    const bytes = Uint8Array.of(1, 2, 3);
    bench.disk.write('a', 0, bytes);
    bytes[0] = 9;
    bench.disk.read('a', 0, 3)[1] = 9;
    expect([...bench.disk.read('a', 0, 3)]).toEqual([1, 2, 3]);
  });

  it('reads short at the end and fills gaps with zeros', () => {
    const bench = new DiskBench();
    bench.write('a', 0, 'abcdef');
    bench.disk.truncate('a', 2);
    bench.write('a', 4, 'x');
    expect([...bench.disk.read('a', 1, 100)]).toEqual([98, 0, 0, 120]);
    expect([...bench.disk.read('a', 50, 10)]).toEqual([]);
    bench.disk.sync('a', 1);
    bench.disk.syncDirectory('', 2);
    bench.completeAll();
    bench.crash('drop');
    expect(bench.text('a')).toBe('ab\0\0x');
  });

  it('writes the zeros of a gap over what an un-synced truncate left on the platter', () => {
    const bench = new DiskBench();
    bench.write('a', 0, 'abcdefgh');
    bench.disk.sync('a', 1);
    bench.disk.syncDirectory('', 2);
    bench.completeAll();
    bench.disk.truncate('a', 2);
    const fork = bench.fork('fork');
    bench.disk.truncate('a', 8);
    fork.write('a', 7, 'x');
    for (const { disk } of [bench, fork]) disk.sync('a', 3);
    for (const each of [bench, fork]) each.completeAll();
    for (const each of [bench, fork]) each.crash('drop');
    expect(bench.text('a')).toBe('ab\0\0\0\0\0\0');
    expect(fork.text('a')).toBe('ab\0\0\0\0\0x');
  });

  it('undoes a truncate that was not synced', () => {
    const bench = new DiskBench();
    bench.write('a', 0, 'abcdef');
    bench.disk.sync('a', 1);
    bench.disk.syncDirectory('', 2);
    bench.completeAll();
    bench.disk.truncate('a', 2);
    const fork = bench.fork('fork');
    bench.crash('drop');
    expect(bench.text('a')).toBe('abcdef');
    fork.crash('keep');
    expect(fork.text('a')).toBe('ab');
  });

  it('does not let a truncate spoil what a sync under way has promised', () => {
    const bench = new DiskBench();
    bench.write('a', 0, 'abcdef');
    bench.disk.syncDirectory('', 1);
    bench.disk.sync('a', 2);
    bench.write('a', 6, 'gh');
    bench.disk.sync('a', 3);
    bench.disk.truncate('a', 2);
    bench.completeAll();
    bench.crash('drop');
    expect(bench.text('a')).toBe('abcdefgh');
  });

  it('is deterministic, and a fork shares nothing', () => {
    const run = (bench: DiskBench) => {
      bench.disk.makeDirectory('d');
      for (let i = 0; i < 20; i++) bench.write(`d/${i % 3}`, i * 700, 'x'.repeat(900));
      bench.disk.sync('d/1', 1);
      const fork = bench.fork('other');
      fork.write('d/1', 0, 'fork');
      fork.crash('tear');
      const outcome = bench.crash('random');
      return [outcome, bench.disk.list('d').map((name) => [name, bench.text(`d/${name}`)])];
    };
    expect(run(new DiskBench('s'))).toEqual(run(new DiskBench('s')));
    expect(run(new DiskBench('s'))).not.toEqual(run(new DiskBench('t')));
  });

  it('takes syncs under way along into a fork', () => {
    const bench = new DiskBench();
    bench.disk.makeDirectory('d');
    bench.write('d/a', 0, 'x');
    bench.disk.sync('d/a', 1);
    bench.disk.syncDirectory('d', 2);
    bench.disk.syncDirectory('', 3);
    const fork = bench.fork('fork');
    expect(fork.completeAll().map(({ token }) => token)).toEqual([1, 2, 3]);
    fork.crash('drop');
    expect(fork.text('d/a')).toBe('x');
    bench.crash('drop');
    expect(bench.text('d/a')).toBe(null);
  });
});

describe('directories', () => {
  it('lists names in byte order and creates directories once', () => {
    const bench = new DiskBench();
    bench.disk.makeDirectory('d');
    bench.disk.makeDirectory('d');
    for (const name of ['b', 'a', 'B']) bench.write(`d/${name}`, 0, '');
    expect(bench.disk.list('d')).toEqual(['B', 'a', 'b']);
    expect(bench.disk.list('')).toEqual(['d']);
    expect(bench.disk.list('nothing')).toEqual([]);
    expect(bench.disk.sizeBytes('d')).toBe(-1);
  });

  it('renames a directory with what is in it', () => {
    const bench = new DiskBench();
    bench.disk.makeDirectory('d.tmp');
    bench.write('d.tmp/a', 0, 'x');
    expect(bench.text('d.tmp/a')).toBe('x');
    bench.disk.rename('d.tmp', 'd');
    expect([bench.text('d/a'), bench.text('d.tmp/a')]).toEqual(['x', null]);
  });

  it('replaces a file by a rename as a whole or not at all', () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const bench = new DiskBench(`rename ${seed}`);
      bench.write('a', 0, 'old');
      bench.write('a.tmp', 0, 'new');
      bench.disk.sync('a', 1);
      bench.disk.sync('a.tmp', 2);
      bench.disk.syncDirectory('', 3);
      bench.completeAll();
      bench.disk.rename('a.tmp', 'a');
      bench.crash('tear');
      outcomes.add(`${bench.text('a')} ${bench.text('a.tmp')}`);
    }
    expect([...outcomes].sort((a, b) => (a < b ? -1 : 1))).toEqual(['new null', 'old new']);
  });

  it('syncs only the names of its own directory', () => {
    const bench = new DiskBench();
    bench.disk.makeDirectory('d');
    bench.write('d/a', 0, 'x');
    bench.write('b', 0, 'y');
    bench.disk.sync('d/a', 1);
    bench.disk.sync('b', 2);
    bench.disk.syncDirectory('', 3);
    bench.completeAll();
    bench.crash('drop');
    expect([bench.disk.list(''), bench.disk.list('d')]).toEqual([['b', 'd'], []]);
  });

  it('keeps a removal only if its directory was synced', () => {
    for (const synced of [false, true]) {
      const bench = new DiskBench();
      bench.write('a', 0, 'x');
      bench.disk.sync('a', 1);
      bench.disk.syncDirectory('', 2);
      bench.completeAll();
      bench.disk.remove('a');
      bench.disk.remove('a');
      expect(bench.text('a')).toBe(null);
      if (synced) bench.disk.syncDirectory('', 3);
      bench.completeAll();
      bench.crash('drop');
      expect(bench.text('a')).toBe(synced ? null : 'x');
    }
  });

  it('stops on what only a bug asks for', () => {
    const { disk } = new DiskBench();
    expect(() => disk.write('no/a', 0, new Uint8Array(1))).toThrow('no directory for no/a');
    expect(() => disk.sync('a', 1)).toThrow('no file a');
    expect(() => disk.syncDirectory('d', 1)).toThrow('sync of d');
    expect(() => disk.rename('a', 'b')).toThrow('rename of a');
  });
});

describe('tearing', () => {
  const sectors = 6;
  const bench = (seed: number) => {
    const made = new DiskBench(`tear ${seed}`);
    made.write('a', 0, 'o'.repeat(512 * sectors));
    made.disk.sync('a', 1);
    made.disk.syncDirectory('', 2);
    made.completeAll();
    return made;
  };

  it('keeps or loses each un-synced sector on its own, and never a part of one', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 250; seed++) {
      const torn = bench(seed);
      torn.write('a', 512, 'n'.repeat(512 * (sectors - 2)));
      const { keptSectors, droppedSectors, tornFiles } = torn.crash('tear');
      const text = torn.text('a') ?? '';
      const pattern = Array.from({ length: sectors }, (_, i) => text.slice(i * 512, (i + 1) * 512));
      for (const sector of pattern) expect(['o'.repeat(512), 'n'.repeat(512)]).toContain(sector);
      const shape = pattern.map((sector) => sector[0]).join('');
      expect(keptSectors).toBe(shape.split('n').length - 1);
      expect(keptSectors + droppedSectors).toBe(4);
      expect(tornFiles).toBe(keptSectors > 0 && droppedSectors > 0 ? 1 : 0);
      seen.add(shape);
    }
    expect(seen.size).toBe(16);
  });

  it('tears a sector that is covered in part together with what was there', () => {
    for (let seed = 0; seed < 20; seed++) {
      const torn = bench(seed);
      torn.write('a', 500, 'n'.repeat(24));
      torn.crash('tear');
      expect(['oo', 'on', 'no', 'nn']).toContain(`${torn.text('a')?.[511]}${torn.text('a')?.[512]}`);
      expect(torn.text('a')?.slice(0, 500)).toBe('o'.repeat(500));
    }
  });

  it('lets a grown size survive, get lost, or get part of the way', () => {
    const sizes = new Set<number>();
    for (let seed = 0; seed < 100; seed++) {
      const torn = bench(seed);
      torn.write('a', 512 * sectors, 'n'.repeat(1100));
      torn.crash('tear');
      sizes.add(torn.disk.sizeBytes('a') - 512 * sectors);
    }
    expect([...sizes].sort((a, b) => a - b)).toEqual([0, 512, 1024, 1100]);
  });

  it('counts a sync under way as not done', () => {
    const shapes = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const torn = bench(seed);
      torn.write('a', 0, 'n'.repeat(512));
      torn.disk.sync('a', 3);
      torn.write('a', 1024, 'n'.repeat(512));
      torn.crash('tear');
      shapes.add(`${torn.text('a')?.[0]}${torn.text('a')?.[1024]}`);
    }
    expect(shapes.size).toBe(4);
  });

  it('draws a mode in mode random', () => {
    const modes = new Set<string>();
    for (let seed = 0; seed < 30; seed++) modes.add(bench(seed).crash('random').mode);
    expect([...modes].sort((a, b) => (a < b ? -1 : 1))).toEqual(['drop', 'keep', 'tear']);
  });
});
