import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadOnlyDisk } from '../../core/node/read_only_disk.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'detcd-read-'));
  mkdirSync(join(root, 'member'));
  writeFileSync(join(root, 'member', 'b'), 'bytes');
  writeFileSync(join(root, 'member', 'a'), '');
});
afterAll(() => rmSync(root, { recursive: true }));

describe('a directory that is only looked at', () => {
  it('reads, and tells missing files from empty ones', () => {
    const disk = new ReadOnlyDisk(root);
    expect(disk.list('')).toEqual(['member']);
    expect(disk.list('member')).toEqual(['a', 'b']);
    expect(disk.list('missing')).toEqual([]);
    expect(['member/b', 'member/a', 'missing', 'member'].map((path) => disk.sizeBytes(path))).toEqual([
      5, 0, -1, -1,
    ]);
    expect(String.fromCharCode(...disk.read('member/b', 1, 3))).toBe('yte');
    expect(() => disk.read('missing', 0, 1)).toThrow('ENOENT: read missing');
    expect(() => disk.read('../x', 0, 1)).toThrow('outside of the directory');
  });

  it('refuses every change', () => {
    const disk = new ReadOnlyDisk(root);
    const changes: (() => void)[] = [
      () => disk.write('member/b'),
      () => disk.truncate('member/b'),
      () => disk.rename('member/b'),
      () => disk.remove('member/b'),
      () => disk.makeDirectory('new'),
      () => disk.sync('member/b'),
      () => disk.syncDirectory('member'),
    ];
    for (const change of changes) expect(change).toThrow(/^EROFS: /);
    expect(readdirSync(join(root, 'member'))).toEqual(['a', 'b']);
  });
});
