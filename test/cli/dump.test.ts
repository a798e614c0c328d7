import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Backend } from '../../core/backend/index.ts';
import { ReadOnlyDisk } from '../../core/node/read_only_disk.ts';
import type { Disk } from '../../core/ports.ts';
import { verifyWal } from '../../core/wal/index.ts';
import { makeEntry } from '../../core/raft/entry.ts';
import { logsText } from '../../scenarios/cli/dump/logs_text.ts';
import { dumpWal } from '../../scenarios/cli/dump/wal_dump.ts';
import { writeImage } from '../../scenarios/cli/export_files.ts';
import { readDirectory } from '../../scenarios/cli/import_directory.ts';
import { loadImage } from '../../sim/disk/image.ts';
import { DiskBench } from '../disk/host.ts';
import { memberDirectory, node } from './member_directory.ts';
import { detcdHere, expectTranscript } from './run_here.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-dump-'));
  writeImage(join(folder, 'whole'), memberDirectory());
});
afterAll(() => rmSync(folder, { recursive: true }));

const whole = (): string => join(folder, 'whole');
const shown = (text: string): string => text.replaceAll(`${folder}/`, '');

/** A copy of the directory with something done to it. */
function damaged(name: string, damage: (directory: string) => void): string {
  const directory = join(folder, name);
  cpSync(whole(), directory, { recursive: true });
  damage(directory);
  return directory;
}

function edit(path: string, change: (bytes: Uint8Array) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}

const walFiles = (directory: string): string[] =>
  readdirSync(join(directory, 'member/wal'))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => join(directory, 'member/wal', name));
const dbFile = (directory: string): string => join(directory, 'member/snap/db');

function flip(bytes: Uint8Array, at: number): void {
  bytes[at] = (bytes[at] as number) ^ 0x10;
}

describe('detcd dump-logs', () => {
  it('tells what a log holds', () => {
    expectTranscript(
      'dump_logs',
      [
        ['dump-logs', whole()],
        ['dump-logs', whole(), '--from', '16', '--limit', '1'],
        ['dump-logs', whole(), '--from', '100'],
        ['dump-logs', join(whole(), 'member/wal'), '--from', '18', '--json'],
      ],
      shown,
    );
  });

  it('takes a data directory, its member, its wal, and a bare folder of log files', () => {
    const { out } = detcdHere('dump-logs', whole());
    for (const below of ['member', 'member/wal', 'member/wal/']) {
      expect(detcdHere('dump-logs', join(whole(), below)).out).toBe(out);
    }
    const bare = join(folder, 'bare');
    cpSync(join(whole(), 'member/wal'), bare, { recursive: true });
    const { code, out: alone } = detcdHere('dump-logs', bare);
    expect(code).toBe(0);
    expect(alone).toContain('put "foo" = "bar"');
    expect(alone).not.toContain('.snap');
  });

  it('prints nothing that a terminal would obey, and no passwords', () => {
    const { out } = detcdHere('dump-logs', whole());
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(out).toContain('"\\x1b[2J\\xe2\\x80\\xae\\xff\\"é"');
    expect(detcdHere('dump-logs', whole(), '--limit', '0').out).not.toContain('foo');
    expect(out).not.toMatch(/secret|hunter2|abcdefghijklmnop/);
  });

  it('names damage by file and offset, and prints all before it', () => {
    const torn = damaged('torn', (directory) => {
      const last = walFiles(directory).at(-1) as string;
      truncateSync(last, readFileSync(last).length - 20);
    });
    const flipped = damaged('flipped', (directory) => {
      edit(walFiles(directory).at(-1) as string, (bytes) => flip(bytes, bytes.length - 60));
    });
    const early = damaged('early-flip', (directory) => {
      edit(walFiles(directory)[0] as string, (bytes) => flip(bytes, 400));
    });
    const hole = damaged('hole', (directory) => rmSync(walFiles(directory)[1] as string));
    const stale = damaged('stale', (directory) => {
      const last = walFiles(directory).at(-1) as string;
      writeFileSync(last, Buffer.concat([readFileSync(last), Buffer.alloc(2048), Buffer.from('stale')]));
    });
    const snap = damaged('snap-files', (directory) => {
      edit(join(directory, 'member/snap/0000000000000002-0000000000000008.snap'), (bytes) => flip(bytes, 12));
      writeFileSync(join(directory, 'member/snap/0000000000000002-0000000000000007.snap'), '');
      writeFileSync(join(directory, 'member/snap/0000000000000009.snap.db'), 'x');
    });
    expectTranscript(
      'dump_logs_damaged',
      [torn, flipped, early, hole, stale, snap].map((directory) => ['dump-logs', directory, '--from', '17']),
      shown,
    );
  });

  it('prints however many entries there are', () => {
    const count = 200_000;
    const entries = Array.from({ length: count }, (_, i) => ({
      entry: makeEntry(1, i + 1),
      replaced: false,
    }));
    const wal = { ...dumpWal(new ReadOnlyDisk(whole()), 'member/wal'), entries };
    const text = logsText({ wal, snaps: [], selection: { from: 0, limit: Infinity } }, (plain) => plain);
    expect(text).toContain(`entries: 200,000, index 1 to ${count}`);
    expect(text).toContain('\n  200000     1  empty: a leader opened its term');
  });

  it('a cut at any byte of the last file loses only what stands behind it, and never throws', () => {
    const directory = damaged('cut-anywhere', () => {});
    const last = walFiles(directory).at(-1) as string;
    const bytes = readFileSync(last);
    const all = detcdHere('dump-logs', directory, '--json').out;
    const indexes = (out: string) =>
      (JSON.parse(out) as { entries: { index: number }[] }).entries.map(({ index }) => index);
    for (let size = bytes.length - 1; size >= 0; size -= 13) {
      writeFileSync(last, bytes.subarray(0, size));
      const { out, err } = detcdHere('dump-logs', directory, '--json');
      expect(err).toBe('');
      const left = indexes(out);
      expect(left).toEqual(indexes(all).slice(0, left.length));
    }
  });
});

describe('detcd dump-db', () => {
  it('tells what a database holds, bucket by bucket', () => {
    const buckets = ['key', 'meta', 'lease', 'auth', 'authUsers', 'authRoles', 'alarm', 'cluster', 'members'];
    expectTranscript(
      'dump_db',
      [
        ['dump-db', dbFile(whole())],
        ...[...buckets, 'members_removed'].map((bucket) => ['dump-db', dbFile(whole()), bucket]),
        ['dump-db', whole(), 'key', '--limit', '1'],
        ['dump-db', whole(), 'key', '--limit', '1', '--json'],
        ['dump-db', whole(), 'nonsense'],
      ],
      shown,
    );
  });

  it('is the same for the directory, its member and its snap, and as JSON', () => {
    const { out } = detcdHere('dump-db', dbFile(whole()));
    for (const below of ['', 'member', 'member/snap'])
      expect(detcdHere('dump-db', join(whole(), below)).out).toBe(out);
    const json = JSON.parse(detcdHere('dump-db', whole(), '--json').out) as {
      buckets: { name: string; keys: number }[];
    };
    expect(json.buckets.find(({ name }) => name === 'key')?.keys).toBe(3);
  });

  it('names the page that is damaged and what was expected there', () => {
    const pageBytes = 4096;
    const metas = (directory: string, slots: readonly number[]) =>
      edit(dbFile(directory), (bytes) => slots.forEach((slot) => flip(bytes, slot * pageBytes + 40)));
    const one = damaged('one-meta', (directory) => metas(directory, [0]));
    const both = damaged('both-metas', (directory) => metas(directory, [0, 1]));
    const pages = damaged('data-pages', (directory) => {
      edit(dbFile(directory), (bytes) => {
        for (let at = 2 * pageBytes; at < bytes.length; at += pageBytes) flip(bytes, at + 8);
      });
    });
    const short = damaged('short-db', (directory) => truncateSync(dbFile(directory), 3 * pageBytes));
    const empty = damaged('empty-db', (directory) => truncateSync(dbFile(directory), 0));
    expectTranscript(
      'dump_db_damaged',
      [one, both, pages, short, empty].map((directory) => ['dump-db', dbFile(directory)]),
      shown,
    );
  });

  it('never throws, whatever byte is damaged', () => {
    const directory = damaged('flipped-anywhere', () => {});
    const bytes = readFileSync(dbFile(directory));
    for (let at = 0; at < bytes.length; at += 397) {
      const copy = Uint8Array.from(bytes);
      flip(copy, at);
      writeFileSync(dbFile(directory), copy);
      expect([0, 1]).toContain(detcdHere('dump-db', dbFile(directory)).code);
      expect([0, 1, 2]).toContain(detcdHere('dump-db', dbFile(directory), 'key').code);
    }
  });
});

describe('detcd import', () => {
  it('says whether a member can start on a directory', () => {
    const noDatabase = damaged('no-database', (directory) => rmSync(dbFile(directory)));
    const fatal = damaged('fatal', (directory) =>
      edit(walFiles(directory).at(-1) as string, (bytes) => flip(bytes, 30)),
    );
    const behind = damaged('no-snapshot', (directory) => {
      edit(join(directory, 'member/snap/0000000000000002-0000000000000008.snap'), (bytes) => flip(bytes, 12));
      rmSync(walFiles(directory)[0] as string);
    });
    expectTranscript(
      'import',
      [
        ...[whole(), noDatabase, fatal, behind].map((directory) => ['import', directory, '--check']),
        // Its v2 store is a stub: the member itself finds that.
        ['import', whole()],
      ],
      shown,
    );
  });
});

describe('an imported directory', () => {
  it('is whole and durable on a simulated disk', () => {
    const real = new ReadOnlyDisk(
      damaged('imported', (directory) => {
        const last = walFiles(directory).at(-1) as string;
        truncateSync(last, 6_400_000);
        writeFileSync(join(directory, 'member/wal/0.tmp'), Buffer.alloc(1000));
      }),
    );
    const image = readDirectory(real, dumpWal(real, 'member/wal'));
    expect(image).toMatchObject({ node, directories: ['member', 'member/wal', 'member/snap'] });
    expect(image.files.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(40_000);
    const { disk, ...bench } = new DiskBench('import');
    loadImage(disk, image);
    expect(disk.hasUnsynced()).toBe(false);
    disk.crash(bench.random, 'drop');
    const mark = { index: 8, term: 2 };
    const read = (from: Disk) => verifyWal(from, 'member/wal', mark);
    const { entryCount, lastIndex, hardState } = read(disk);
    expect({ entryCount, lastIndex, tornBytes: read(disk).tornBytes }).toEqual({
      entryCount: 10,
      lastIndex: 18,
      tornBytes: 0,
    });
    expect(hardState).toEqual(read(real).hardState);
    expect(Backend.open(disk, 'member/snap/db', { stepToken: 1 }).bucketNames()).toContain('members');
  });

  it('must fit into memory', () => {
    const huge = damaged('huge', (directory) => truncateSync(dbFile(directory), 300 * 1024 * 1024));
    expect(detcdHere('import', huge)).toMatchObject({ code: 2, out: '' });
    expect(detcdHere('import', huge).err).toContain('more than 256 MiB');
  });
});

describe('mistakes on the command line', () => {
  it.each([
    [['dump-logs'], 'expected a directory, got nothing'],
    [['dump-logs', 'missing'], 'missing: no such file or directory'],
    [['dump-logs', 'package.json'], 'package.json: expected a directory, found a file'],
    [
      ['dump-logs', 'docs'],
      "docs: expected a member's data directory, with files member/wal/*.wal, and found none",
    ],
    [['dump-logs', 'docs', 'core'], 'got also "core"'],
    [['dump-logs', 'docs', '--frm', '2'], 'unknown flag --frm'],
    [['dump-logs', 'docs', '--from', '-2'], '--from'],
    [['dump-logs', 'docs', '--limit', 'x'], '--limit'],
    [['dump-db'], 'expected a database file, got nothing'],
    [['dump-db', 'missing'], 'missing: no such file or directory'],
    [['dump-db', 'docs'], 'docs: expected a database file or a data directory with member/snap/db'],
    [['dump-db', 'a', 'b', 'c'], 'got also "c"'],
    [['import'], 'expected a data directory, got nothing'],
    [['import', 'docs'], "docs: expected a member's data directory"],
    [['export'], 'expected a trace file and a directory to write to, got nothing'],
    [['export', 'a'], 'expected a trace file and a directory to write to, got only "a"'],
    [['export', 'a', 'b', 'c'], 'got also "c"'],
    [['export', 'missing', 'b'], "missing: can't read it: no such file or directory"],
    [['export', 'package.json', 'b'], 'package.json: not a detcd trace'],
  ])('%j', (args, sentence) => {
    const { code, out, err } = detcdHere(...args);
    expect(err).toContain(sentence);
    expect(err).not.toMatch(/\n\s+at /);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});
