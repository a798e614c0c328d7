import { describe, expect, it } from 'vitest';
import { BackendError, type Database } from '../../core/backend/index.ts';
import { encodeMetaPage } from '../../core/backend/meta.ts';
import { Freelist } from '../../core/backend/freelist.ts';
import { bytes, contentOf, contentOfFile, directory, numbered, path, StorageBench, text } from './support.ts';

const bucketName = text('bucket');

/** Submits a commit that changes every tenth of 500 keys, so that many pages are replaced. */
function submit(database: Database, value: string): void {
  const transaction = database.write();
  const bucket = transaction.root.bucket(bucketName) ?? transaction.root.createBucket(bucketName);
  for (let i = 0; i < 500; i += 10) bucket.put(numbered(i), bytes(value.repeat(100)));
  database.commit(transaction);
}

function filled(): { bench: StorageBench; database: Database } {
  const bench = new StorageBench();
  const database = bench.database();
  bench.settle();
  const transaction = database.write();
  const bucket = transaction.root.createBucket(bucketName);
  for (let i = 0; i < 500; i++) bucket.put(numbered(i), bytes('0'.repeat(100)));
  database.commit(transaction);
  bench.settle();
  return { bench, database };
}

describe('a commit', () => {
  it('syncs its data pages before it writes its meta, and that before it is done', () => {
    const { bench, database } = filled();
    bench.host.lines.length = 0;
    submit(database, 'a');
    const { txid } = database.meta;
    const lines = () => bench.host.lines.map((line) => line.replace(/ \d+$/, ''));
    const dataWrites = lines().filter((line) => line.startsWith('write'));
    expect(dataWrites.length).toBeGreaterThan(3);
    expect(lines().at(-1)).toBe(`sync ${path}`);
    expect(dataWrites.some((line) => / (0|4096)\+/.test(line))).toBe(false);
    expect([database.idle, database.durableTxid]).toEqual([false, txid - 1]);
    const before = lines().length;
    bench.settle(1);
    expect(lines().slice(before)).toEqual([
      `done ${path} ok`,
      `write ${path} ${(txid % 2) * 4096}+4096`,
      `sync ${path}`,
    ]);
    expect(database.idle).toBe(false);
    bench.settle(1);
    expect([database.idle, database.durableTxid]).toEqual([true, txid]);
  });

  it('can be read and built upon while it is under way, but not joined by another', () => {
    const { bench, database } = filled();
    submit(database, 'a');
    const reader = database.read();
    expect(reader.root.bucket(bucketName)?.get(numbered(10))).toEqual(bytes('a'.repeat(100)));
    reader.end();
    const next = database.write();
    next.root.bucket(bucketName)?.put(numbered(10), bytes('next'));
    expect(() => database.commit(next)).toThrow(/one commit at a time/);
    bench.settle();
    database.commit(next);
    bench.settle();
    expect(contentOfFile(bench.file())).toContain(`bucket/${numbered(10)}=next`);
    expect(() => database.commit(next)).toThrow(/starts from the newest state/);
  });
});

describe('pages that a commit gives up', () => {
  it('are used again by the next but one, so that the file stays small', () => {
    const { bench, database } = filled();
    const sizes: number[] = [];
    for (let i = 0; i < 10; i++) {
      submit(database, String(i));
      bench.settle();
      database.audit();
      sizes.push(database.meta.highWater);
    }
    expect(new Set(sizes.slice(2)).size).toBe(1);
  });

  it('stay as long as a reader can see them', () => {
    const { bench, database } = filled();
    const before = contentOfFile(bench.file());
    const reader = database.read();
    const start = database.meta.highWater;
    for (let i = 0; i < 6; i++) {
      submit(database, String(i));
      bench.settle();
      expect(contentOf(reader.root)).toEqual(before);
      database.audit();
    }
    const grown = database.meta.highWater;
    expect(grown).toBeGreaterThan(start + 6 * 10);
    reader.end();
    for (let i = 0; i < 6; i++) {
      submit(database, String(i));
      bench.settle();
    }
    expect(database.meta.highWater).toBe(grown);
    expect(() => reader.end()).toThrow(/ends once/);
  });

  it('a reader of the newest state does not hold back those of older ones', () => {
    const freelist = new Freelist([9]);
    freelist.freeLater(5, 20, 3);
    freelist.freeLater(6, 30, 1);
    freelist.release(5);
    expect([freelist.freePages(), freelist.waitingPages()]).toEqual([[9, 20, 21, 22], [30]]);
    expect(freelist.allocate(4)).toBeNull();
    expect([freelist.allocate(2), freelist.allocate(1), freelist.allocate(1), freelist.allocate(1)]).toEqual([
      20,
      9,
      22,
      null,
    ]);
    expect(() => {
      freelist.freeLater(6, 30, 1);
      freelist.release(6);
    }).toThrow(/page 30 is free twice/);
  });
});

describe('opening', () => {
  it('makes a file that appears under its name only when it is complete', () => {
    const bench = new StorageBench();
    bench.database();
    expect(bench.disk.list(directory)).toEqual(['db.tmp.0']);
    bench.settle();
    expect(bench.disk.list(directory)).toEqual(['db']);
    expect(contentOfFile(bench.file())).toEqual([]);
  });

  it('removes what an earlier attempt at a new file left', () => {
    const { bench } = filled();
    for (const name of ['db.tmp.0', 'db.tmp.12345']) bench.write(`${directory}/${name}`, 0, 'left');
    bench.write(`${directory}/db.broken`, 0, 'kept');
    bench.database();
    expect(bench.disk.list(directory)).toEqual(['db', 'db.broken']);
  });

  it('syncs what it found before anything is written: it may have been in the page cache only', () => {
    const { bench, database } = filled();
    const content = contentOfFile(bench.file());
    submit(database, 'a');
    bench.settle(1);
    // The process ends here and the machine does not: the new meta is in the cache.
    bench.host.scheduled.length = 0;
    const again = new StorageBench();
    again.disk = bench.disk;
    again.host = bench.host;
    const reopened = again.database();
    expect(reopened.meta.txid).toBe(database.meta.txid);
    expect([reopened.idle, reopened.durableTxid]).toEqual([false, database.meta.txid - 1]);
    expect(() => reopened.commit(reopened.write())).toThrow(/one commit at a time/);
    expect(contentOfFile(bench.file())).not.toEqual(content);
  });

  it('falls back to the older state when the newest meta is damaged, and refuses when both are', () => {
    const { bench, database } = filled();
    const older = contentOfFile(bench.file());
    submit(database, 'a');
    bench.settle();
    const file = bench.file();
    const newer = contentOfFile(file);
    expect(newer).not.toEqual(older);
    const newest = (database.meta.txid % 2) * 4096;
    file[newest + 60] = (file[newest + 60] as number) ^ 4;
    expect(contentOfFile(file)).toEqual(older);
    file[4096 - newest + 60] = (file[4096 - newest + 60] as number) ^ 4;
    bench.install(file);
    expect(() => bench.database()).toThrow(BackendError);
  });

  it('refuses a file that is shorter than its meta says, and a page that is used twice', () => {
    const { bench, database } = filled();
    const file = bench.file();
    expect(() => contentOfFile(file.subarray(0, file.length - 4096))).toThrow(/pages, found a file/);
    const { meta } = database;
    const doubled = file.slice();
    const header = Buffer.from(doubled.buffer);
    // The last child of the bucket's root branch becomes the first one again.
    const reader = database.read();
    const cursor = reader.root.cursor();
    expect(cursor.first()).toBe(true);
    const root = Number(Buffer.from(cursor.value).readBigUInt64LE(0));
    reader.end();
    const count = header.readUInt16LE(root * 4096 + 10);
    expect(count).toBeGreaterThan(2);
    const element = (index: number) => root * 4096 + 16 + 16 * index + 8;
    header.writeBigUInt64LE(header.readBigUInt64LE(element(0)), element(count - 1));
    expect(() => contentOfFile(doubled)).toThrow(/doubleUse|corruptPage/);
    expect(meta.highWater * 4096).toBeLessThanOrEqual(file.length);
  });

  it('takes over a file with a stored freelist, and gives its page back', () => {
    const { bench, database } = filled();
    const { meta } = database;
    const list = Buffer.alloc(4096);
    list.writeUInt32LE(meta.highWater, 0);
    list.writeUInt16LE(16, 8);
    const withList = {
      ...meta,
      freelist: meta.highWater,
      highWater: meta.highWater + 1,
      txid: meta.txid + 1,
    };
    const file = new Uint8Array(withList.highWater * 4096);
    file.set(bench.file().subarray(0, meta.highWater * 4096));
    file.set(list, meta.highWater * 4096);
    file.set(encodeMetaPage(withList), (withList.txid % 2) * 4096);
    bench.install(file);
    const reopened = bench.database();
    bench.settle();
    reopened.audit();
    expect(reopened.meta.freelist).toBe(meta.highWater);
    submit(reopened, 'a');
    bench.settle();
    reopened.audit();
    expect(reopened.meta.freelist).toBeNull();
  });
});
