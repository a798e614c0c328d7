import { fromText, toBytes, type ByteString } from '../../../core/base/bytes.ts';
import { BackendError, readDatabase, type BucketReader, type Meta } from '../../../core/backend/index.ts';
import { decodeMeta, firstDataPage, newestMeta } from '../../../core/backend/meta.ts';
import { PageFlag, readPageHeader } from '../../../core/backend/page_header.ts';
import { Pages } from '../../../core/backend/pages.ts';
import { unusedPages, walkPages } from '../../../core/backend/walk.ts';

export interface DumpedMeta {
  /** Null: no meta page, or its checksum is wrong. */
  readonly meta: Meta | null;
  readonly current: boolean;
}

export interface PageCounts {
  readonly meta: number;
  readonly branch: number;
  readonly leaf: number;
  readonly freelist: number;
  /** Pages that continue a branch, leaf or freelist. */
  readonly overflow: number;
  readonly free: number;
}

export interface DumpedBucket {
  readonly name: ByteString;
  readonly keys: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly sequence: number;
}

export interface DumpedPair {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly isBucket: boolean;
}

export interface DbDump {
  readonly fileBytes: number;
  readonly metas: readonly [DumpedMeta, DumpedMeta];
  /** Null if the tree can't be trusted. */
  readonly pages: PageCounts | null;
  readonly buckets: readonly DumpedBucket[];
  /** What is wrong; null for a whole file. The pages and buckets may be readable all the same. */
  readonly damage: string | null;
  /** Whether the state that the other meta page names is whole. Only said of a damaged file. */
  readonly otherStateWhole: boolean;
}

/** Where the second meta page is if no meta says it. */
const usualPageBytes = 4096;

/** Reads a database file as far as it can be trusted. Never throws for what is in the file. */
export function dumpDb(file: Uint8Array): DbDump {
  const current = attempt(() => newestMeta(file));
  const pageBytes = current.value?.pageBytes ?? usualPageBytes;
  const both = [decodeMeta(file, 0), decodeMeta(file, pageBytes)] as const;
  const isCurrent = (meta: Meta | null) => meta !== null && meta.txid === current.value?.txid;
  const metas = [
    { meta: both[0], current: isCurrent(both[0]) },
    { meta: both[1], current: isCurrent(both[1]) },
  ] as const;
  const head = { fileBytes: file.length, metas, otherStateWhole: false };
  if (current.value === null) return { ...head, pages: null, buckets: [], damage: current.error };
  const read = attempt(() => ({
    pages: countPages(file, current.value as Meta),
    buckets: listBuckets(file),
  }));
  if (read.value !== null) return { ...head, ...read.value, damage: metaDamage(both) };
  const other = metas.find((one) => one.meta !== null && !one.current)?.meta ?? null;
  const otherStateWhole = other !== null && attempt(() => countPages(file, other)).value !== null;
  return { ...head, pages: null, buckets: [], damage: read.error, otherStateWhole };
}

/** A file that opens with one meta page alone: whether the other's state was newer can't be told. */
function metaDamage(metas: readonly (Meta | null)[]): string | null {
  const slot = metas.indexOf(null);
  return slot < 0
    ? null
    : `page ${slot}: expected a meta page, found none or a wrong checksum; it may have been the newer one`;
}

function attempt<Result>(work: () => Result): { readonly value: Result | null; readonly error: string } {
  try {
    return { value: work(), error: '' };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { value: null, error: error.message };
  }
}

function countPages(file: Uint8Array, meta: Meta): PageCounts {
  if (meta.highWater * meta.pageBytes > file.length) {
    throw new BackendError('corruptPage', -1, `${meta.highWater} pages`, `a file of ${file.length} bytes`);
  }
  const pages = new Pages(meta.pageBytes, file);
  const used = walkPages(meta, (pageId) => pages.fromFile(pageId));
  const counts = {
    meta: firstDataPage,
    branch: 0,
    leaf: 0,
    freelist: 0,
    overflow: 0,
    free: unusedPages(used).length,
  };
  for (let id = firstDataPage; id < meta.highWater; id++) {
    if (used[id] === 0) continue;
    const { flags, overflow } = readPageHeader(file, id * meta.pageBytes);
    if (flags === PageFlag.branch) counts.branch++;
    else if (flags === PageFlag.leaf) counts.leaf++;
    else counts.freelist++;
    counts.overflow += overflow;
    id += overflow;
  }
  return counts;
}

function listBuckets(file: Uint8Array): readonly DumpedBucket[] {
  const { root } = readDatabase(file);
  const names = root.cursor();
  const buckets: DumpedBucket[] = [];
  for (let found = names.first(); found; found = names.next()) {
    const bucket = root.bucket(names.key);
    if (bucket !== undefined) buckets.push({ name: names.key, ...countKeys(bucket) });
  }
  return buckets;
}

function countKeys(bucket: BucketReader): Omit<DumpedBucket, 'name'> {
  const cursor = bucket.cursor();
  let keys = 0;
  let keyBytes = 0;
  let valueBytes = 0;
  for (let found = cursor.first(); found; found = cursor.next()) {
    keys++;
    keyBytes += cursor.key.length;
    valueBytes += cursor.value.length;
  }
  return { keys, keyBytes, valueBytes, sequence: bucket.sequence };
}

/** A bucket's pairs in the order of their keys; null if there is no such bucket. Throws BackendError. */
export function dumpPairs(file: Uint8Array, bucketName: string, limit: number): readonly DumpedPair[] | null {
  const bucket = readDatabase(file).root.bucket(fromText(bucketName));
  if (bucket === undefined) return null;
  const cursor = bucket.cursor();
  const pairs: DumpedPair[] = [];
  for (let found = cursor.first(); found && pairs.length < limit; found = cursor.next()) {
    pairs.push({ key: toBytes(cursor.key), value: cursor.value, isBucket: cursor.isBucket });
  }
  return pairs;
}
