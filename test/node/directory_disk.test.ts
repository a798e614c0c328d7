import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { Backend, Buckets } from '../../core/backend/index.ts';
import { DirectoryDisk } from '../../core/node/directory_disk.ts';
import { type SyncCalls, systemCalls } from '../../core/node/open_file.ts';
import type { DiskErrorCode, Token } from '../../core/ports.ts';
import { Wal, noSnapshot, recoverWal, verifyWal } from '../../core/wal/index.ts';
import { entry, metadata, state } from '../wal/support.ts';

let root = '';
let completed: (readonly [Token, DiskErrorCode | null])[] = [];
let disk: DirectoryDisk;
let told: (token: Token) => void;

function openDisk(calls: SyncCalls = systemCalls): DirectoryDisk {
  return new DirectoryDisk(
    root,
    (token, error) => {
      completed.push([token, error]);
      told(token);
    },
    calls,
  );
}

function closed(open = disk): Promise<void> {
  return new Promise((resolve) => open.close(resolve));
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'detcd-disk-'));
  completed = [];
  told = () => {};
  disk = openDisk();
});
afterEach(async () => {
  await closed();
  rmSync(root, { recursive: true, force: true });
});

/** Syncs that the test lets through one by one. */
function heldSyncs(): { readonly calls: SyncCalls; readonly log: string[]; release(error?: string): void } {
  const held: ((error: NodeJS.ErrnoException | null) => void)[] = [];
  const log: string[] = [];
  const hold =
    (name: string) => (_descriptor: number, done: (error: NodeJS.ErrnoException | null) => void) => {
      log.push(name);
      held.push(done);
    };
  return {
    calls: { fdatasync: hold('file'), fsync: hold('directory') },
    log,
    release(error) {
      const failure = error === undefined ? null : Object.assign(new Error(error), { code: error });
      held.shift()?.(failure);
    },
  };
}

describe('a real directory as a disk', () => {
  it('writes, fills gaps with zeros, truncates, reads, renames, removes, lists', () => {
    disk.makeDirectory('member');
    disk.makeDirectory('member');
    disk.write('member/b', 4, bytes('xyz'));
    expect(disk.read('member/b', 0, 100)).toEqual(Uint8Array.of(0, 0, 0, 0, 120, 121, 122));
    expect(disk.read('member/b', 5, 1)).toEqual(bytes('y'));
    expect(disk.read('member/b', 50, 1)).toEqual(bytes(''));
    disk.truncate('member/b', 5);
    expect(disk.sizeBytes('member/b')).toBe(5);
    disk.write('member/a', 0, bytes('old'));
    disk.rename('member/b', 'member/a');
    expect(disk.list('member')).toEqual(['a']);
    expect(disk.sizeBytes('member/a')).toBe(5);
    disk.remove('member/a');
    disk.remove('member/a');
    disk.remove('member');
    expect(disk.list('member')).toEqual([]);
    expect(disk.sizeBytes('member/a')).toBe(-1);
    expect(() => disk.read('member/a', 0, 1)).toThrow('ENOENT: read member/a');
  });

  it('goes on writing to a file whose directory has another name since', async () => {
    disk.makeDirectory('wal.tmp');
    disk.write('wal.tmp/0', 0, bytes('one'));
    disk.rename('wal.tmp', 'wal');
    disk.write('wal/0', 3, bytes(' two'));
    disk.sync('wal/0', 1);
    await closed();
    expect(readFileSync(join(root, 'wal', '0'), 'utf8')).toBe('one two');
    expect(completed).toEqual([[1, null]]);
  });

  it('lets only the owner in', () => {
    disk.makeDirectory('member');
    disk.write('member/db', 0, bytes('x'));
    expect(statSync(join(root, 'member')).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, 'member', 'db')).mode & 0o777).toBe(0o600);
  });

  it('does not leave the directory', () => {
    for (const path of ['../x', '/etc/passwd', 'a/../../x', 'a\0b']) {
      expect(() => disk.read(path, 0, 1)).toThrow('outside of the directory');
      disk.write(path, 0, bytes('x'));
      disk.remove(path);
    }
    expect(disk.list('')).toEqual([]);
  });

  it('reads large files of zeros without keeping the zeros', () => {
    const mebibytes = 48;
    disk.write('log', 0, bytes('start'));
    disk.truncate('log', mebibytes * 1024 * 1024);
    const before = process.memoryUsage.rss();
    const read = disk.read('log', 0, disk.sizeBytes('log'));
    expect(read.length).toBe(mebibytes * 1024 * 1024);
    expect(read.subarray(0, 5)).toEqual(bytes('start'));
    expect(process.memoryUsage.rss() - before).toBeLessThan(24 * 1024 * 1024);
  });
});

describe('its syncs', () => {
  it('complete in the order of submission, never within the call, files and directories alike', async () => {
    disk.write('a', 0, bytes('a'));
    disk.write('b', 0, bytes('b'));
    for (const [token, path] of ['a', 'b', 'a', 'a', 'b'].entries()) disk.sync(path, token);
    disk.syncDirectory('', 5);
    disk.sync('a', 6);
    expect(completed).toEqual([]);
    await closed();
    expect(completed.map(([token]) => token)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(completed.every(([, error]) => error === null)).toBe(true);
  });

  it('run one at a time; neighbours for one file share one, but not one that has begun', () => {
    const held = heldSyncs();
    disk = openDisk(held.calls);
    disk.write('a', 0, bytes('a'));
    disk.sync('a', 1);
    disk.sync('a', 2);
    disk.sync('a', 3);
    disk.syncDirectory('', 4);
    disk.sync('a', 5);
    expect(held.log).toEqual(['file']);
    held.release();
    expect(completed).toEqual([[1, null]]);
    expect(held.log).toEqual(['file', 'file']);
    held.release();
    expect(completed.map(([token]) => token)).toEqual([1, 2, 3]);
    expect(held.log).toEqual(['file', 'file', 'directory']);
    held.release();
    held.release();
    expect(completed.map(([token]) => token)).toEqual([1, 2, 3, 4, 5]);
  });

  it('that are submitted while others are told of wait for their turn', () => {
    const held = heldSyncs();
    disk = openDisk(held.calls);
    disk.write('a', 0, bytes('a'));
    disk.write('b', 0, bytes('b'));
    told = (token) => {
      if (token === 1) disk.sync('b', 3);
    };
    disk.sync('a', 1);
    disk.sync('a', 2);
    held.release();
    expect(held.log).toEqual(['file', 'file']);
    held.release();
    held.release();
    expect(completed.map(([token]) => token)).toEqual([1, 2, 3]);
  });

  it('that fail say so, and all later ones of that file do, those of others not', async () => {
    const held = heldSyncs();
    disk = openDisk(held.calls);
    disk.write('a', 0, bytes('a'));
    disk.write('b', 0, bytes('b'));
    disk.sync('a', 1);
    held.release('EIO');
    disk.sync('a', 2);
    await new Promise(setImmediate);
    disk.sync('b', 3);
    held.release();
    expect(completed).toEqual([
      [1, 'EIO'],
      [2, 'EIO'],
      [3, null],
    ]);
    expect(held.log).toEqual(['file', 'file']);
  });

  it('keep a file open until they are done, even if it is removed meanwhile', () => {
    const held = heldSyncs();
    disk = openDisk(held.calls);
    disk.write('a', 0, bytes('a'));
    disk.sync('a', 1);
    disk.remove('a');
    disk.write('a', 0, bytes('new'));
    held.release();
    disk.sync('a', 2);
    held.release();
    expect(completed).toEqual([
      [1, null],
      [2, null],
    ]);
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('new');
  });
});

describe('its errors', () => {
  it.skipIf(statSync('/dev/full', { throwIfNoEntry: false }) === undefined)(
    'of writes come with the next sync, once, and writing itself never throws',
    async () => {
      symlinkSync('/dev/full', join(root, 'full'));
      const nothingToSync: SyncCalls = {
        ...systemCalls,
        fdatasync: (_, done) => void setImmediate(done, null),
      };
      disk = openDisk(nothingToSync);
      disk.write('full', 0, bytes('x'));
      disk.sync('full', 1);
      disk.sync('full', 2);
      await closed();
      expect(completed).toEqual([
        [1, 'ENOSPC'],
        [2, null],
      ]);
    },
  );

  it('of names come with the next sync of a directory', async () => {
    disk.rename('missing', 'other');
    disk.syncDirectory('', 1);
    disk.syncDirectory('', 2);
    disk.syncDirectory('missing', 3);
    await closed();
    expect(completed).toEqual([
      [1, 'ENOENT'],
      [2, null],
      [3, 'ENOENT'],
    ]);
  });

  it('of files that can not be opened come with their sync', async () => {
    writeFileSync(join(root, 'file'), '');
    disk.write('file/below', 0, bytes('x'));
    disk.sync('file/below', 1);
    disk.sync('never written', 2);
    disk.truncate('not there', 0);
    disk.sync('not there', 3);
    await closed();
    expect(completed).toEqual([
      [1, 'ENOENT'],
      [2, 'ENOENT'],
      [3, 'ENOENT'],
    ]);
  });
});

describe('the log and the backend on it', () => {
  const walStep = 1;
  const backendStep = 2;

  it('are there again when the directory is opened anew', async () => {
    disk.makeDirectory('member');
    disk.makeDirectory('member/snap');
    const wal = Wal.create(disk, 'member/wal', metadata, { stepToken: walStep });
    const backend = Backend.open(disk, 'member/snap/db', { stepToken: backendStep });
    const durable = new Promise<void>((resolve) => {
      const wanted = new Set([10, 11]);
      told = (token) => {
        if (!wal.onDisk(token) && !backend.onDisk(token)) wanted.delete(token);
        if (wanted.size === 0 && backend.settled) resolve();
      };
    });
    wal.save(state(1, 1, 2), [entry(1), entry(2), entry(3)]);
    wal.sync(10);
    const tx = backend.lock();
    tx.createBucket(Buckets.cluster);
    tx.put(Buckets.cluster, fromText('clusterVersion'), bytes('3.4.0'));
    backend.unlock();
    backend.commit(11);
    await durable;
    await closed();
    expect(completed.every(([, error]) => error === null)).toBe(true);
    told = () => {};
    const again = openDisk();
    expect(verifyWal(again, 'member/wal', noSnapshot)).toMatchObject({ entryCount: 3, lastIndex: 3 });
    expect(recoverWal(again, 'member/wal', { stepToken: walStep }).entries).toHaveLength(3);
    const reopened = Backend.open(again, 'member/snap/db', { stepToken: backendStep });
    expect(reopened.read().get(Buckets.cluster, fromText('clusterVersion'))).toEqual(bytes('3.4.0'));
    await closed(again);
  });
});
