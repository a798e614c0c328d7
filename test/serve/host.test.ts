import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { mendAuthority } from '../../core/node/face/authority.ts';
import { DataLock } from '../../core/node/host/data_lock.ts';
import { InputQueue } from '../../core/node/host/input_queue.ts';
import { LineLog } from '../../core/node/host/line_log.ts';
import { readLogOwner } from '../../core/node/host/log_owner.ts';
import { addedMemberId, clusterIdOf, firstMemberId } from '../../core/node/host/member_ids.ts';
import { RealClock } from '../../core/node/host/real_clock.ts';
import { ReadOnlyDisk } from '../../core/node/read_only_disk.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'detcd-host-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the queue of inputs', () => {
  it('handles an input that comes from within another one behind it', () => {
    const queue = new InputQueue();
    const seen: string[] = [];
    queue.put(() => {
      queue.put(() => seen.push('second'));
      seen.push('first');
    });
    expect(seen).toEqual(['first', 'second']);
  });

  it('lets others have their turn, and keeps the order', async () => {
    const queue = new InputQueue();
    const seen: number[] = [];
    const busy = (): void => {
      const untilMs = performance.now() + 4;
      while (performance.now() < untilMs);
    };
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    queue.put(() => {
      for (let i = 0; i < 20; i++) {
        queue.put(() => {
          busy();
          seen.push(i);
        });
      }
    });
    expect(seen.length).toBeLessThan(20);
    queue.put(() => seen.push(20));
    while (seen.length < 21) await new Promise((resolve) => setImmediate(resolve));
    clearInterval(timer);
    expect(seen).toEqual(Array.from({ length: 21 }, (_, i) => i));
    expect(turns).toBeGreaterThan(2);
  });

  it('goes on behind an input that throws', () => {
    const queue = new InputQueue();
    const seen: string[] = [];
    expect(() =>
      queue.put(() => {
        throw new Error('broken');
      }),
    ).toThrow('broken');
    queue.put(() => seen.push('next'));
    expect(seen).toEqual(['next']);
  });
});

describe('the clock', () => {
  it('never goes back, stays below 2^53, and begins elsewhere after a restart', async () => {
    const clock = new RealClock(() => undefined);
    const first = clock.nowNs();
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(clock.nowNs()).toBeGreaterThan(first + 1_000_000);
    expect(Number.isSafeInteger(clock.nowNs())).toBe(true);
    const later = new RealClock(() => undefined);
    // The same origin for two at one time: no id of the first comes again in the second.
    expect(Math.abs(later.nowNs() - clock.nowNs())).toBeLessThan(1_000_000_000);
  });

  it('forgets its timers when it is stopped', async () => {
    const tokens: number[] = [];
    const clock = new RealClock((token) => void tokens.push(token));
    clock.armTimer(1, 1_000_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
    clock.armTimer(2, 1_000_000);
    clock.stop();
    clock.armTimer(3, 1_000_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(tokens).toEqual([1]);
  });
});

describe('the lock of a data directory', () => {
  it('is had by one at a time, and goes with its holder', () => {
    const lock = DataLock.take(root);
    expect(() => DataLock.take(root)).toThrow(`the data directory ${root} is used by another process`);
    lock.release();
    DataLock.take(root).release();
  });

  it('covers the database file that etcd locks', () => {
    mkdirSync(join(root, 'member/snap'), { recursive: true });
    writeFileSync(join(root, 'member/snap/db'), '');
    const lock = DataLock.take(root);
    rmSync(join(root, 'member/detcd.lock'));
    // Whoever does not know our file, such as an etcd.
    expect(() => DataLock.take(root)).toThrow('member/snap/db');
    lock.release();
  });

  it('outlives nobody: what a process left that is gone does not count', () => {
    mkdirSync(join(root, 'member'), { recursive: true });
    writeFileSync(join(root, 'member/detcd.lock'), JSON.stringify({ pid: 2 ** 30, started: '1' }));
    DataLock.take(root).release();
    expect(JSON.parse(readFileSync(join(root, 'member/detcd.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
  });

  it('is refused where nobody may write', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => DataLock.take(join(root, 'file'))).toThrow('cannot access data directory');
  });
});

describe('ids', () => {
  it('are those that etcd 3.4 gives the same members', () => {
    const member = firstMemberId(['http://127.0.0.1:24191'], 'etcd-cluster');
    expect(member.toString(16)).toBe('e079d5351182b5ec');
    expect(clusterIdOf([member]).toString(16)).toBe('6ab6c41f75551da8');
    expect(firstMemberId(['http://localhost:2380'], 'etcd-cluster').toString(16)).toBe('8e9e05c52164694d');
  });

  it('are new ones for a member that is added again', () => {
    const urls = ['http://h:1'];
    expect(addedMemberId(urls, 1_000_000_000n)).not.toBe(addedMemberId(urls, 2_000_000_000n));
    expect(addedMemberId(urls, 1_000_000_000n)).toBe(addedMemberId(urls, 1_999_999_999n));
  });

  it('of a log that lies there are read from it', () => {
    const wal = join(root, 'member/wal');
    mkdirSync(wal, { recursive: true });
    expect(readLogOwner(new ReadOnlyDisk(root))).toBe(null);
    // As etcd writes it: the checksum's frame, then the metadata's.
    const crc = '04000000000000840804100000000000';
    const metadata = '0e00000000000082080110fcb588d4091a04080510070000';
    writeFileSync(join(wal, '0000000000000000-0000000000000000.wal'), Buffer.from(crc + metadata, 'hex'));
    expect(readLogOwner(new ReadOnlyDisk(root))).toEqual({ member: 5n, cluster: 7n });
    writeFileSync(join(wal, '0000000000000001-0000000000000009.wal'), Buffer.from('ff'.repeat(40), 'hex'));
    expect(readLogOwner(new ReadOnlyDisk(root))).toEqual({ member: 5n, cluster: 7n });
  });
});

describe('the log', () => {
  it('has lines from its level on, in two forms, with members’ real ids', () => {
    const lines: string[] = [];
    const ids = new NodeIdTable();
    const local = ids.local(0xfedcba9876543210n);
    const options = { level: 'info', ids, write: (line: string) => void lines.push(line) } as const;
    new LineLog({ ...options, form: 'capnslog' }).line('debug', 'hidden');
    new LineLog({ ...options, form: 'capnslog' }).line('warning', `${local.toString(16)} is here`);
    new LineLog({ ...options, form: 'zap' }).line('info', 'told');
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} W \| fedcba9876543210 is here\n$/);
    expect(JSON.parse(lines[1] as string)).toMatchObject({ level: 'info', msg: 'told' });
    expect(lines).toHaveLength(2);
  });
});

describe('an authority that is a URL', () => {
  /** A HEADERS frame around a block. */
  function frame(block: string, flags = 4): Buffer {
    const bytes = Buffer.from(block, 'hex');
    return Buffer.concat([Buffer.from([0, 0, bytes.length, 1, flags, 0, 0, 0, 1]), bytes]);
  }

  it('has no slash afterwards, plain or in Huffman’s code, and nothing else is changed', () => {
    const plain = Buffer.from('http://a:1').toString('hex');
    const mended = frame(`83864a0a${'00'.repeat(10)}410a${plain}`);
    mendAuthority(mended);
    expect(mended.subarray(-10).toString()).toBe('http:--a:1');
    // "www.example.com" of RFC 7541, appendix C.4.1: no slash, no change.
    const known = frame('828684418cf1e3c2e5f23a6ba0ab90f4ff');
    const before = known.toString('hex');
    mendAuthority(known);
    expect(known.toString('hex')).toBe(before);
    // "https://www.example.com" of appendix C.6.1: its two slashes, 011000 each, become dashes, 010110.
    const coded = frame('41919d29ad171863c78f0b97c8e9ae82ae43d3');
    mendAuthority(coded);
    expect(coded.subarray(9).toString('hex')).toBe('41919d29ad17165bc78f0b97c8e9ae82ae43d3');
  });

  it('in a broken frame is left alone', () => {
    for (const block of ['41', '41ff', '41ffffffffffffffff', '40', 'ff']) {
      const bytes = frame(block);
      const before = bytes.toString('hex');
      mendAuthority(bytes);
      expect(bytes.toString('hex')).toBe(before);
    }
  });
});
