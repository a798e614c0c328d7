import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ByteString, equalBytes } from '../../core/base/bytes.ts';
import { encodeNode } from '../../core/backend/encode_node.ts';
import { readDatabase } from '../../core/backend/index.ts';
import { readPageHeader } from '../../core/backend/page_header.ts';
import { sealBytes } from '../../core/backend/page_seal.ts';
import { PageView } from '../../core/backend/page_view.ts';
import { TreeNode } from '../../core/backend/tree_node.ts';
import { walkPages } from '../../core/backend/walk.ts';
import { runs } from '../runs.ts';
import { bytes, numbered, StorageBench, text } from './support.ts';

const bucketName = text('bucket');

/** The pages of a file's newest state that hold keys. */
function treePages(file: Uint8Array): { readonly id: number; readonly page: Uint8Array }[] {
  const { meta } = readDatabase(file);
  const found: { id: number; page: Uint8Array }[] = [];
  walkPages(meta, (id) => {
    const start = id * meta.pageBytes;
    const { overflow } = readPageHeader(file, start);
    const page = file.subarray(start, start + (overflow + 1) * meta.pageBytes);
    found.push({ id, page });
    return page;
  });
  return found;
}

/** The page as it is written from nothing but its elements. */
function writtenAnew(id: number, page: Uint8Array): Uint8Array {
  const node = TreeNode.from(new PageView(page), id);
  const part = { start: 0, end: node.count, bytes: node.size() };
  return encodeNode(node, part, id, readPageHeader(page).overflow, page.length);
}

type Change = readonly [key: number, length: number | null];

const changes: fc.Arbitrary<Change[][]> = fc.array(
  fc.array(fc.tuple(fc.nat(120), fc.option(fc.nat(120), { nil: null, freq: 2 })), { maxLength: 40 }),
  { minLength: 2, maxLength: 12 },
);

function valueOf(round: number, length: number): Uint8Array {
  return bytes(String.fromCharCode(97 + (round % 26)).repeat(length));
}

it('a transaction that goes on where the last one wrote writes what one does that reads the pages', () => {
  fc.assert(
    fc.property(changes, (rounds) => {
      const bench = new StorageBench();
      const database = bench.database();
      bench.settle();
      const expected = new Map<ByteString, Uint8Array>();
      rounds.forEach((round, at) => {
        const transaction = database.write();
        const bucket = transaction.root.bucket(bucketName) ?? transaction.root.createBucket(bucketName);
        for (const [number, length] of round) {
          const key = numbered(number);
          if (length === null) {
            bucket.delete(key);
            expected.delete(key);
            continue;
          }
          bucket.put(key, valueOf(at, length));
          expected.set(key, valueOf(at, length));
        }
        database.commit(transaction);
        bench.settle();
        for (const { id, page } of treePages(bench.file())) {
          const end = page.length - sealBytes;
          expect(equalBytes(writtenAnew(id, page).subarray(0, end), page.subarray(0, end))).toBe(true);
        }
      });
      const found = readDatabase(bench.file()).root.bucket(bucketName);
      const cursor = found?.cursor();
      let count = 0;
      for (let more = cursor?.first(); more === true; more = cursor?.next(), count++) {
        expect(cursor?.value).toEqual(expected.get(cursor?.key as ByteString));
      }
      expect(count).toBe(expected.size);
    }),
    { numRuns: runs(15, 500) },
  );
});
