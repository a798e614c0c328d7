import { BackendError } from './backend_error.ts';
import { fnv1a64 } from './fnv.ts';
import { readUint32, readUint64, writeUint32, writeUint64 } from './little_endian.ts';
import { PageFlag, pageHeaderBytes, readPageHeader, writePageHeader } from './page_header.ts';

const magic = 0xed0cdaed;
const version = 2;
/** The checksum covers the fields before it; it follows them. */
const checkedBytes = 56;
const checksumAt = pageHeaderBytes + checkedBytes;
export const metaEnd = checksumAt + 8;

/** Page numbers 0 and 1 hold the metas. */
export const firstDataPage = 2;

/** What a transaction leaves behind: the way to everything else in the file. */
export interface Meta {
  readonly pageBytes: number;
  /** Root page of the bucket of buckets. */
  readonly root: number;
  /** The root bucket's sequence number. */
  readonly sequence: number;
  /** Page of the stored list of free pages; null if it is not stored, as in etcd, and found by walking the tree. */
  readonly freelist: number | null;
  /** One above the highest page ever allocated. */
  readonly highWater: number;
  readonly txid: number;
}

/** The slot that a transaction's meta is written to, so that its predecessor's stays. */
export function metaSlot(txid: number): number {
  return txid % 2;
}

/** The whole page, `pageBytes` long, for the slot of its transaction. */
export function encodeMetaPage(meta: Meta): Uint8Array {
  const bytes = new Uint8Array(meta.pageBytes);
  const at = pageHeaderBytes;
  writePageHeader(bytes, { id: metaSlot(meta.txid), flags: PageFlag.meta, count: 0, overflow: 0 });
  writeUint32(bytes, at, magic);
  writeUint32(bytes, at + 4, version);
  writeUint32(bytes, at + 8, meta.pageBytes);
  writeUint64(bytes, at + 16, meta.root);
  writeUint64(bytes, at + 24, meta.sequence);
  if (meta.freelist === null) bytes.fill(0xff, at + 32, at + 40);
  else writeUint64(bytes, at + 32, meta.freelist);
  writeUint64(bytes, at + 40, meta.highWater);
  writeUint64(bytes, at + 48, meta.txid);
  const checksum = fnv1a64(bytes, at, checksumAt);
  writeUint32(bytes, checksumAt, Number(checksum & 0xffffffffn));
  writeUint32(bytes, checksumAt + 4, Number(checksum >> 32n));
  return bytes;
}

/** The meta in the page that starts at `start`; null if there is none or its checksum is wrong. */
export function decodeMeta(bytes: Uint8Array, start: number): Meta | null {
  if (start + metaEnd > bytes.length) return null;
  const page = bytes.subarray(start, start + metaEnd);
  const at = pageHeaderBytes;
  if (readUint32(page, at) !== magic || readUint32(page, at + 4) !== version) return null;
  const stored = BigInt(readUint32(page, checksumAt)) | (BigInt(readUint32(page, checksumAt + 4)) << 32n);
  if (stored !== fnv1a64(page, at, checksumAt)) return null;
  const none = page.subarray(at + 32, at + 40).every((byte) => byte === 0xff);
  return {
    pageBytes: readUint32(page, at + 8),
    root: readUint64(page, at + 16),
    sequence: readUint64(page, at + 24),
    freelist: none ? null : readUint64(page, at + 32),
    highWater: readUint64(page, at + 40),
    txid: readUint64(page, at + 48),
  };
}

const pageBytesMin = 1024;
const pageBytesMax = 65536;

/** Of the two metas the valid one with the higher transaction id. Throws BackendError if neither is valid. */
export function newestMeta(bytes: Uint8Array): Meta {
  let best = wellPlaced(decodeMeta(bytes, 0), 0, bytes);
  // Where the second meta is depends on the page size, which a damaged first one does not tell.
  for (let size = pageBytesMin; size <= pageBytesMax; size *= 2) {
    const meta = wellPlaced(decodeMeta(bytes, size), size, bytes);
    if (meta === null || meta.pageBytes !== size) continue;
    if (best === null || meta.txid > best.txid) best = meta;
  }
  if (best === null) {
    throw new BackendError('noValidMeta', -1, 'a meta page', `none in ${bytes.length} bytes`);
  }
  return best;
}

/** Null if the page's header is not a meta's, or is another slot's: a write that went astray. */
function wellPlaced(meta: Meta | null, start: number, bytes: Uint8Array): Meta | null {
  if (meta === null) return null;
  const { id, flags } = readPageHeader(bytes, start);
  return id === start / meta.pageBytes && flags === PageFlag.meta ? meta : null;
}
