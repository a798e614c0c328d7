import { expect, it } from 'vitest';
import { BackendError } from '../../core/backend/index.ts';
import { compactCopy } from '../../core/backend/compact_copy.ts';
import { readUint32 } from '../../core/backend/little_endian.ts';
import { PageFlag, pageHeaderBytes, readPageHeader } from '../../core/backend/page_header.ts';
import { sealBytes } from '../../core/backend/page_seal.ts';
import { elementBytes } from '../../core/backend/page_view.ts';
import { isThorough } from '../runs.ts';
import { bytes, contentOfFile, numbered, StorageBench, text } from './support.ts';

const pageBytes = 1024;

/** A small file with all kinds of pages in use: branches, leaves, an overflow, inline buckets. */
function sample(): Uint8Array {
  const database = new StorageBench().database();
  const transaction = database.write();
  const tree = transaction.root.createBucket(text('tree'));
  for (let i = 0; i < 30; i++) tree.put(numbered(i), bytes(`value ${i}`.repeat(1 + (i % 4))));
  tree.put(text('large'), bytes('large '.repeat(200)));
  transaction.root.createBucket(text('inline')).put(text('a'), bytes('b'));
  transaction.root.createBucket(text('empty'));
  return compactCopy(transaction.root, 9, pageBytes).bytes;
}

/** Where no checksum tells: keys and values, and the sizes of a leaf's last element. 1 for each such byte. */
function unprotectedBytes(file: Uint8Array): Uint8Array {
  const marks = new Uint8Array(file.length);
  for (let page = 2; page * pageBytes < file.length;) {
    const start = page * pageBytes;
    const { flags, count, overflow } = readPageHeader(file, start);
    if (flags === PageFlag.leaf) {
      const last = start + pageHeaderBytes + (count - 1) * elementBytes;
      marks.fill(1, last + 8, last + 16);
      const [pos, keySize, valueSize] = [4, 8, 12].map((at) => readUint32(file, last + at));
      const end = last + (pos as number) + (keySize as number) + (valueSize as number);
      marks.fill(1, start + pageHeaderBytes + count * elementBytes, end);
    }
    page += overflow + 1;
  }
  return marks;
}

function outcome(file: Uint8Array, content: string): 'harmless' | 'detected' | 'silent' {
  try {
    return contentOfFile(file).join('\n') === content ? 'harmless' : 'silent';
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return 'detected';
  }
}

/** Of the bits of a file one in so many is flipped. */
const bitStep = isThorough ? 1 : 5;

/** Flips bits of a file and returns where wrong data passed for right. */
function silentFlips(file: Uint8Array): { readonly byte: number; readonly place: string }[] {
  const content = contentOfFile(file).join('\n');
  const seen = { harmless: 0, detected: 0, silent: 0 };
  const silent: { readonly byte: number; readonly place: string }[] = [];
  for (let at = 0; at < file.length; at++) {
    const before = file[at] as number;
    for (let bit = at % bitStep; bit < 8; bit += bitStep) {
      file[at] = before ^ (1 << bit);
      const found = outcome(file, content);
      seen[found]++;
      const place = `bit ${bit} of byte ${at % pageBytes} of page ${Math.floor(at / pageBytes)}`;
      if (found === 'silent') silent.push({ byte: at, place });
    }
    file[at] = before;
  }
  // Both metas hold the same state here, so damage to either is harmless.
  expect(seen.harmless).toBeGreaterThanOrEqual((2 * pageBytes * 8) / bitStep - 1);
  expect(seen.detected).toBeGreaterThan(10_000 / bitStep);
  return silent;
}

it('every flipped bit is detected or harmless', () => {
  expect(silentFlips(sample())).toEqual([]);
});

it('so it is in pages as bbolt writes them, but for keys and values, which have no checksum there', () => {
  const file = sample();
  for (let page = 2; page * pageBytes < file.length;) {
    page += readPageHeader(file, page * pageBytes).overflow + 1;
    file.fill(0, page * pageBytes - sealBytes, page * pageBytes);
  }
  const unprotected = unprotectedBytes(file);
  const silent = silentFlips(file);
  expect(silent.length).toBeGreaterThan(1000 / bitStep);
  expect(silent.filter(({ byte }) => unprotected[byte] !== 1)).toEqual([]);
});

it('a newest meta with any flipped bit under its checksum counts as absent', () => {
  const file = sample();
  const newest = pageBytes;
  for (let at = newest + 16; at < newest + 80; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = file.slice();
      damaged[at] = (damaged[at] as number) ^ (1 << bit);
      damaged.fill(0, 0, pageBytes);
      expect(() => contentOfFile(damaged)).toThrow(/noValidMeta/);
    }
  }
});
