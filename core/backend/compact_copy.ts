import { assertDefined } from '../base/assert.ts';
import { emptyBytes } from '../base/bytes.ts';
import type { BucketReader } from './bucket.ts';
import { encodeMetaPage, firstDataPage, metaSlot, type Meta } from './meta.ts';
import { Pages } from './pages.ts';
import type { Spilling } from './spill.ts';
import { sequentialFillPercent } from './split.ts';
import { WriteBucket } from './write_bucket.ts';

/** A whole database file without free pages. */
export interface DatabaseImage {
  readonly meta: Meta;
  readonly pages: Pages;
  readonly bytes: Uint8Array;
}

/**
 * Copies every key and bucket under `root` into a new file; null makes an empty database. Both of its metas name the same
 * state, as in bbolt's snapshots: the other slot's with the transaction before.
 */
export function compactCopy(root: BucketReader | null, txid: number, pageBytes: number): DatabaseImage {
  const pages = new Pages(pageBytes, emptyBytes);
  const copy = WriteBucket.empty(pages);
  if (root !== null) copyBucket(root, copy);
  const writes: { readonly pageId: number; readonly bytes: Uint8Array }[] = [];
  let highWater = firstDataPage;
  const context: Spilling = {
    pages,
    allocate(count) {
      highWater += count;
      return highWater - count;
    },
    write(pageId, written) {
      pages.set(pageId, written);
      writes.push({ pageId, bytes: written });
    },
    keep() {},
    discard() {},
  };
  const rootPage = copy.settleRoot(context);
  const meta = { pageBytes, root: rootPage, sequence: copy.sequence, freelist: null, highWater, txid };
  const bytes = new Uint8Array(highWater * pageBytes);
  for (const older of [{ ...meta, txid: txid - 1 }, meta]) {
    bytes.set(encodeMetaPage(older), metaSlot(older.txid) * pageBytes);
  }
  for (const write of writes) bytes.set(write.bytes, write.pageId * pageBytes);
  return { meta, pages, bytes };
}

function copyBucket(from: BucketReader, to: WriteBucket): void {
  // Keys arrive in order: nothing will come in between.
  to.fillPercent = sequentialFillPercent;
  to.setSequence(from.sequence);
  const cursor = from.cursor();
  for (let found = cursor.first(); found; found = cursor.next()) {
    const { key } = cursor;
    if (!cursor.isBucket) to.put(key, cursor.value);
    else copyBucket(assertDefined(from.bucket(key), 'a bucket in its parent'), to.createBucket(key));
  }
}
