import { describe, expect, it } from 'vitest';
import { BackendError, readDatabase } from '../../core/backend/index.ts';
import { crc32c, crc32cOfZeros } from '../../core/base/crc32c.ts';
import { fnv1a64 } from '../../core/backend/fnv.ts';
import { decodeFreelistPage } from '../../core/backend/freelist_page.ts';
import { readUint64, writeUint64 } from '../../core/backend/little_endian.ts';
import { decodeMeta, encodeMetaPage, newestMeta, type Meta } from '../../core/backend/meta.ts';
import { checkPage, noBounds } from '../../core/backend/page_check.ts';
import { isIntact, isSealed, seal, sealBytes } from '../../core/backend/page_seal.ts';
import { bytes, contentOf, text } from './support.ts';

const meta: Meta = { pageBytes: 4096, root: 3, sequence: 0, freelist: null, highWater: 4, txid: 2 };

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}

function joined(...pages: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pages));
}

/** A leaf page with these pairs, laid out by hand. */
function leafPage(id: number, pairs: readonly (readonly [string, string])[], pageBytes = 4096): Uint8Array {
  const page = Buffer.alloc(pageBytes);
  page.writeUInt32LE(id, 0);
  page.writeUInt16LE(2, 8);
  page.writeUInt16LE(pairs.length, 10);
  let at = 16 + 16 * pairs.length;
  pairs.forEach(([key, value], i) => {
    page.writeUInt32LE(at - (16 + 16 * i), 16 + 16 * i + 4);
    page.writeUInt32LE(key.length, 16 + 16 * i + 8);
    page.writeUInt32LE(value.length, 16 + 16 * i + 12);
    page.write(key + value, at, 'latin1');
    at += key.length + value.length;
  });
  return new Uint8Array(page);
}

describe('numbers', () => {
  it('64 bits are exact up to 2^53 - 1 and lie little-endian', () => {
    const out = new Uint8Array(8);
    for (const value of [0, 1, 0xffffffff, 0x1_0000_0000, Number.MAX_SAFE_INTEGER]) {
      writeUint64(out, 0, value);
      expect(readUint64(out, 0)).toBe(value);
    }
    writeUint64(out, 0, 0x0102030405);
    expect(hex(out)).toBe('0504030201000000');
  });

  it('FNV-1a matches its published vectors', () => {
    expect(fnv1a64(bytes(''), 0, 0)).toBe(0xcbf29ce484222325n);
    expect(fnv1a64(bytes('a'), 0, 1)).toBe(0xaf63dc4c8601ec8cn);
    expect(fnv1a64(bytes('-foobar-'), 1, 7)).toBe(0x85944171f73967e8n);
  });

  it('the checksum of zeros is the one of their bytes, however many they are', () => {
    const started = crc32c(0, bytes('what a page holds'));
    const zeros = new Uint8Array(10_000);
    for (const count of [0, 1, 2, 3, 7, 255, 256, 4071, 4096, 9999]) {
      expect(crc32cOfZeros(started, count)).toBe(crc32c(started, zeros, 0, count));
      expect(crc32cOfZeros(0, count)).toBe(crc32c(0, zeros, 0, count));
    }
  });

  it('a sealed page is intact, and is not with any byte changed', () => {
    for (const used of [16, 17, 100, 1000, 1024 - sealBytes]) {
      const page = new Uint8Array(1024).fill(7, 0, used);
      seal(page, used);
      expect(isSealed(page) && isIntact(page)).toBe(true);
      for (const at of [0, used - 1, Math.min(used, 1024 - sealBytes - 1)]) {
        const changed = page.slice();
        changed[at] = 8;
        expect(isIntact(changed)).toBe(false);
      }
    }
  });
});

describe('the meta page', () => {
  it('has the bytes that the format says', () => {
    const page = encodeMetaPage({ ...meta, sequence: 5, txid: 7 });
    expect(page.length).toBe(4096);
    expect(hex(page.subarray(0, 16))).toBe('01000000000000000400000000000000');
    expect(hex(page.subarray(16, 32))).toBe('edda0ced020000000010000000000000');
    expect(hex(page.subarray(32, 48))).toBe('03000000000000000500000000000000');
    expect(hex(page.subarray(48, 72))).toBe('ffffffffffffffff04000000000000000700000000000000');
    expect(decodeMeta(page, 0)).toEqual({ ...meta, sequence: 5, txid: 7 });
  });

  it('keeps the page of a stored freelist', () => {
    expect(decodeMeta(encodeMetaPage({ ...meta, freelist: 2 }), 0)?.freelist).toBe(2);
  });

  it('the valid one with the higher transaction counts, whatever its slot', () => {
    const slot = (txid: number) => encodeMetaPage({ ...meta, txid });
    expect(newestMeta(joined(slot(2), slot(3))).txid).toBe(3);
    expect(newestMeta(joined(slot(4), slot(3))).txid).toBe(4);
    const torn = slot(4);
    torn[70] = (torn[70] as number) ^ 1;
    expect(newestMeta(joined(torn, slot(3))).txid).toBe(3);
  });

  it('is found behind a damaged one for every page size', () => {
    for (const pageBytes of [1024, 4096, 16384, 65536]) {
      const second = encodeMetaPage({ ...meta, pageBytes, txid: 3 });
      expect(newestMeta(joined(new Uint8Array(pageBytes), second))).toEqual({ ...meta, pageBytes, txid: 3 });
    }
  });

  it('in the other slot is a write that went astray', () => {
    const file = joined(encodeMetaPage({ ...meta, txid: 3 }), encodeMetaPage({ ...meta, txid: 1 }));
    expect(newestMeta(file).txid).toBe(1);
  });

  it('missing twice is an error', () => {
    for (const size of [0, 10, 8192]) {
      expect(() => newestMeta(new Uint8Array(size))).toThrow(BackendError);
    }
  });
});

describe('a file laid out by hand', () => {
  it('is read: leaf, inline bucket, stored freelist', () => {
    const inline = leafPage(0, [['a', '1']], 16 + 16 + 2);
    const header = new Uint8Array(16);
    header[8] = 9;
    const value = Buffer.from(joined(header, inline)).toString('latin1');
    const root = leafPage(3, [['bucket', value]]);
    root[16] = 1;
    const list = Buffer.alloc(4096);
    list.writeUInt32LE(2, 0);
    list.writeUInt16LE(16, 8);
    list.writeUInt16LE(1, 10);
    list.writeUInt32LE(4, 16);
    const metas = [2, 3].map((txid) => encodeMetaPage({ ...meta, freelist: 2, highWater: 5, txid }));
    const file = joined(...metas, list, root, new Uint8Array(4096));
    expect(contentOf(readDatabase(file).root)).toEqual(['bucket/ sequence 9', 'bucket/a=1']);
    expect(decodeFreelistPage(list, 2)).toEqual([4]);
    // A page that is listed as free and used is an error.
    list.writeUInt32LE(3, 16);
    const doubled = joined(...metas, list, root, new Uint8Array(4096));
    expect(() => readDatabase(doubled)).toThrow(/doubleUse in page 3/);
  });

  it('a long freelist counts in its first element', () => {
    const list = Buffer.alloc(16 + 8 + 8 * 3);
    list.writeUInt16LE(16, 8);
    list.writeUInt16LE(0xffff, 10);
    [3, 10, 11, 12].forEach((value, i) => list.writeUInt32LE(value, 16 + 8 * i));
    expect(decodeFreelistPage(list, 2)).toEqual([10, 11, 12]);
    list.writeUInt32LE(4, 16);
    expect(() => decodeFreelistPage(list, 2)).toThrow(/corruptPage in page 2/);
  });
});

describe('a page that bbolt would not write', () => {
  const good = () =>
    leafPage(3, [
      ['a', 'one'],
      ['b', 'two'],
    ]);
  const cases: readonly (readonly [string, (page: Uint8Array) => unknown, RegExp])[] = [
    ['another number', (page) => (page[0] = 4), /page number 3, found 4/],
    ['other flags', (page) => (page[8] = 16), /branch or leaf/],
    ['an element too many', (page) => (page[10] = 3), /element 0 at byte 64/],
    ['more elements than fit', (page) => (page[11] = 9), /room for/],
    ['a moved element', (page) => (page[20] = 33), /element 0 at byte/],
    ['a longer key', (page) => (page[24] = 2), /element 1 at byte/],
    ['unknown element flags', (page) => (page[16] = 2), /flags 0 or 1/],
    ['keys out of order', (page) => (page[48] = 0x7a), /ascending keys/],
    ['a value beyond the page', (page) => (page[46] = 1), /within 4096 bytes/],
  ];
  it.each(cases)('%s', (_name, damage, message) => {
    const page = good();
    expect(checkPage(page, 3, noBounds).count).toBe(2);
    damage(page);
    expect(() => checkPage(page, 3, noBounds)).toThrow(message);
  });

  it('a leaf without keys under a branch', () => {
    const empty = leafPage(3, []);
    expect(checkPage(empty, 3, noBounds).count).toBe(0);
    expect(() => checkPage(empty, 3, { low: text('a'), high: undefined })).toThrow(/a leaf with keys/);
  });

  it('keys outside of what the parent says', () => {
    expect(() => checkPage(good(), 3, { low: text('aa'), high: undefined })).toThrow(/above the parent/);
    expect(() => checkPage(good(), 3, { low: undefined, high: text('b') })).toThrow(/below the next/);
    expect(checkPage(good(), 3, { low: text('a'), high: text('c') }).count).toBe(2);
  });
});
